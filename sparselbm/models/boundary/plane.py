"""Relations for density and momentum at the cells of a plane face, shared by conditions at the cell centres.

The outward normal is n. All populations with c.n >= 0 are known at a cell of the face, for any inflow; they give two
moments, which the conditions use in different ways.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ...lattice import Lattice
from ...trace.expression import total, where
from ..model_parameter import ModelParameter
from .face import Face


def outward(lattice: Lattice, face: Face) -> list[int]:
    """Outward component c_q . n for every q."""
    return [-face.inward * c[face.axis] for c in lattice.velocities]


def along_normal(face: Face, vector: Sequence):
    """Component of a vector along n."""
    return -face.inward * vector[face.axis]


def known_density(lattice: Lattice, face: Face, f: Sequence):
    """A = sum_{c.n = 0} f + 2 sum_{c.n = 1} f = rho - 1 + rho u_n (Zou & He, Phys. Fluids 9 (1997) 1591)."""
    leaving = total(fq for fq, cn in zip(f, outward(lattice, face), strict=True) if cn == 1)
    return resting_density(lattice, face, f) + 2.0 * leaving


def resting_density(lattice: Lattice, face: Face, f: Sequence):
    """Density S = sum_{c.n = 0} f of the populations that move along the face or are at rest."""
    return total(fq for fq, cn in zip(f, outward(lattice, face), strict=True) if cn == 0)


def resting_momentum(lattice: Lattice, face: Face, f: Sequence) -> list:
    """T = sum_{c.n = 0} c f, one value per axis; 2/3 rho u_t if f is an equilibrium, 0 along n."""
    resting = [q for q, cn in enumerate(outward(lattice, face)) if cn == 0]
    return [
        total(lattice.velocities[q][k] * f[q] for q in resting if lattice.velocities[q][k])
        for k in range(lattice.dimension)
    ]


def shear_free_momentum(lattice: Lattice, face: Face, f: Sequence, normal_velocity) -> list:
    """j_t = (T + 2 sum_{c.n = 1} c_t f) / (1 + u_n), one value per axis, 0 along n: no viscous shear acts on the face.

    The incoming populations then have sum_{c.n = -1} c_t f = sum_{c.n = 1} c_t f - u_n j_t: the normal flux of j_t is u_n j_t.
    """
    leaving = [q for q, cn in enumerate(outward(lattice, face)) if cn == 1]
    T = resting_momentum(lattice, face, f)
    return [
        0.0 if k == face.axis
        else (T[k] + 2.0 * total(lattice.velocities[q][k] * f[q] for q in leaving if lattice.velocities[q][k]))
        / (1.0 + normal_velocity)
        for k in range(lattice.dimension)
    ]


def with_momentum(lattice: Lattice, face: Face, f: Sequence, j: Sequence, enters: Sequence) -> list:
    """Incoming f_q = f_-q + 6 w_q c_n j_n + 18 w_q c_t . (j_t - T), which gives the cell exactly the momentum j.

    Bounce-back of the non-equilibrium part; the missing tangential momentum is distributed over the oblique populations
    (Hecht & Harting, J. Stat. Mech. (2010) P01018; by weight in D3Q27). The density perturbation becomes A - j_n.
    """
    T = resting_momentum(lattice, face, f)
    source = [6.0 * jk if k == face.axis else 18.0 * (jk - Tk) for k, (jk, Tk) in enumerate(zip(j, T, strict=True))]
    return [
        where(enter, f[p] + w * total(ck * sk for ck, sk in zip(c, source, strict=True) if ck), fq) if any(c) else fq
        for fq, p, w, c, enter in zip(f, lattice.opposites, lattice.weights, lattice.velocities, enters, strict=True)
    ]


def velocity_of(lattice: Lattice, value: Mapping[str, Any]) -> list:
    """Velocity u from the parameters `velocity_x`, `velocity_y`, `velocity_z`."""
    return [value[f"velocity_{axis}"] for axis in "xyz"[: lattice.dimension]]


def density_parameter(density: float) -> ModelParameter:
    """The parameter `density`; what `fill` is given of it is rho - 1."""
    return ModelParameter("density", density, doc="lattice density, 1 at rest", above=0.0, reference=1.0)


def require_density(condition, density: float) -> None:
    """Raises ValueError for a density that is not above 0."""
    if not density > 0.0:
        raise ValueError(f"{type(condition).__name__}(density={density}): must be above 0; the density at rest is 1")
