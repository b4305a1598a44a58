"""Models of a simulation, which together determine its kernels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from ..lattice import Lattice
from .boundary import BoundaryCondition, Opening
from .collision import Collision
from .condition_groups import in_order
from .force import BodyForce
from .model_parameter import ModelParameter
from .rigid_velocity import RigidVelocity
from .runtime_parameter import rebuilt, runtime_parameters
from .scalar import Scalar
from .wall.bounce_back import BounceBack, Halfway


@dataclass(frozen=True)
class Physics:
    """Models of a simulation. They determine its kernels; parameter values do not."""

    lattice: Lattice
    collision: Collision
    boundaries: tuple[BoundaryCondition, ...] = ()
    """Conditions in the order in which they are applied, see `BoundaryCondition.precedence`."""
    forces: tuple[BodyForce, ...] = ()
    obstacles: tuple[str, ...] = ()
    """Names of the obstacles."""
    moving: tuple[str, ...] = ()
    """Names of the obstacles that have a velocity."""
    link_wall: BounceBack = field(default_factory=Halfway)
    """Bounce-back rule on the links of obstacles."""
    links_have_owners: bool = False
    """Whether a cell may have links cut by several obstacles, so that each link stores its own obstacle."""
    varied_viscosity: bool = False
    """Whether the viscosity varies from cell to cell."""
    scheduled: tuple[str, ...] = ()
    """Names of the parameters that vary in time."""
    scalars: tuple[Scalar, ...] = ()
    """Scalars carried by the flow."""
    tunable: tuple[str, ...] = field(init=False)
    """Names of the parameters given as `RuntimeParameter`: these compare equal to plain numbers, but kernels differ."""

    def __post_init__(self):
        object.__setattr__(self, "boundaries", in_order(self.boundaries))
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
    def scalar_lattices(self) -> tuple[Lattice, ...]:
        """The velocity sets of the scalars."""
        return tuple(scalar.lattice(self.lattice.dimension) for scalar in self.scalars)

    @property
    def size(self) -> int:
        """Number of components of a state: populations of the flow, those of each scalar, then the stored velocity."""
        return self.lattice.size + sum(lattice.size for lattice in self.scalar_lattices) + self.stored_velocity_size

    @property
    def stored_velocity_size(self) -> int:
        """Number of components that store u for neighbours to read: d if the collision needs the velocity gradient, else 0."""
        return self.lattice.dimension * self.collision.needs_velocity_gradient

    @cached_property
    def openings(self) -> tuple[Opening, ...]:
        """Openings of the conditions of flow and scalars, numbered as in the cell labels; those of `boundaries` come first."""
        of_scalars = (c.face for scalar in self.scalars for c in scalar.conditions)
        return tuple(dict.fromkeys([*(b.face for b in self.boundaries), *of_scalars]))

    def obstacle_number(self, obstacle: str) -> int:
        """Number of an obstacle in the cell labels, from 1. Raises ValueError if there is no obstacle of this name."""
        if obstacle not in self.obstacles:
            raise ValueError(f"there is no obstacle {obstacle!r}: use one of {named(self.obstacles)}")
        return 1 + self.obstacles.index(obstacle)

    def scalar_number(self, name: str) -> int:
        """Index of a scalar. Raises ValueError if there is no scalar of this name."""
        names = [scalar.name for scalar in self.scalars]
        if name not in names:
            raise ValueError(f"there is no scalar {name!r}: use one of {', '.join(names) or 'none'}")
        return names.index(name)

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """Components of a state that belong to the flow and to each scalar."""
        ends = list(accumulate((lattice.size for lattice in (self.lattice, *self.scalar_lattices)), initial=0))
        return tuple(slice(a, b) for a, b in pairwise(ends))

    def components(self, scalar: str) -> slice:
        """Components of a state that belong to the named scalar."""
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
        """Names of the values that vary from cell to cell."""
        profiles = (name for b in self.boundaries for name in b.profile_fields(self.lattice))
        forces = (name for force in self.forces for name in force.fields(self.lattice.dimension))
        normals = (name for b in self.boundaries if b.needs_normal for name in b.face.normal_fields(self.lattice.dimension))
        return (*(("viscosity",) if self.varied_viscosity else ()), *forces, *profiles, *normals)


def named(names: Sequence[str], most: int = 12) -> str:
    """Joins names for a message, abbreviated if there are many."""
    more = f", ... ({len(names)} in all)" if len(names) > most else ""
    return (", ".join(names[:most]) or "none") + more


def viscosity_parameter(viscosity: float) -> ModelParameter:
    """nu of the fluid."""
    return ModelParameter("viscosity", viscosity, "cells^2/step", "relaxation time 3 nu + 1/2 above 1/2", above=0.0)


@dataclass(frozen=True)
class TileClass:
    """Features that the cells of a tile may need; each class is launched with a kernel made for it."""

    walls: bool
    """Blocked links, cells outside the domain, or boundary conditions."""
    solid: bool
    """Cells that are partly or fully solid."""
    fields: bool = False
    """Model values that vary from cell to cell."""
    fractions: bool = False
    """Links that are cut elsewhere than halfway."""

    @classmethod
    def sort(cls, *flags: np.ndarray) -> "dict[TileClass, np.ndarray]":
        """Indices of the tiles of each existing class, from one bool array (n,) per field of the class, in order."""
        kinds, which = np.unique(np.stack(flags), axis=1, return_inverse=True)
        return {cls(*map(bool, kind)): np.flatnonzero(which.reshape(-1) == k) for k, kind in enumerate(kinds.T)}
