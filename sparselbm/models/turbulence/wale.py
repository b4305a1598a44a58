"""Wall-adapting local eddy viscosity (Nicoud & Ducros), from the gradient of the velocity."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...lattice import Lattice
from ...trace.expression import sqrt, total, where
from ..collision.model import Collision, require_local

_UNIFORM = 1e-30
"""Square of a gradient up to which a flow counts as uniform: it is divided by its norm."""


@dataclass(frozen=True)
class WALE(Collision):
    """nu_t = C^2 (S^d : S^d)^(3/2) / ((S : S)^(5/2) + (S^d : S^d)^(5/4)), around any collision: collide with nu + nu_t.

    S is the symmetric part of g_ab = d_b u_a, S^d the symmetric part of g g without its trace; a cell is the filter's width.
    nu_t is 0 in plane shear and falls off as the cube of the distance from a wall. g is that of the step before, from the
    velocities of the neighbours, d more numbers in a state. A flow in the plane is one in space that does not vary along z.
    Source: Nicoud & Ducros, Flow Turbul. Combust. 62 (1999) 183, eq. 10 to 13.
    """

    collision: Collision
    constant: float = 0.5
    """C, dimensionless; 0.5 in homogeneous turbulence (the source), 0.325 in many codes."""

    needs_velocity_gradient = True

    def __post_init__(self):
        require_local(self, self.collision)
        if not self.constant > 0.0:
            raise ValueError(f"WALE(constant={self.constant}): must be above 0; 0.325 to 0.5 are usual")

    def collide(
        self, lattice: Lattice, f: Sequence, viscosity, force: Sequence, gradient: Sequence[Sequence] | None = None
    ) -> list:
        """Without a gradient: in uniform flow."""
        eddies = 0.0 if gradient is None else self.constant**2 * eddy_rate(gradient)
        return self.collision.collide(lattice, f, viscosity + eddies, force)


def eddy_rate(gradient: Sequence[Sequence]):
    """nu_t / C^2 [1 / step] of d_a u_b, rows [a][b]; 0 with the derivative 0 in uniform flow.

    It is of degree 1 in the gradient, and computed of that over its norm: the tenth power of a small number leaves fp32. Of
    such a gradient S : S and S^d : S^d are not both small, pure rotation having 0 and 1/6.
    """
    axes = range(len(gradient))
    square = total(x * x for row in gradient for x in row)
    varies = square > _UNIFORM
    norm = sqrt(where(varies, square, 1.0))
    inverse = 1.0 / norm
    g = [[inverse * x for x in row] for row in gradient]
    gg = [[total(g[a][c] * g[c][b] for c in axes) for b in axes] for a in axes]
    strain = _square(g, 0.0)
    mean = total(gg[a][a] for a in axes) * (1.0 / 3.0)
    deviator = _square(gg, mean) + (3 - len(gradient)) * (mean * mean)
    root = sqrt(deviator)
    whole = strain * strain * sqrt(strain) + deviator * sqrt(root)
    return where(varies, norm * deviator * root / where(varies, whole, 1.0), 0.0)


def _square(g: Sequence[Sequence], mean):
    """s : s of the symmetric part s of g less `mean` times the identity."""
    axes = range(len(g))
    diagonal = total((g[a][a] - mean) ** 2 for a in axes)
    return diagonal + 0.5 * total((g[a][b] + g[b][a]) ** 2 for a in axes for b in axes if a < b)
