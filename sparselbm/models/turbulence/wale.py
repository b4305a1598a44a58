"""Wall-adapting local eddy viscosity (WALE, Nicoud & Ducros), a subgrid-scale model from the velocity gradient."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from ...lattice import Lattice
from ...trace.expression import sqrt, total, where
from ..collision.model import Collision, require_local

_UNIFORM = 1e-30
"""Square of a gradient up to which a flow counts as uniform: it is divided by its norm."""


@dataclass(frozen=True)
class WALE(Collision):
    """Eddy viscosity nu_t = C^2 (S^d : S^d)^(3/2) / ((S : S)^(5/2) + (S^d : S^d)^(5/4)), around any collision.

    S is the symmetric part of g_ab = d_b u_a, S^d the trace-free symmetric part of g g; the filter width is one cell.
    nu_t is 0 in plane shear and decays as the cube of the distance from a wall. g is that of the previous step, from the
    velocities of the neighbours, which add d numbers to a state. A 2D flow is treated as uniform along z.
    Source: Nicoud & Ducros, Flow Turbul. Combust. 62 (1999) 183, eq. 10 to 13.
    """

    collision: Collision
    constant: float = 0.5
    """C, dimensionless; 0.5 in homogeneous turbulence (the source), 0.325 in many codes."""

    needs_velocity_gradient = True

    def __post_init__(self):
        require_local(self, self.collision)
        if not 0.0 < self.constant < inf:
            raise ValueError(f"WALE(constant={self.constant}): must be above 0 and finite; 0.325 to 0.5 are usual")

    def collide(
        self, lattice: Lattice, f: Sequence, viscosity, force: Sequence, gradient: Sequence[Sequence] | None = None
    ) -> list:
        """Collides with nu + nu_t; without a gradient the flow is treated as uniform."""
        eddies = 0.0 if gradient is None else self.constant**2 * eddy_rate(gradient)
        return self.collision.collide(lattice, f, viscosity + eddies, force)

    def odd_relaxation(self, viscosity):
        return self.collision.odd_relaxation(viscosity)


def eddy_rate(gradient: Sequence[Sequence]):
    """Rate nu_t / C^2 [1 / step] of d_a u_b, rows [a][b]; value and derivative are 0 in uniform flow.

    It is homogeneous of degree 1, and is computed from the normalised gradient, since the tenth power of a small number
    underflows in fp32. S : S and S^d : S^d are then not both small: pure rotation has 0 and 1/6.
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
    """Norm s : s of the symmetric part s of g minus `mean` times the identity."""
    axes = range(len(g))
    diagonal = total((g[a][a] - mean) ** 2 for a in axes)
    return diagonal + 0.5 * total((g[a][b] + g[b][a]) ** 2 for a in axes for b in axes if a < b)
