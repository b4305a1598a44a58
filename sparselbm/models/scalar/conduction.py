"""Solid bodies that conduct a scalar, such as heat: conjugate heat transfer."""

from dataclasses import dataclass

from ..model_parameter import ModelParameter
from .scalar_body import ScalarBody


@dataclass(frozen=True)
class BodyConduction(ScalarBody):
    """Solid that conducts the scalar, C d phi / d t = div(k grad phi); phi and the normal flux are continuous at its surface.

    Inside the fluid C = 1 and k = D. A cell with the solid fraction eps has the heat capacity C = 1 + eps (C_s - 1) and the
    resistivity 1 / k = (1 - eps) / D + eps / k_s of its parts in series. Populations stream through the surface; their sum is
    C phi, of which (C - 1) phi stays in the rest population and takes no part in the collision (total-enthalpy formulation), so
    that the scalar is conserved to rounding and a steady state does not depend on C_s.

    Solid fractions spread a surface over 4 cells. Beyond them, steady conduction across a flat surface along the grid is exact to
    rounding, wherever it lies between the cells, and unsteady conduction of second order. Along a surface the parts of a cell
    do not lie in series, so that curved ones are of first order: the gradient inside a cylinder of a tenfold conductivity is
    9.1 and 4.7 % too large at a radius of 6.4 and 12.8 cells. The body needs solid fractions (`SolidFraction`) and is at rest.
    Parameters: `conductivity`, `heat_capacity`, in full `heat.body.conductivity` for the scalar heat and the obstacle body.
    Source: Lu, Lei & Dai, Int. J. Therm. Sci. 116 (2017) 22; Huang & Wu, J. Comput. Phys. 294 (2015) 346.
    """

    conductivity: float
    """k_s / D, as a ratio to that of the fluid, above 0."""
    heat_capacity: float = 1.0
    """C_s per volume, as a ratio to that of the fluid, above 0. Steady states do not depend on it."""

    def __post_init__(self):
        for number in self.parameters():
            if fault := number.fault:
                raise ValueError(f"BodyConduction on {self.obstacle}: {fault}; give the ratio to the fluid's value")

    def parameters(self):
        return (
            ModelParameter("conductivity", self.conductivity, doc="conductivity over that of the fluid", above=0.0),
            ModelParameter("heat_capacity", self.heat_capacity, doc="heat capacity over that of the fluid", above=0.0),
        )
