"""A face without friction: a plane of symmetry."""

from dataclasses import dataclass

from ...trace.expression import where
from .condition import BoundaryCondition
from .face import Face


@dataclass(frozen=True)
class FreeSlip(BoundaryCondition):
    """f_q = f_q' with q' the mirror image of q: the flow is symmetric about the plane through the cells' centres.

    The cells on the face count half in sums of mass. Exact: the domain and its mirror image are one periodic flow.
    """

    face: Face

    mass_share = 0.5
    def parameters(self, dimension):
        return ()

    def fill(self, lattice, f, value, enters):
        return [where(enter, f[p], fq) for fq, p, enter in zip(f, lattice.mirrored(self.face.axis), enters, strict=True)]

    def memory(self, lattice, f, post):
        return {}
