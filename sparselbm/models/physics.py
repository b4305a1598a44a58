"""The models of a simulation, which together decide its kernels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from ..lattice import Lattice
from .boundary import BoundaryCondition, Opening
from .collision import Collision
from .force import BodyForce
from .model_parameter import ModelParameter
from .rigid_velocity import RigidVelocity
from .runtime_parameter import rebuilt, runtime_parameters
from .scalar import Scalar
from .wall.bounce_back import BounceBack, Halfway


@dataclass(frozen=True)
class Physics:
    """The models of a simulation: together they decide its kernels, numbers do not."""

    lattice: Lattice
    collision: Collision
    boundaries: tuple[BoundaryCondition, ...] = ()
    forces: tuple[BodyForce, ...] = ()
    obstacles: tuple[str, ...] = ()
    """Names of the solids."""
    moving: tuple[str, ...] = ()
    """Those of them that have a velocity."""
    link_wall: BounceBack = field(default_factory=Halfway)
    """How obstacles act on links."""
    links_have_owners: bool = False
    """Whether cells may have links that are cut by several obstacles, so that each link names its own."""
    varied_viscosity: bool = False
    """Whether the viscosity differs from cell to cell."""
    scheduled: tuple[str, ...] = ()
    """Names of the parameters that vary in time."""
    scalars: tuple[Scalar, ...] = ()
    """What the flow carries."""
    tunable: tuple[str, ...] = field(init=False)
    """Names of the numbers given as `Tunable`, which equal plain ones: kernels with and without them differ."""

    def __post_init__(self):
        object.__setattr__(self, "tunable", tuple(self.runtime_parameters))

    @property
    def runtime_parameters(self) -> dict[str, float]:
        """The `Tunable` numbers of collision, conditions and scalars, by their places."""
        return {place: x for name, model in self._tuned.items() for place, x in runtime_parameters(model, name).items()}

    @property
    def _tuned(self) -> dict[str, Any]:
        """The models that may have `Tunable` numbers, by the names that their places begin with."""
        models = {b.face.name: b for b in self.boundaries} | {s.name: s for s in self.scalars}
        return {"collision": self.collision, **models}

    def check_tunables(self, values: Mapping[str, float]) -> None:
        """Raises ValueError for values, by name, that the models' own constructors refuse as those of `Tunable` numbers."""
        for name, model in self._tuned.items() if self.tunable else ():
            rebuilt(model, name, values)

    @cached_property
    def carried(self) -> tuple[Lattice, ...]:
        """The velocity sets of the scalars."""
        return tuple(scalar.lattice(self.lattice.dimension) for scalar in self.scalars)

    @property
    def size(self) -> int:
        """Components of a state: the flow's populations, then those of each scalar, then what is `kept`."""
        return self.lattice.size + sum(lattice.size for lattice in self.carried) + self.kept

    @property
    def kept(self) -> int:
        """How many of them hold u, for neighbours to read: d where the collision needs its gradient, else 0."""
        return self.lattice.dimension * self.collision.needs_velocity_gradient

    @cached_property
    def openings(self) -> tuple[Opening, ...]:
        """Where conditions hold, of flow and scalars; numbered as in the cells' labels, first those of `boundaries`."""
        of_scalars = (c.face for scalar in self.scalars for c in scalar.conditions)
        return tuple(dict.fromkeys([*(b.face for b in self.boundaries), *of_scalars]))

    def obstacle_number(self, obstacle: str) -> int:
        """Number of an obstacle in the cells' labels, from 1. Raises ValueError where there is none of this name."""
        if obstacle not in self.obstacles:
            raise ValueError(f"no obstacle {obstacle!r}; there are: {named(self.obstacles)}")
        return 1 + self.obstacles.index(obstacle)

    def scalar_number(self, name: str) -> int:
        """Index of a scalar. Raises ValueError where there is none of this name."""
        names = [scalar.name for scalar in self.scalars]
        if name not in names:
            raise ValueError(f"no scalar {name!r}; there are: {', '.join(names) or 'none'}")
        return names.index(name)

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """Which components of a state are the flow's, and which those of each scalar."""
        ends = list(accumulate((lattice.size for lattice in (self.lattice, *self.carried)), initial=0))
        return tuple(slice(a, b) for a, b in pairwise(ends))

    def components(self, scalar: str) -> slice:
        """Which components of a state are the named scalar's."""
        return self.blocks[1 + self.scalar_number(scalar)]

    def model_parameters(self, viscosity: float, motions: Mapping[str, RigidVelocity]) -> tuple[ModelParameter, ...]:
        """The numbers that can be changed, and differentiated, without a new kernel; `motions` of the `moving` solids."""
        d = self.lattice.dimension
        return (
            viscosity_parameter(viscosity),
            *(number for force in self.forces for number in force.parameters(d)),
            *(number.of(b.face.name) for b in self.boundaries for number in b.parameters(d)),
            *(number.of(name) for name in self.moving for number in motions[name].parameters()),
            *(number for scalar in self.scalars for number in scalar.parameters),
            *(ModelParameter(place, value) for place, value in self.runtime_parameters.items()),
        )

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of the `model_parameters`."""
        at_rest = dict.fromkeys(self.moving, RigidVelocity.at_rest(self.lattice.dimension))
        return tuple(number.name for number in self.model_parameters(1.0, at_rest))

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the numbers that differ from cell to cell."""
        d = self.lattice.dimension
        profiles = (
            number.of(b.face.name).name for b in self.boundaries if b.profile is not None for number in b.parameters(d)
        )
        forces = (name for force in self.forces for name in force.fields(d))
        return (*(("viscosity",) if self.varied_viscosity else ()), *forces, *profiles)


def named(names: Sequence[str], most: int = 12) -> str:
    """Names for a message, cut short where they are many."""
    more = f", ... ({len(names)} in all)" if len(names) > most else ""
    return (", ".join(names[:most]) or "none") + more


def viscosity_parameter(viscosity: float) -> ModelParameter:
    """nu of the fluid."""
    return ModelParameter("viscosity", viscosity, "cells^2/step", "relaxation time 3 nu + 1/2 above 1/2", above=0.0)


@dataclass(frozen=True)
class TileClass:
    """What the cells of a tile may meet; each class is launched with a kernel that is made for it."""

    walls: bool
    """Blocked links, cells outside the domain, or boundary conditions."""
    solid: bool
    """Cells that are partly or wholly solid."""
    fields: bool = False
    """Values of models that differ from cell to cell."""
    fractions: bool = False
    """Links that meet a wall elsewhere than halfway."""

    @classmethod
    def sort(cls, *flags: np.ndarray) -> "dict[TileClass, np.ndarray]":
        """Indices of the tiles of each class that there is, from one array (n,) of bools a field, in their order."""
        kinds, which = np.unique(np.stack(flags), axis=1, return_inverse=True)
        return {cls(*map(bool, kind)): np.flatnonzero(which.reshape(-1) == k) for k, kind in enumerate(kinds.T)}
