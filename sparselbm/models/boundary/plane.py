"""What a plane face tells of density and momentum at its cells: the relations that conditions at the centres share.

The outward normal is n. All populations with c.n >= 0 are known at a cell of the face, whatever enters; two moments
follow from them, and conditions differ in what they make of these.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ...lattice import Lattice
from ...trace.expression import total, where
from ..model_parameter import ModelParameter
from .face import Face


def outward(lattice: Lattice, face: Face) -> list[int]:
    """c_q . n for every q."""
    return [-face.inward * c[face.axis] for c in lattice.velocities]


def along_normal(face: Face, vector: Sequence):
    """The component of a vector along n."""
    return -face.inward * vector[face.axis]


def known_density(lattice: Lattice, face: Face, f: Sequence):
    """A = sum_{c.n = 0} f + 2 sum_{c.n = 1} f = rho - 1 + rho u_n (Zou & He, Phys. Fluids 9 (1997) 1591)."""
    leaving = total(fq for fq, cn in zip(f, outward(lattice, face), strict=True) if cn == 1)
    return resting_density(lattice, face, f) + 2.0 * leaving


def resting_density(lattice: Lattice, face: Face, f: Sequence):
    """S = sum_{c.n = 0} f; what comes along the face, or stays."""
    return total(fq for fq, cn in zip(f, outward(lattice, face), strict=True) if cn == 0)


def excess_from_velocity(known, normal_velocity):
    """rho - 1 = (A - u_n) / (1 + u_n)."""
    return (known - normal_velocity) / (1.0 + normal_velocity)


def resting_momentum(lattice: Lattice, face: Face, f: Sequence) -> list:
    """T = sum_{c.n = 0} c f, one value an axis; 2/3 rho u_t where f is an equilibrium, 0 along n."""
    resting = [q for q, cn in enumerate(outward(lattice, face)) if cn == 0]
    return [
        total(lattice.velocities[q][k] * f[q] for q in resting if lattice.velocities[q][k])
        for k in range(lattice.dimension)
    ]


def shear_free_momentum(lattice: Lattice, face: Face, f: Sequence, normal_velocity) -> list:
    """j_t = (T + 2 sum_{c.n = 1} c_t f) / (1 + u_n), one value an axis, 0 along n: no viscous shear acts on the face.

    What enters then has sum_{c.n = -1} c_t f = sum_{c.n = 1} c_t f - u_n j_t, so that the flux of j_t along n is u_n j_t.
    """
    leaving = [q for q, cn in enumerate(outward(lattice, face)) if cn == 1]
    T = resting_momentum(lattice, face, f)
    return [
        0.0 if k == face.axis
        else (T[k] + 2.0 * total(lattice.velocities[q][k] * f[q] for q in leaving if lattice.velocities[q][k]))
        / (1.0 + normal_velocity)
        for k in range(lattice.dimension)
    ]  # fmt: skip


def with_momentum(lattice: Lattice, face: Face, f: Sequence, j: Sequence, enters: Sequence) -> list:
    """f_q = f_-q + 6 w_q c_n j_n + 18 w_q c_t . (j_t - T) for what enters: the cell then has the momentum j exactly.

    Bounce-back of the non-equilibrium part, with the tangential momentum that it lacks given to the oblique populations
    (Hecht & Harting, J. Stat. Mech. (2010) P01018; by weight in D3Q27). A - j_n becomes the excess density.
    """
    T = resting_momentum(lattice, face, f)
    source = [6.0 * jk if k == face.axis else 18.0 * (jk - Tk) for k, (jk, Tk) in enumerate(zip(j, T, strict=True))]
    return [
        where(enter, f[p] + w * total(ck * sk for ck, sk in zip(c, source, strict=True) if ck), fq) if any(c) else fq
        for fq, p, w, c, enter in zip(f, lattice.opposites, lattice.weights, lattice.velocities, enters, strict=True)
    ]


def velocity_of(lattice: Lattice, value: Mapping[str, Any]) -> list:
    """u from the parameters `velocity_x`, `velocity_y`, `velocity_z`."""
    return [value[f"velocity_{axis}"] for axis in "xyz"[: lattice.dimension]]


def density_parameter(density: float) -> ModelParameter:
    """The parameter `density`; what `fill` is given of it is rho - 1."""
    return ModelParameter("density", density, doc="lattice density, 1 at rest", above=0.0, reference=1.0)


def require_density(condition, density: float) -> None:
    """ValueError for a density that is not above 0."""
    if not density > 0.0:
        raise ValueError(f"{type(condition).__name__}(density={density}): must be above 0; 1 is the density at rest")
