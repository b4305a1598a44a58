"""Frictionless face: a symmetry plane."""

from dataclasses import dataclass

from ...trace.expression import where
from .condition import BoundaryCondition
from .face import Face


@dataclass(frozen=True)
class FreeSlip(BoundaryCondition):
    """Free-slip condition f_q = f_q', with q' the mirror image of q: a symmetry plane through the cell centres.

    Cells on the face count half in the total mass. Exact: the domain and its mirror image form one periodic flow.
    """

    face: Face

    precedence = 0.0
    mass_share = 0.5

    def parameters(self, dimension):
        return ()

    def fill(self, lattice, f, value, enters):
        return [where(enter, f[p], fq) for fq, p, enter in zip(f, lattice.mirrored(self.face.axis), enters, strict=True)]

    def memory(self, lattice, f, post, enters, normal):
        return {}
