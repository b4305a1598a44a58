"""A flow on a sparse domain: the components of a simulation, put together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import warp as wp

from ..grid import Domain, transfer
from ..grid.tile_field import Fields
from ..kernels.context import Target
from ..lattice import D2Q9, D3Q19, Lattice
from ..models import ViscosityField
from ..models.boundary import BoundaryCondition, Profile
from ..models.collision import TRT, Collision
from ..models.force import BodyForce
from ..models.physics import Physics
from ..models.scalar import Scalar
from .carry_over import carried_fields, carried_fractions, require_same_places
from .clock import Clock
from .feedback import Feedback
from .macroscopic import MacroscopicFields
from .model_fields import ModelFields
from .obstacle import Obstacle
from .parameter_table import ParameterTable
from .passes import Passes
from .set_values import set_flow, set_scalar
from .solids import Solids
from .stability import StabilityCheck
from .state import DoubleBuffer, InPlace, State
from .stepper import Stepper
from .validate import as_forces, check_models, check_numbers
from .walls import Walls, link_wall


class Simulation:
    """A flow on a sparse domain, in lattice units (cells, steps, density 1), which starts at rest with density 1.

    `viscosity`: nu [cells^2 / step]. `force`: body forces, or one value per axis of a uniform force. `boundaries`: conditions on
    faces and patches, applied in their order; a face without a condition is a no-slip wall half a cell beyond the cell centres.
    `obstacles`: solid bodies, with walls by solid fractions or on links. `viscosity_field`: factors of the viscosity per cell.
    `scalars`: quantities that the flow carries, 0 everywhere at first. `schedules`: factors of parameters in time, as functions
    of the step, by the parameters' names; that of a density multiplies rho - 1. `precision`: that of populations and
    arithmetic, `wp.float32` or `wp.float64`. `threads`: number of ranges of tiles that run in parallel on the CPU, by default one
    per core except for small domains; results do not depend on it. `in_place`: whether steps come in pairs that need one array of
    populations instead of two, with the same results; a single step then takes two passes. The default is True, but False with
    obstacles that move, which run one step at a time.

    Raises SimulationError for values out of range, and for obstacles that act in no cell or leave no fluid; WallError for
    conditions and walls that do not fit the domain; ValueError for a lattice that the collision model does not support.
    """

    domain: Domain
    physics: Physics
    """Models, which determine the kernels."""
    obstacles: tuple[Obstacle, ...]
    """Obstacles as they were given; for their present points see `solids`."""
    parameters: ParameterTable
    """Parameters of the models and their schedules."""
    walls: Walls
    """Labels and blocked links of the cells, and walls on links."""
    solids: Solids
    """Solid fractions, and the surfaces of the obstacles that have them."""
    state: State
    """Populations after the last step."""
    model_fields: ModelFields
    """Fields as the models give them: force fields, profiles, viscosity factors."""
    fields: Fields
    """Stored values of the fields."""
    clock: Clock
    """Brings schedules and unsteady profiles to a step."""
    passes: Passes
    """Makes sweeps of kernels over the tiles."""
    stepper: Stepper
    """The time step between any two population arrays."""
    macroscopic: MacroscopicFields
    """Density, velocity, scalars and forces of the present state."""
    feedback: Feedback | None = None
    """Model outside of the flow that `run` updates, such as the vessels beyond an outlet."""

    def __init__(
        self, domain: Domain, *, viscosity: float, lattice: Lattice | None = None, collision: Collision = TRT(),
        boundaries: Sequence[BoundaryCondition] = (), force: Sequence[float] | BodyForce | Sequence[BodyForce] | None = None,
        obstacles: Sequence[Obstacle] = (), viscosity_field: ViscosityField | None = None,
        scalars: Sequence[Scalar] = (), schedules: Mapping[str, Callable[[int], float]] | None = None,
        precision: type = wp.float32, threads: int | None = None, in_place: bool | None = None,
    ):
        lattice = lattice or (D2Q9 if domain.dimension == 2 else D3Q19)
        forces = as_forces(force)
        check_numbers(domain, lattice, viscosity, forces, obstacles, precision, threads, scalars)
        collision.collide(lattice, [0.0] * lattice.size, viscosity, [0.0] * lattice.dimension)  # Refuses other lattices.
        self.domain, self.precision, self.obstacles = domain, precision, tuple(obstacles)
        self._viscosity_field, self._threads, self._in_place = viscosity_field, threads, in_place
        motions = {o.name: o.motion for o in obstacles if o.motion is not None}
        physics = Physics(
            lattice, collision, tuple(boundaries), forces, tuple(o.name for o in obstacles), moving=tuple(motions),
            link_wall=link_wall(obstacles), varied_viscosity=viscosity_field is not None, scheduled=tuple(schedules or {}),
            scalars=tuple(scalars),
        )
        check_models(domain, physics, schedules or {})
        self.parameters = ParameterTable(
            physics.model_parameters(viscosity, motions), schedules or {}, physics.check_tunables, precision, domain.device
        )
        self.walls = Walls(domain, lattice, physics.boundaries, obstacles, precision, physics.scalars)
        self.physics = replace(physics, links_have_owners=self.walls.links_have_owners)
        self.solids = Solids(domain, obstacles, self.walls, precision)
        size, stored = self.physics.size, self.physics.stored_velocity_size
        is_in_place = not motions if in_place is None else in_place
        self.state = InPlace(domain, size, precision, stored) if is_in_place else DoubleBuffer(domain, size, precision)
        self.model_fields = ModelFields(domain, self.physics, self.walls, viscosity_field)
        self._build_passes(self.model_fields.stored(precision))

    def _build_passes(self, fields: Fields) -> None:
        """Builds everything that reads the fields."""
        self.fields = fields
        self.clock = Clock(self.parameters, self.model_fields, fields, self.state)
        self.passes = Passes(
            self.domain, self.physics, Target(self.precision, self.domain.backend), walls=self.walls, solids=self.solids,
            fields=fields, parameters=self.parameters.array, clock=self.clock, state_bytes=self.state.nbytes,
            threads=self._threads,
        )
        self.stepper = Stepper(self.passes, self.clock)
        self.macroscopic = MacroscopicFields(self.passes, self.state)

    @cached_property
    def _stability(self) -> StabilityCheck:
        return StabilityCheck(self.macroscopic, self.solids, self.parameters)

    def transferred_to(self, domain: Domain) -> "Simulation":
        """Returns the same simulation on other tiles, for a design that has outgrown its tiles.

        Obstacles are where they are now. Populations, steps, parameters, and the fields and solid fractions that were set by
        hand are carried over in the cells of both domains; other fields are those of the models on the new domain. New tiles
        start at rest. Objects that refer to this simulation, such as monitors and `MovingObstacles`, have to be created again.
        Raises DomainError for domains whose cells do not coincide in whole tiles, or count from another corner while a model
        has positions in cells.
        """
        physics = self.physics
        require_same_places(self.domain, domain, physics)
        moved = Simulation(
            domain, viscosity=self.parameter("viscosity"), lattice=physics.lattice, collision=physics.collision,
            boundaries=physics.boundaries, force=physics.forces,
            obstacles=self.solids.at_present(self.obstacles), viscosity_field=self._viscosity_field,
            scalars=physics.scalars, schedules=self.parameters.schedules, precision=self.precision, threads=self._threads,
            in_place=self._in_place,
        )
        moved.parameters.take_over(self.parameters)
        if physics.fields:
            moved._build_passes(carried_fields(self.model_fields, self.fields, moved.model_fields, self.precision))
        if self.solids.by_hand.any():
            moved.set_solid_fractions(carried_fractions(self.solids, self.domain, moved.solids, domain))
        transfer(self.domain, domain, self.state.populations, physics.size, into=moved.state.populations)
        moved.state.steps = self.steps
        moved._stability.take_over(self._stability)
        return moved

    @property
    def lattice(self) -> Lattice:
        """Velocity set of the flow."""
        return self.physics.lattice

    @property
    def steps(self) -> int:
        """Number of steps since the state was set."""
        return self.state.steps

    def run(self, steps: int) -> None:
        """Advances the state, and raises SimulationError, with advice, if the flow has become unstable (`check_stability`).

        It is checked every 100 steps, at the end of the first run after the state was set, and at the end of each run after which
        10 or more steps are unchecked.
        In a loop of shorter runs a fault is found at most 9 steps late, since a check after every step would take a fifth
        of the time: call `check_stability` where such a loop ends.
        """
        end, stability = self.steps + steps, self._stability
        while self.steps < end:
            stretch = min(stability.steps_left, end - self.steps)
            if self.feedback is not None:
                stretch = min(stretch, self.feedback.interval - self.steps % self.feedback.interval)
            self.state.advance(self.stepper, stretch)
            stability.stepped(stretch)
            if self.feedback is not None and self.steps % self.feedback.interval == 0:
                self.feedback.update()
            if not stability.steps_left or (self.steps == end and stability.is_due_at_end):
                stability.require_sound()

    def check_stability(self) -> None:
        """Raises SimulationError, with advice, if the flow has become unstable: see `StabilityLimits`."""
        self._stability.require_sound()

    def set_state(self, density: np.ndarray | float = 1.0, velocity: Sequence | np.ndarray | float = 0.0) -> None:
        """Sets equilibrium populations of the flow, and counts steps from 0; scalars are unchanged.

        `density()` and `velocity()` then return these values to rounding, except along openings, whose conditions apply, along
        interpolated walls, and for a body force F, which adds F / 2 rho to the velocity.
        `density`: a number or (n, cells); `velocity`: one value per axis or (n, cells, d). Raises SimulationError for values in
        the fluid that are not finite.
        """
        set_flow(self.passes, self.state, density, velocity)

    def moments(self) -> wp.array:
        """Density and velocity of the present state, `[tile][1 + d][cell]`."""
        return self.macroscopic.moments()

    def density(self) -> np.ndarray:
        """rho of every cell, (n, cells); 1 outside the fluid."""
        return self.macroscopic.density()

    def velocity(self) -> np.ndarray:
        """u of every cell [cells / step], (n, cells, d); 0 outside the fluid."""
        return self.macroscopic.velocity()

    def set_scalar(self, name: str, values: np.ndarray | float) -> None:
        """Sets equilibrium populations of a scalar at the present velocity of the flow. `values`: phi, a number or (n, cells).

        Raises SimulationError for values in the fluid that are not finite, ValueError if there is no such scalar.
        """
        set_scalar(self.passes, self.state, name, values)

    def scalar(self, name: str) -> np.ndarray:
        """phi of every cell, (n, cells); 0 outside the fluid. Raises ValueError if there is no such scalar."""
        return self.macroscopic.scalar(name)

    def force_field(self) -> np.ndarray:
        """Force of the fluid on the solid in every cell [lattice force], (n, cells, d)."""
        return self.macroscopic.force_field()

    def excess_mass(self) -> float:
        """Sum over the fluid of rho - 1 [lattice mass]; conserved if there is no inflow or outflow."""
        return self.macroscopic.excess_mass()

    def parameter(self, name: str) -> float:
        """Present value of one of `physics.parameters`. Raises SimulationError for an unknown name."""
        return self.parameters[name].value

    def set_parameter(self, name: str, value: float) -> None:
        """Changes a parameter of the models, such as `viscosity` or `x_min.velocity_x`; no new kernel is built.

        Raises SimulationError for an unknown name, or a value that is out of range or refused by its model.
        """
        self.set_parameters({name: value})

    def set_parameters(self, numbers: Mapping[str, float]) -> None:
        """Changes several parameters, all of them or (with an error) none: see `set_parameter`."""
        self.parameters.update(numbers)

    def set_field(self, name: str, values: np.ndarray | float) -> None:
        """Changes one of `physics.fields`, such as `resistance`; `values`: a number or (n, cells).

        Fields are stored in the tiles in which one of them is not 0 at first, and along conditions with a profile: they have
        to remain 0 elsewhere. Raises SimulationError where they do not, for an unknown name, and for values in the fluid that
        are not finite or out of the model's range.
        """
        self.model_fields.set(self.fields, name, values)

    def set_profile(self, opening: str, profile: Profile) -> None:
        """Changes the steady profile of the condition on an opening, which needs to have one from the beginning.

        Raises SimulationError for an opening without a profile, one that varies in time, and factors that are not finite.
        """
        self.model_fields.set_profile(self.fields, opening, profile)

    def set_solid_fractions(self, fractions: np.ndarray | float) -> None:
        """Sets eps of every cell, a number or (n, cells), until the next `update_geometry`.

        For designs whose variables are fractions instead of points. Raises SimulationError for values in the fluid that are
        not finite, or if no obstacle has solid fractions.
        """
        self.solids.set(fractions)

    def update_geometry(self, moved: Collection[str] | None = None) -> None:
        """Evaluates solid fractions, owners of cells and classes of tiles from the present points of the obstacles.

        `moved`: names of the obstacles whose points have changed; None: all. Only tiles near those are visited, unless
        fractions were set by hand. Sweeps follow by themselves: see `Sweep`.
        """
        self.solids.update(moved)
