"""Base class of boundary conditions."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...lattice import Lattice
from ..model_parameter import ModelParameter
from .opening import Opening
from .profile import Profile


@dataclass(frozen=True)
class BoundaryCondition(ABC):
    """Condition on the cells along a face or a patch: a frozen value with the formula for the incoming populations.

    In such a cell, every population that would come from outside has been replaced by the cell's own opposite population
    of the previous step (halfway bounce-back). This is the default: a no-slip wall at rest, half a cell beyond the centres.
    Populations that leave through the face are not read by any cell, so their slots can store the condition's memory.
    """

    face: Opening
    """Location: a side of the box, a part of one, or a patch of a surface."""
    profile: Profile | None = field(default=None, kw_only=True)
    """Factors of the parameters from place to place (of a density: of rho - 1); None: 1."""

    precedence = 2.0
    """Rank where two conditions meet: they are applied in rising order, in any order of the list, and the last has the links of
    both. 0: planes of symmetry, 1 to 1.5: walls, 2: velocities, 2.5: pressures on links, 3: densities and outlets, which need all
    other populations of their cells. If ranks are equal, the face of the lower axis comes first."""
    mass_share = 1.0
    """Weight of a cell on the face in the total mass: 1/2 where the face is a symmetry plane through its centre."""
    needs_plane = True
    """Whether the formula applies to sides of the box only."""
    needs_normal = False
    """Whether `memory` uses the normal of the opening."""
    on_links = False
    """Whether a profile is taken at the middle of each link, x - c_q / 2; otherwise its mean over the links of a cell."""

    prescribes_momentum = False
    """Whether `fill` gives cells of a plane the momentum j of the given velocity, to which a body force F adds F / 2. The normal
    velocity that it is given is then u_n less (j* - j)_n / 2 of the previous step, which is stored in the slot of the straight
    outgoing link, so that the mass flux (j + j*) / 2 is that of u."""

    @property
    def prescribes_velocity(self) -> bool:
        """Whether it is an inlet: no wall, plane of symmetry or outlet."""
        return self.precedence == 2.0

    @property
    def prescribes_pressure(self) -> bool:
        """Whether it is an outlet."""
        return self.precedence > 2.0

    @abstractmethod
    def parameters(self, dimension: int) -> tuple[ModelParameter, ...]:
        """The numbers that can be changed, and differentiated, without a new kernel [lattice units].

        Each name is prefixed by that of the opening, as in `x_min.velocity_x`.
        """

    @abstractmethod
    def fill(self, lattice: Lattice, f: Sequence, value: Mapping[str, Any], enters: Sequence) -> list:
        """Replaces the incoming populations by those of the condition, shape (Q,).

        `value`: the parameters by name, each less its reference (`density`: rho - 1), with `on_links` each as a function of q;
        `enters`: for each q whether c_q enters here, True, False or a mask.
        """

    @abstractmethod
    def memory(
        self, lattice: Lattice, f: Sequence, post: Sequence, enters: Sequence, normal: Sequence
    ) -> dict[int, Any]:
        """Values to store in outgoing slots until the next step, by velocity; most conditions store none.

        `f`: populations after `fill`; `post`: populations after the collision, which these slots would otherwise store.
        Only the slots of links that cross the opening take a value; `enters`: see `fill`; `normal`: unit vector across the
        opening, of either sign, shape (d,), empty without `needs_normal`.
        """

    def profile_fields(self, lattice: Lattice) -> dict[str, tuple[int, int]]:
        """Names of the fields that store the profile: the factors of the cells and, with `on_links`, the differences from these
        on every link; of a vector, the components along the link. Each with 0 or 1 + the number of the link, and the parameter.
        """
        if self.profile is None:
            return {}
        names = [number.of(self.face.name).name for number in self.parameters(lattice.dimension)]
        fields = {name: (0, p) for p, name in enumerate(names)}
        for at, q in enumerate(self.face.entering(lattice) if self.on_links else (), start=1):
            c = lattice.velocities[q]
            fields |= {link_field(name, c): (at, p) for p, name in enumerate(names) if len(names) < len(c) or c[p]}
        return fields


def link_field(name: str, c: Sequence[int]) -> str:
    """Name of the field by which a parameter's factor on the links along c differs from that of the cell."""
    return f"{name}{tuple(c)}"
