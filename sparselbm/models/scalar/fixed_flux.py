"""Scalar condition with a fixed flux."""

from dataclasses import dataclass, field

from ...trace.expression import where
from ...units import Unit
from ..in_si import in_si
from ..model_parameter import ModelParameter
from .condition import ScalarCondition


@dataclass(frozen=True)
class FixedFlux(ScalarCondition):
    """Fixed flux g_q = g*_-q + J for the incoming q: J enters through each link, up to rounding.

    At a wall J = -D d phi / d n, with n pointing inward.

    g*_-q is already in place. Parameter: `flux` (J).
    Source: Krueger et al., The Lattice Boltzmann Method (2017), section 8.5.3.
    """

    flux: float = field(metadata=in_si(Unit(scalar=1, m=1, s=-1)))
    """J [phi x cells / step], amount that enters through each link; on a side of the box, through the face of each cell."""

    def parameters(self):
        return (ModelParameter("flux", self.flux, doc="amount that enters through each link per step"),)

    def fill(self, lattice, g, u, value, enters):
        return [where(enter, gq + value["flux"], gq) for gq, enter in zip(g, enters, strict=True)]
