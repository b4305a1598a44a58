"""Models of a flow in its lattice units, made from its options, and the pairs of models that do not go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from ...errors import UnitsError
from ...grid import Domain
from ...models.boundary import BoundaryCondition, MovingWall
from ...models.collision import BGK, Collision
from ...models.force import BodyForce, RotatingFrame
from ...models.in_si import InSI
from ...models.scalar import Scalar
from ...models.turbulence import RoughWall, WallFunction
from ...models.turbulence.wall_stress import WallStress, wall_distance_fault
from ...models.wall import BounceBack
from ...units import Units
from .forces import Forces
from .options import FlowOptions


class FlowSite(Protocol):
    """Flow to which the models belong."""

    @property
    def options(self) -> FlowOptions: ...

    @property
    def units(self) -> Units: ...

    @property
    def boundaries(self) -> Sequence[BoundaryCondition]:
        """Boundary conditions of the flow."""
        ...

    @property
    def body_names(self) -> Sequence[str]:
        """Names of the obstacles."""
        ...

    @property
    def patches(self) -> Mapping[str, str]:
        """Name of the boundary condition of each opening that shares one with others."""
        ...

    @property
    def domain(self) -> Domain: ...

    @property
    def has_free_bodies(self) -> bool:
        """Whether a body is moved by its weight."""
        ...


@dataclass(frozen=True, eq=False)
class FlowModels:
    """Models that surround the collision of a flow: subgrid-scale model, rheology, wall function, forces and scalars.

    Raises UnitsError for pairs of models that do not go together, and for parameters out of range in lattice units.
    """

    site: FlowSite

    @property
    def options(self) -> FlowOptions:
        """Options of the flow."""
        return self.site.options

    @property
    def units(self) -> Units:
        """Conversion between SI and lattice units."""
        return self.site.units

    def require_supported(self) -> None:
        """Raises UnitsError, with the reason and the remedy, for models that do not go together or cannot be built."""
        o = self.options
        if not (self.names or o.scalars or o.forces != Forces()):
            return
        if o.turbulence is not None and o.rheology is not None:
            raise UnitsError(
                f"turbulence is {o.turbulence} and rheology is {o.rheology}: turbulence models are made for a constant "
                "viscosity; remove one of them"
            )
        laws = [each for each in self.boundaries if isinstance(each, WallStress)]
        if o.rheology is not None and (o.wall_function or laws):
            setting = "wall_function is set" if o.wall_function else f"the wall on {laws[0].face} is rough"
            raise UnitsError(
                f"{setting} and rheology is {o.rheology}: the wall law holds for a constant viscosity; remove one of them"
            )
        if o.wall_function and not any(isinstance(each, WallFunction) for each in self.boundaries):
            raise UnitsError(
                "wall_function is set, but no side of the flow is a no-slip wall at rest; walls of bodies and of fluid volumes "
                "lie on links or in cells, where there is none: remove it, or make a side a wall"
            )
        if isinstance(o.wall, BounceBack):
            self.require_on_links(f"the wall is {type(o.wall).__name__}", "use the wall SolidFraction (partiallySaturated)")
        names = [each.name for each in o.scalars]
        for name in names:
            if names.count(name) > 1:
                raise UnitsError(f"{names.count(name)} scalars are named {name}: use different names")
        if fault := wall_distance_fault(self.around(BGK()), laws):
            raise UnitsError(f"turbulence is {o.turbulence}: {fault}")
        self.forces  # noqa: B018
        self.scalars  # noqa: B018

    def require_on_links(self, wall: str, remedy: str) -> None:
        """Raises UnitsError for scalars that take place in cells inside of bodies; `wall`: the wall that has none, in words."""
        for each in self.options.scalars:
            if bodies := each.in_cells(self.site.body_names):
                raise UnitsError(
                    f"the scalar {each.name} is conducted or released by {', '.join(bodies)}, but {wall}, inside which "
                    f"there are no cells: {remedy}, or a fixed value"
                )

    def around(self, collision: Collision) -> Collision:
        """The collision inside its subgrid-scale model or rheology."""
        for wrapper in (self.options.rheology, self.options.turbulence):
            if wrapper is not None:
                collision = self.made(wrapper, collision)
        return collision

    def largest_eddy_viscosity(self, velocity: float) -> float:
        """Eddy viscosity [cells^2 / step] where the velocity [cells / step] changes by this much across a cell."""
        return self.around(BGK()).largest_eddy_viscosity(velocity)

    @property
    def names(self) -> tuple[str, ...]:
        """The models beside the collision, for messages and summaries."""
        o = self.options
        found = [str(each) for each in (o.turbulence, o.rheology) if each is not None]
        return (*found, *("WallFunction" for _ in range(o.wall_function)))

    @cached_property
    def boundaries(self) -> tuple[BoundaryCondition, ...]:
        """The boundary conditions, with the wall function on no-slip sides at rest."""
        viscosity = self.units.lattice_viscosity
        return tuple(
            WallFunction(each.face, viscosity)
            if self.options.wall_function and isinstance(each, MovingWall) and not any(each.velocity) else each
            for each in self.site.boundaries
        )

    @cached_property
    def forces(self) -> tuple[BodyForce, ...]:
        """Body forces; those of a rotating frame are the last, since they depend on the others."""
        f = self.options.forces
        buoyancy = (each for scalar in self.options.scalars for each in scalar.buoyancy(f.gravity))
        return tuple(self.made(each) for each in (*f.uniform(self.units.density), *buoyancy, *f.frame))

    @cached_property
    def scalars(self) -> tuple[Scalar, ...]:
        """Scalars with their conditions."""
        site = self.site
        return tuple(each.model(self.units, self.boundaries, site.body_names, site.patches) for each in self.options.scalars)

    def made(self, model: InSI, *given: Any) -> Any:
        """A model in lattice units. Raises UnitsError for values that it refuses there."""
        try:
            corner = self.site.domain.origin if model.model is RotatingFrame else (0.0, 0.0, 0.0)
            return model.in_lattice_units(self.units, *given, corner=corner)
        except ValueError as error:
            raise UnitsError(str(error)) from None

    @property
    def doubts(self) -> tuple[str, ...]:
        """Doubts about forces without effect, friction that does not reach the flow, and diffusivities that the cells do not
        resolve."""
        o = self.options
        acts = self.site.has_free_bodies or any(each.expansion for each in o.scalars)
        gravity = () if o.forces.gravity is None or acts else (
            "gravity has no effect, since no scalar has an expansion coefficient and no body is free: the hydrostatic pressure "
            "of the fluid itself is not part of the flow; use acceleration for a force that drives the flow",
        )
        rough = [str(each.face) for each in self.boundaries if isinstance(each, RoughWall)]
        carried = not rough or self.around(BGK()).needs_wall_distance
        friction = () if carried else (
            f"the wall on {rough[0]} is rough and turbulence is {o.turbulence}: unless the flow resolves turbulence, nothing "
            "carries the friction upwards, and the first cells lose up to 60% of their velocity along the box; use MixingLength",
        )
        return (*gravity, *friction, *(text for each in o.scalars for text in each.doubts(self.units)))
