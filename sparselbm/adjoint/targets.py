"""Quantities with respect to which gradients are computed, each a frozen value.

Each has `require(simulation)`, which raises AdjointError before any step if the simulation does not have the quantity, and
`gradient(sweep)`, which reads the gradient from a finished backward sweep. Quantities that can be inputs of a `Run` also have a
`name`, and `get(simulation)` and `put(simulation, values)` for their present values.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import AdjointError
from ..grid.memory import tile_view
from ..kernels.adjoint import GradientTargets
from ..models.boundary import NodalProfile
from ..models.wall import BounceBack
from ..solver import Simulation
from ..solver.obstacle_geometry import ObstacleGeometry
from .sweep import BackwardSweep

_ROUNDING = 1e-5
"""Allowed difference between points, relative to the largest coordinate: they are stored in the precision of the solver."""


def _require_obstacle(simulation: Simulation, name: str) -> None:
    names = simulation.physics.obstacles
    if name not in names:
        raise AdjointError(f"no obstacle {name!r}: the obstacles are {', '.join(names) or 'none'}")
    wall = next(o.wall for o in simulation.obstacles if o.name == name)
    if isinstance(wall, BounceBack) and not wall.resolves_position:
        raise AdjointError(
            f"the wall of {name!r} is halfway on each link that it cuts, independent of the position of its points, so that its "
            "gradient is 0 except for jumps: use wall=SolidFraction(), or Bouzidi() or ParabolicInterpolation()"
        )


def require_placed(simulation: Simulation, name: str) -> None:
    """Raises AdjointError if solid fractions are not those of the present points of the obstacle."""
    geometry = next((g for g in simulation.solids.geometry if g.name == name), None)
    if geometry is not None and simulation.solids.by_hand.any():
        raise AdjointError(
            f"the points of {name!r} after set_solid_fractions: fractions set by hand do not depend on points; call "
            "update_geometry first, or use SolidFractions()"
        )
    if geometry is not None and geometry.moved:
        raise AdjointError(
            f"the points of {name!r} were moved, but the flow is still that around the former points: call update_geometry first"
        )


def warn_of_links(simulation: Simulation, name: str) -> None:
    """Warns of the gradient of an obstacle whose wall is on links, see `Points`."""
    wall = next(o.wall for o in simulation.obstacles if o.name == name)
    if isinstance(wall, BounceBack):
        warnings.warn(
            f"the wall {type(wall).__name__}() of {name!r} is on links: the gradient is that of the links that are cut at "
            "present and does not follow the trend of the objective over a cell (0.2 to 7 times the trend for a translation). "
            "Use wall=SolidFraction() to optimise a shape",
            stacklevel=4,
        )


@dataclass(frozen=True)
class Points:
    """Points of the surface of an obstacle: d J / d p [lattice units / m], (n, 3).

    With `SolidFraction` the gradient agrees with the trend of the objective over cells within 2 %. With a wall on links it is
    that of the links that are cut at present: their fractions delta vary, while the set of links is fixed. It passes every test
    by small differences, but does not include changes of the set of links: it was 0.86 to 0.93 of the trend for a cylinder 12 to
    20 cells wide. Such obstacles cannot be moved: build another simulation with the points of the next design. A scalar depends
    on the points only through the flow, because its anti-bounce-back is halfway.
    """

    obstacle: str

    needs = GradientTargets(solid=True, fractions=True)

    def require(self, simulation: Simulation) -> None:
        _require_obstacle(simulation, self.obstacle)

    def require_placed(self, simulation: Simulation) -> None:
        """Raises AdjointError if the flow is not that around the present points."""
        require_placed(simulation, self.obstacle)

    def gradient(self, sweep: BackwardSweep) -> np.ndarray:
        return sweep.points_gradient(self.obstacle)

    @property
    def name(self) -> str:
        return f"{self.obstacle}.points"

    def get(self, simulation: Simulation) -> np.ndarray:
        """Points from which the solid fractions were computed [m], (n, 3)."""
        return self._geometry(simulation).placed.numpy().copy()

    def put(self, simulation: Simulation, values: np.ndarray) -> None:
        """Moves the body and updates the geometry, unless the points are the same."""
        geometry = self._geometry(simulation)
        if not np.array_equal(geometry.placed.numpy(), values):
            geometry.move(values)
            simulation.update_geometry({self.obstacle})

    def _geometry(self, simulation: Simulation) -> ObstacleGeometry:
        for geometry in simulation.solids.geometry:
            if geometry.name == self.obstacle:
                return geometry
        raise AdjointError(f"the wall of {self.obstacle!r} is on links and cannot be moved: use wall=SolidFraction()")


@dataclass(frozen=True, eq=False)
class Deformed:
    """Variables of a bound deformation (rigid, FFD, free vertices) of an obstacle: d J / d x, (size,); see `Points`."""

    obstacle: str
    deformation: object
    """`BoundDeformation` whose points are those of the obstacle."""
    variables: np.ndarray
    """Variables x for which the points were computed."""

    needs = GradientTargets(solid=True, fractions=True)

    def require(self, simulation: Simulation) -> None:
        _require_obstacle(simulation, self.obstacle)

    def require_placed(self, simulation: Simulation) -> None:
        """Raises AdjointError if the flow is not that around the points of these variables."""
        require_placed(simulation, self.obstacle)
        geometry = simulation.solids.find(self.obstacle)
        obstacle = next(o for o in simulation.obstacles if o.name == self.obstacle)
        there = obstacle.mesh.points if geometry is None else geometry.placed.numpy()
        points = np.asarray(self.deformation.points(self.variables))  # type: ignore[attr-defined]
        limit = _ROUNDING * np.abs(points).max()
        apart = np.abs(points - there).max() if points.shape == there.shape else np.inf
        if not apart <= limit:
            raise AdjointError(
                f"the points of {self.obstacle!r} are up to {apart:.3g} m from those of the specified variables, limit "
                f"{limit:.2g} m: move the obstacle to deformation.points(variables), or pass its present variables"
            )

    def gradient(self, sweep: BackwardSweep) -> np.ndarray:
        return self.deformation.pullback(self.variables, sweep.points_gradient(self.obstacle))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Parameter:
    """Parameter of the models by its name, such as `viscosity`, `force_x` or `x_min.velocity_x`: d J / d parameter, ()."""

    name: str

    needs = GradientTargets(parameters=True)

    def require(self, simulation: Simulation) -> None:
        names = simulation.physics.parameters
        if self.name not in names:
            raise AdjointError(
                f"no parameter {self.name!r}: the parameters are {', '.join(names)}. Other numbers of models are constants of "
                "the kernel, unless passed as RuntimeParameter(number): TRT(magic=RuntimeParameter(3 / 16)) has collision.magic"
            )

    def gradient(self, sweep: BackwardSweep) -> np.ndarray:
        return sweep.parameter_gradient(self.name)

    def get(self, simulation: Simulation) -> np.ndarray:
        """Present value, ()."""
        return np.asarray(simulation.parameter(self.name))

    def put(self, simulation: Simulation, values: np.ndarray) -> None:
        """Changes the value."""
        simulation.set_parameter(self.name, float(values))


@dataclass(frozen=True)
class Field:
    """Field of the models, such as `force_field_x` or the profile `x_min.velocity_x`: d J / d field, (n, cells).

    For an unsteady profile it is the sum over the steps.
    """

    name: str

    needs = GradientTargets(fields=True)

    def require(self, simulation: Simulation) -> None:
        names = simulation.physics.fields
        if self.name not in names:
            raise AdjointError(f"no field {self.name!r}: the fields are {', '.join(names) or 'none'}")

    def gradient(self, sweep: BackwardSweep) -> np.ndarray:
        return sweep.field_gradient(self.name)

    def get(self, simulation: Simulation) -> np.ndarray:
        """Present values in the cells, (n, cells)."""
        return simulation.fields.spread(simulation.fields.array, self.name)

    def put(self, simulation: Simulation, values: np.ndarray) -> None:
        """Changes the values: see `Simulation.set_field`."""
        simulation.set_field(self.name, values)


@dataclass(frozen=True)
class NodalValues:
    """Values at the nodes of the `NodalProfile` on an opening: d J / d v, (nodes,)."""

    opening: str
    """Name of the opening, such as `x_min`."""

    needs = GradientTargets(fields=True)

    def require(self, simulation: Simulation) -> None:
        for boundary in simulation.physics.boundaries:
            if boundary.face.name == self.opening and isinstance(boundary.profile, NodalProfile):
                return
        there = [b.face.name for b in simulation.physics.boundaries if isinstance(b.profile, NodalProfile)]
        raise AdjointError(f"no NodalProfile on {self.opening!r}: the openings with one are {', '.join(there) or 'none'}")

    def gradient(self, sweep: BackwardSweep) -> np.ndarray:
        simulation = sweep.simulation
        boundary = next(b for b in simulation.physics.boundaries if b.face.name == self.opening)
        assert isinstance(boundary.profile, NodalProfile), "see `require`"
        gradients = {name: sweep.field_gradient(name) for name in boundary.profile_fields(simulation.lattice)}
        return boundary.profile.pullback(*simulation.model_fields.profile_gradient(self.opening, gradients))


@dataclass(frozen=True)
class SolidFractions:
    """Solid fraction of every cell, including cells far from any solid: d J / d eps, (n, cells)."""

    needs = GradientTargets(solid=True)

    def require(self, simulation: Simulation) -> None:
        if simulation.solids.fractions is None:
            raise AdjointError("SolidFractions of a simulation without any: add an obstacle with wall=SolidFraction()")

    def gradient(self, sweep: BackwardSweep) -> np.ndarray:
        return tile_view(sweep.simulation.domain, sweep.solid_adjoint, 1)[:, 0].copy()  # type: ignore[arg-type]

    name = "solid_fractions"

    def get(self, simulation: Simulation) -> np.ndarray:
        """Present solid fractions, (n, cells)."""
        return simulation.solids.values().copy()

    def put(self, simulation: Simulation, values: np.ndarray) -> None:
        """Changes the fractions, but not the points of the bodies."""
        simulation.set_solid_fractions(values)


@dataclass(frozen=True)
class LinkFractions:
    """Fraction delta of every link along -c_q up to the wall of an obstacle: d J / d delta, (n, Q, cells).

    It is 0 in tiles without such walls, where all walls are halfway and no fractions are stored.
    """

    needs = GradientTargets(fractions=True)

    def require(self, simulation: Simulation) -> None:
        if not simulation.physics.link_wall.resolves_position:
            raise AdjointError(
                "LinkFractions of a simulation without any: add an obstacle with wall=Bouzidi() or ParabolicInterpolation()"
            )

    def gradient(self, sweep: BackwardSweep) -> np.ndarray:
        return sweep.fractions_gradient()


@dataclass(frozen=True)
class InitialPopulations:
    """Initial populations: d J / d f, (n, S, cells), S = Q + sizes of the scalars; 0 outside the fluid."""

    needs = GradientTargets()

    def require(self, simulation: Simulation) -> None:
        """Every simulation has initial populations."""

    def gradient(self, sweep: BackwardSweep) -> np.ndarray:
        simulation = sweep.simulation
        gradient = tile_view(simulation.domain, sweep.initial_adjoint(), simulation.physics.size)
        return np.where(simulation.walls.fluid[:, None], gradient, 0.0)


@dataclass(frozen=True, eq=False)
class PulledBack:
    """Variables x that determine other inputs s(x): d J / d x = (ds / dx)^T d J / d s, (size,)."""

    inputs: "tuple[GradientInput, ...]"
    """The inputs s."""
    pullback: Callable[[Sequence[np.ndarray]], np.ndarray]
    """Returns d J / d x from the gradients with respect to the inputs, in their order."""

    @property
    def needs(self) -> GradientTargets:
        return GradientTargets.union(each.needs for each in self.inputs)

    def require(self, simulation: Simulation) -> None:
        for each in self.inputs:
            each.require(simulation)

    def gradient(self, sweep: BackwardSweep) -> np.ndarray:
        return self.pullback([each.gradient(sweep) for each in self.inputs])


GradientInput = (
    Points | Deformed | Parameter | Field | NodalValues | SolidFractions | LinkFractions | InitialPopulations | PulledBack
)
