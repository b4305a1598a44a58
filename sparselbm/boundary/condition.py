"""What a boundary condition is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from ..equilibrium import along
from ..lattice import Lattice
from .face import Face


class Boundary(ABC):
    """A condition on the cells along one face: a frozen value with the formula for what enters there.

    At such a cell every population that would come from outside has been replaced by the cell's own opposite one
    of the step before (halfway bounce-back), which is the default: a wall at rest, half a cell beyond the centres.
    What a cell sends out through the face is pulled by nobody, so that those slots can hold its memory.
    """

    face: Face

    mass_share = 1.0
    """What a cell on the face counts in the mass: 1/2 where the face is a plane of symmetry through its centre."""

    @abstractmethod
    def parameters(self, dimension: int) -> dict[str, float]:
        """Names and values of what can be changed, and differentiated, without a new kernel [lattice units]."""

    @abstractmethod
    def fill(self, lattice: Lattice, f: Sequence, value: Mapping[str, Any]) -> list:
        """The incoming populations with those that enter through the face put in, shape (Q,)."""

    @abstractmethod
    def memory(self, lattice: Lattice, f: Sequence) -> dict[int, Any]:
        """What to keep of the filled populations in outgoing slots until the next step, by velocity; mostly nothing."""


def velocity_parameters(face: Face, velocity: Sequence[float], dimension: int) -> dict[str, float]:
    """`velocity_x`, ... of a condition. Raises ValueError unless there is one value an axis."""
    if len(velocity) != dimension:
        raise ValueError(f"velocity {tuple(velocity)} on {face}: give one value an axis, {dimension} of them")
    return {f"velocity_{axis}": v for axis, v in zip("xyz", velocity, strict=False)}


def bounce_from_moving_wall(lattice: Lattice, face: Face, f: Sequence, wall_velocity: Sequence) -> list:
    """f_q = f*_-q + 6 w_q rho_0 c_q . u_wall for the q that enter, with rho_0 = 1.

    Source: Ladd, J. Fluid Mech. 271 (1994) 285, eq. 3.3; f*_-q is already in place.
    """
    filled = list(f)
    for q in face.entering(lattice):
        filled[q] = f[q] + 6.0 * lattice.weights[q] * along(lattice.velocities[q], wall_velocity)
    return filled
