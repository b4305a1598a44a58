"""What a simulation refuses, before any work is done."""

from collections.abc import Sequence

import numpy as np
import warp as wp

from ..errors import SimulationError
from ..grid import Domain
from ..kernels.step import unread_numbers
from ..lattice import Lattice
from ..models.boundary import Face
from ..models.cell_label import MAX_OBSTACLES
from ..models.force import BodyForce, UniformForce
from ..models.physics import Physics
from .obstacle import Obstacle


def as_forces(force) -> tuple[BodyForce, ...]:
    """Body forces from what a user gives: none, one, several, or the values of a uniform one."""
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
    precision: type, threads: int | None,
) -> None:  # fmt: skip
    """Dimensions, ranges and kinds."""
    if lattice.dimension != domain.dimension:
        raise SimulationError(f"{lattice} on a domain of {domain.dimension} dimensions: choose a lattice of the same")
    if precision not in (wp.float32, wp.float64):
        raise SimulationError(f"precision {precision}: must be wp.float32 or wp.float64")
    if not (np.isfinite(viscosity) and viscosity > 0):
        raise SimulationError(
            f"viscosity {viscosity} cells^2/step: must be above 0 (relaxation time 3 nu + 1/2 above 1/2)"
        )
    for force in forces:
        if isinstance(force, UniformForce) and (
            len(force.force) != lattice.dimension or not np.isfinite(force.force).all()
        ):
            raise SimulationError(f"force {force.force}: give one finite value an axis, {lattice.dimension} of them")
    for obstacle in obstacles:
        if obstacle.motion is not None:
            obstacle.motion.check(domain.dimension)
    if threads is not None and threads < 1:
        raise SimulationError(f"threads {threads}: give at least 1, or None for one a core")


def check_names(physics: Physics) -> None:
    """Every condition and scalar has a name of its own, and bodies of scalars are obstacles."""
    faces = [b.face.name for b in physics.boundaries]
    for name in faces:
        if faces.count(name) > 1:
            raise SimulationError(
                f"{faces.count(name)} boundary conditions on {name}: give one, or parts of it names of their own"
            )
    names, solids = [scalar.name for scalar in physics.scalars], physics.obstacles
    for scalar in physics.scalars:
        if names.count(scalar.name) > 1:
            raise SimulationError(f"{names.count(scalar.name)} scalars {scalar.name!r}: give each a name of its own")
        for body in scalar.bodies:
            if body.obstacle not in solids:
                raise SimulationError(
                    f"scalar {scalar.name!r}: no obstacle {body.obstacle!r}; there are: {', '.join(solids) or 'none'}"
                )


def check_tunables(physics: Physics) -> None:
    """A `Tunable` number is one that the step reads."""
    if physics.tunable and (unread := unread_numbers(physics)):
        raise SimulationError(
            f"no equation of the step reads the Tunable {', '.join(unread)}: give plain numbers; "
            f"these are parameters as they are: {', '.join(n for n in physics.parameters if n not in unread)}"
        )


def check_openings(domain: Domain, physics: Physics) -> None:
    """Boundary conditions on sides that the domain has, and no more obstacles than labels can number."""
    for face in physics.openings:
        if isinstance(face, Face) and face.axis >= domain.dimension:
            raise SimulationError(f"boundary on {face}: the domain has {domain.dimension} dimensions")
        if isinstance(face, Face) and domain.periodic[face.axis]:
            raise SimulationError(f"boundary on {face}: the domain is periodic along that axis; choose one of the two")
    if len(physics.obstacles) > MAX_OBSTACLES:
        raise SimulationError(
            f"{len(physics.obstacles)} obstacles: at most {MAX_OBSTACLES}; join those whose forces are not needed into one mesh"
        )
