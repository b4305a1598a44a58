"""Checks of the options of a simulation, before any work is done."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import warp as wp

from ..errors import SimulationError
from ..geometry import SolidFraction
from ..grid import Domain
from ..kernels.step import unread_numbers
from ..lattice import Lattice
from ..models.boundary import BoundaryCondition, Face, Opening, Profile
from ..models.cell_label import MAX_OBSTACLES
from ..models.collision import Collision
from ..models.force import BodyForce, UniformForce
from ..models.physics import Physics, viscosity_parameter
from ..models.scalar import Scalar, ScalarCollision, ScalarCondition
from ..models.turbulence.wall_stress import wall_distance_fault
from ..models.wall import BounceBack
from .bodies import require_fluid, require_inside
from .obstacle import Obstacle
from .resonance import longest_resonance, short_periods


def as_forces(force) -> tuple[BodyForce, ...]:
    """Body forces from the option `force`: none, one, several, or the values of a uniform force."""
    if force is None:
        return ()
    if isinstance(force, BodyForce):
        return (force,)
    values = tuple(force)
    if all(isinstance(value, BodyForce) for value in values):
        return values
    return (UniformForce(tuple(float(value) for value in values)),)


def check_numbers(
    domain: Domain, lattice: Lattice, viscosity: float, forces: Sequence[BodyForce], obstacles: Sequence[Obstacle],
    precision: type, threads: int | None, scalars: Sequence[Scalar] = (),
) -> None:
    """Checks that there is fluid, that obstacles are inside the domain, dimensions and ranges of the numbers, and that bodies
    can conduct a scalar or release it."""
    require_fluid(domain)
    require_inside(domain, obstacles)
    if lattice.dimension != domain.dimension:
        raise SimulationError(f"{lattice} on a domain of {domain.dimension} dimensions: use a lattice of as many dimensions")
    if precision not in (wp.float32, wp.float64):
        raise SimulationError(f"precision {precision}: must be wp.float32 or wp.float64")
    if fault := viscosity_parameter(viscosity).fault:
        raise SimulationError(f"{fault}; use a positive viscosity")
    for force in forces:
        if isinstance(force, UniformForce) and (
            len(force.force) != lattice.dimension or not np.isfinite(force.force).all()
        ):
            raise SimulationError(f"force {force.force}: pass one finite value per axis, {lattice.dimension} of them")
    for obstacle in obstacles:
        if obstacle.motion is not None:
            obstacle.motion.check(domain.dimension)
    _check_bodies(obstacles, scalars)
    if threads is not None and threads < 1:
        raise SimulationError(f"threads is {threads}, but must be at least 1, or None for one per core")


def _check_bodies(obstacles: Sequence[Obstacle], scalars: Sequence[Scalar]) -> None:
    """Bodies that conduct must have solid fractions and be at rest, those of given flux must have solid fractions of width 1."""
    found = {each.name: each for each in obstacles}
    for scalar in scalars:
        for body in (*scalar.conducting, *scalar.heated):
            obstacle, conducts = found.get(body.obstacle), body in scalar.conducting
            if obstacle is not None and (fault := _fault_of(obstacle, conducts)):
                raise SimulationError(
                    f"the obstacle {obstacle.name!r} {'conducts' if conducts else 'has a given flux of'} the scalar "
                    f"{scalar.name!r} and {fault}, or give it a fixed value (BodyValue)"
                )


def _fault_of(obstacle: Obstacle, conducts: bool) -> str | None:
    """Reason why an obstacle cannot conduct a scalar, or have a given flux of it, with the remedy."""
    if not isinstance(obstacle.wall, SolidFraction):
        return f"has a wall of links, {type(obstacle.wall).__name__}, inside which there are no cells: use SolidFraction"
    if conducts and obstacle.motion is not None:
        return "moves: keep it at rest"
    if not conducts and obstacle.wall.width != 1.0:
        return f"has solid fractions of the width {obstacle.wall.width:g}: use SolidFraction(width=1)"
    return None


def check_models(domain: Domain, physics: Physics, schedules: Mapping[str, Any]) -> None:
    """Checks that models are frozen and have different names, that conditions fit the domain, and that runtime parameters are
    used; warns of periods at which sound resonates in the domain. Raises SimulationError."""
    _check_frozen(physics)
    _check_names(physics)
    _check_openings(domain, physics)
    _check_tunables(physics)
    _check_wall_distance(physics)
    _warn_of_resonance(domain, physics, schedules)


def _check_frozen(physics: Physics) -> None:
    """Models must be frozen, so that kernels compiled at different times do not differ."""
    models = (physics.collision, *physics.boundaries, *physics.forces, physics.link_wall, *physics.scalars)
    for model in models:
        _require_frozen(model, type(model).__name__)


_MODELS = (BodyForce, BoundaryCondition, Collision, BounceBack, Opening, Profile, Scalar, ScalarCollision, ScalarCondition)


def _require_frozen(model: Any, place: str) -> None:
    if isinstance(model, tuple):
        for k, part in enumerate(model):
            _require_frozen(part, f"{place}[{k}]")
    elif isinstance(model, _MODELS):
        if not (is_dataclass(model) and type(model).__dataclass_params__.frozen):  # type: ignore[attr-defined]
            raise SimulationError(
                f"{place}: {type(model).__name__} can be changed, but its compiled kernels cannot: declare it "
                "with @dataclass(frozen=True), and use parameters or RuntimeParameter for numbers that vary"
            )
        for each in fields(model):
            _require_frozen(getattr(model, each.name), f"{place}.{each.name}")
    elif isinstance(model, (list, dict, set, np.ndarray)):
        raise SimulationError(f"{place}: a {type(model).__name__} can be changed, but its compiled kernels cannot: use a tuple")


def _check_names(physics: Physics) -> None:
    """Conditions and scalars must have different names, and bodies of scalars must be obstacles."""
    faces = [b.face.name for b in physics.boundaries]
    for name in faces:
        if faces.count(name) > 1:
            raise SimulationError(
                f"{faces.count(name)} boundary conditions on {name}: use one, or different names for parts of it"
            )
    names, solids = [scalar.name for scalar in physics.scalars], physics.obstacles
    for scalar in physics.scalars:
        if names.count(scalar.name) > 1:
            raise SimulationError(f"{names.count(scalar.name)} scalars {scalar.name!r}: use different names")
        for body in scalar.bodies:
            if body.obstacle not in solids:
                raise SimulationError(
                    f"scalar {scalar.name!r}: no obstacle {body.obstacle!r}; there are: {', '.join(solids) or 'none'}"
                )


def _check_tunables(physics: Physics) -> None:
    """Runtime parameters must be used by the step."""
    if physics.tunable and (unread := unread_numbers(physics)):
        raise SimulationError(
            f"no equation of the step uses the RuntimeParameter {', '.join(unread)}: use plain numbers; "
            f"parameters without it are: {', '.join(n for n in physics.parameters if n not in unread)}"
        )


def _check_wall_distance(physics: Physics) -> None:
    """A collision that needs the distance from walls must have a wall with a law on a lower side, and on no upper one."""
    if fault := wall_distance_fault(physics.collision, physics.boundaries):
        raise SimulationError(f"{type(physics.collision).__name__}: {fault}")


def _warn_of_resonance(domain: Domain, physics: Physics, schedules: Mapping[str, Any]) -> None:
    """Warns of conditions that vary so fast that sound resonates."""
    for name, period in short_periods(domain, physics, schedules).items():
        warnings.warn(
            f"the condition on {name} varies with a period of {period:g} steps, below 4 L / c_s = "
            f"{longest_resonance(domain):.0f} steps for the domain's {max(domain.shape)} cells: sound resonates in it. Take more "
            "steps per period (a lower lattice velocity), or a shorter domain",
            stacklevel=4,
        )


def _check_openings(domain: Domain, physics: Physics) -> None:
    """Boundary conditions must be on sides of the domain, those of scalars that need a mass beside one of the flow on links, and
    obstacles must not exceed the range of the labels."""
    for face in physics.openings:
        if isinstance(face, Face) and face.axis >= domain.dimension:
            raise SimulationError(f"boundary condition on {face}: the domain has only {domain.dimension} dimensions; remove it")
        if isinstance(face, Face) and domain.periodic[face.axis]:
            raise SimulationError(f"boundary condition on {face}: the domain is periodic along that axis; use one or the other")
    on_links = [each.face for each in physics.boundaries if each.on_links]
    for scalar in physics.scalars:
        for each in scalar.conditions:
            if each.needs_mass and each.face not in on_links:
                raise SimulationError(
                    f"{type(each).__name__} of the scalar {scalar.name!r} on {each.face}: the flow has no condition there that "
                    "lets a mass in on links; give the flow a VelocityInlet, or the scalar a FixedValue"
                )
    if len(physics.obstacles) > MAX_OBSTACLES:
        raise SimulationError(
            f"{len(physics.obstacles)} obstacles, above the limit of {MAX_OBSTACLES}: join those whose forces are not "
            "needed into one mesh"
        )
