"""Bodies that release a scalar at a given rate per area, such as electronic parts of constant power."""

from dataclasses import dataclass, field

from ...units import Unit
from ..in_si import in_si
from ..model_parameter import ModelParameter
from .scalar_body import ScalarBody

_FIRST, _SECOND = 3.21275825, -0.90922814
"""Coefficients of `surface_share`: its integral across a flat surface is 1, and its first harmonic over a cell is 0, so that its
sum over a row of cells is constant."""


@dataclass(frozen=True)
class BodyFlux(ScalarBody):
    """Given flux J from the surface of an insulated obstacle into the fluid: -D d phi / d n = J, n out of the body.

    A source J a in the cut cells, which the wall of an insulated body does not let into the solid; a is the area of the surface
    in the cell, see `surface_share`. Beyond the 4 cells over which solid fractions spread the surface the flux is exact, once the
    cut cells are full: they store a part of it at first, 1 % for some 6000 steps at D = 0.02. The mean of phi over the surface,
    weighted by a, is wrong by up to 0.15 J / D [cells], of first order: 1.6, 0.1 and 0.3 % of the difference between two
    cylinders at a radius of 4, 8 and 16 cells. A flat surface along the grid releases J times its area to 4e-5, a cylinder to
    1e-3, a sphere of R cells (0.52 / R)^2 too much, and a cube of 8 cells 3 % too little, because of its edges. The body needs
    solid fractions (`SolidFraction`) of width 1; it may move.
    Parameter: `flux`, in full `heat.body.flux` for the scalar heat and the obstacle body.
    """

    flux: float = field(metadata=in_si(Unit(scalar=1, m=1, s=-1)))
    """J [phi x cells / step]."""

    def parameters(self):
        return (ModelParameter("flux", self.flux, doc="flux from the surface into the fluid"),)


def surface_share(eps):
    """Area of the surface in a cell [cells^(d-1)], a = 3.213 y - 0.909 y^2 with y = eps (1 - eps).

    eps is the integral of the cubic B-spline across the surface (`geometry.SolidFraction`). The sum of a over a row of cells
    across a flat surface is 1 to 4e-5 wherever the surface lies between them; that of y alone would vary by 0.6 %.
    """
    y = eps * (1.0 - eps)
    return y * (_FIRST + _SECOND * y)
