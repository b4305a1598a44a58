"""With respect to what a gradient is taken: one frozen value each.

Each has `require(simulation)`, which raises AdjointError where there is no such thing, before any step is done, and
`gradient(reverse)`, which reads what a finished backward sweep has gathered. Those that can be the input of a `Run` have a
`name`, and `get(simulation)` and `put(simulation, values)` for their present values.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import AdjointError
from ..grid.memory import tile_view
from ..kernels.adjoint import GradientTargets
from ..models.wall import BounceBack
from ..solver import Simulation
from ..solver.obstacle_geometry import ObstacleGeometry
from .sweep import BackwardSweep

_ROUNDING = 1e-5
"""Of the largest coordinate, by which points may differ from those of variables: they are kept in the solver's precision."""


def _require_obstacle(simulation: Simulation, name: str) -> None:
    names = simulation.physics.obstacles
    if name not in names:
        raise AdjointError(f"no obstacle {name!r}; there are: {', '.join(names) or 'none'}")
    wall = next(o.wall for o in simulation.obstacles if o.name == name)
    if isinstance(wall, BounceBack) and not wall.resolves_position:
        raise AdjointError(
            f"the wall of {name!r} stands halfway on every link that it cuts, wherever its points are, so that its gradient is "
            "0 but for jumps: use wall=SolidFraction(), or Bouzidi() or CentralInterpolation()"
        )


def require_placed(simulation: Simulation, name: str) -> None:
    """Raises AdjointError where solid fractions are not those of the obstacle's present points."""
    geometry = simulation.solids.find(name)
    if geometry is not None and simulation.solids.by_hand.any():
        raise AdjointError(
            f"the points of {name!r} after set_solid_fractions: what was set by hand depends on no points; call "
            "update_geometry first, or ask for SolidFractions()"
        )
    if geometry is not None and geometry.moved:
        raise AdjointError(
            f"the points of {name!r} were moved, and the flow still is that around where they were: call update_geometry first"
        )


@dataclass(frozen=True)
class Points:
    """The points of an obstacle's surface: d J / d p [lattice units / m], (n, 3).

    With `SolidFraction` the gradient follows the trend of the objective over cells, 1 +- 0.02. With a wall on links it is that
    of the links that are cut now: their shares delta vary, the set of them is held. It passes every test by small
    differences, but what changes when a link comes or goes is not in it: it was 0.86 to 0.93 of the trend for a cylinder 12
    to 20 cells wide. Such obstacles do not move: build the simulation anew with the points of the next design. A scalar
    sees the flow alone change: the place of its own anti-bounce-back is halfway.
    """

    obstacle: str

    needs = GradientTargets(solid=True, fractions=True)

    def require(self, simulation: Simulation) -> None:
        _require_obstacle(simulation, self.obstacle)

    def require_placed(self, simulation: Simulation) -> None:
        """Raises AdjointError where the flow is not that around the present points."""
        require_placed(simulation, self.obstacle)

    def gradient(self, reverse: BackwardSweep) -> np.ndarray:
        return reverse.points_gradient(self.obstacle)

    @property
    def name(self) -> str:
        return f"{self.obstacle}.points"

    def get(self, simulation: Simulation) -> np.ndarray:
        """The points that the solid fractions are of [m], (n, 3)."""
        return self._geometry(simulation).placed.numpy().copy()

    def put(self, simulation: Simulation, values: np.ndarray) -> None:
        """Moves the body, with all that hangs on it, unless it stands there already."""
        geometry = self._geometry(simulation)
        if not np.array_equal(geometry.placed.numpy(), values):
            geometry.move(values)
            simulation.update_geometry({self.obstacle})

    def _geometry(self, simulation: Simulation) -> ObstacleGeometry:
        if geometry := simulation.solids.find(self.obstacle):
            return geometry
        raise AdjointError(f"the wall of {self.obstacle!r} lies on links and cannot be moved: use wall=SolidFraction()")


@dataclass(frozen=True, eq=False)
class Deformed:
    """The variables of a bound deformation (rigid, FFD, free vertices) of an obstacle: d J / d x, (size,); see `Points`."""

    obstacle: str
    deformation: object
    """A `BoundDeformation` whose points the obstacle stands at."""
    variables: np.ndarray
    """x at which the points were computed."""

    needs = GradientTargets(solid=True, fractions=True)

    def require(self, simulation: Simulation) -> None:
        _require_obstacle(simulation, self.obstacle)

    def require_placed(self, simulation: Simulation) -> None:
        """Raises AdjointError where the flow is not that around the points of these variables."""
        require_placed(simulation, self.obstacle)
        geometry = simulation.solids.find(self.obstacle)
        obstacle = next(o for o in simulation.obstacles if o.name == self.obstacle)
        there = obstacle.mesh.points if geometry is None else geometry.placed.numpy()
        points = np.asarray(self.deformation.points(self.variables))  # type: ignore[attr-defined]
        limit = _ROUNDING * np.abs(points).max()
        apart = np.abs(points - there).max() if points.shape == there.shape else np.inf
        if not apart <= limit:
            raise AdjointError(
                f"the points of {self.obstacle!r} are up to {apart:.3g} m from those of the given variables, limit "
                f"{limit:.2g} m: move the obstacle to deformation.points(variables), or give the variables that it stands at"
            )

    def gradient(self, reverse: BackwardSweep) -> np.ndarray:
        return self.deformation.pullback(self.variables, reverse.points_gradient(self.obstacle))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Parameter:
    """A number of the models by its name, such as `viscosity`, `force_x` or `x_min.velocity_x`: d J / d number."""

    name: str

    needs = GradientTargets(parameters=True)

    def require(self, simulation: Simulation) -> None:
        names = simulation.physics.parameters
        if self.name not in names:
            raise AdjointError(
                f"no parameter {self.name!r}; there are: {', '.join(names)}; other numbers of models are constants of the kernel "
                "unless given as Tunable(number), as in TRT(magic=Tunable(3 / 16)), then collision.magic"
            )

    def gradient(self, reverse: BackwardSweep) -> np.ndarray:
        return reverse.parameter_gradient(self.name)

    def get(self, simulation: Simulation) -> np.ndarray:
        """The present number, ()."""
        return np.asarray(simulation.parameter(self.name))

    def put(self, simulation: Simulation, values: np.ndarray) -> None:
        """Changes the number."""
        simulation.set_parameter(self.name, float(values))


@dataclass(frozen=True)
class Field:
    """A value of the models in every cell, such as `force_field_x` or `x_min.velocity_x`, the profile: d J / d field, (n, cells).

    Of an unsteady profile it is the sum over the steps.
    """

    name: str

    needs = GradientTargets(fields=True)

    def require(self, simulation: Simulation) -> None:
        names = simulation.physics.fields
        if self.name not in names:
            raise AdjointError(f"no field {self.name!r}; there are: {', '.join(names) or 'none'}")

    def gradient(self, reverse: BackwardSweep) -> np.ndarray:
        return reverse.field_gradient(self.name)

    def get(self, simulation: Simulation) -> np.ndarray:
        """Present values in the cells, (n, cells)."""
        return simulation.fields.spread(simulation.fields.array, self.name)

    def put(self, simulation: Simulation, values: np.ndarray) -> None:
        """Changes the values: see `Simulation.set_field`."""
        simulation.set_field(self.name, values)


@dataclass(frozen=True)
class SolidFractions:
    """The solid fraction of every cell, also where no solid is near: d J / d eps, (n, cells)."""

    needs = GradientTargets(solid=True)

    def require(self, simulation: Simulation) -> None:
        if simulation.solids.fractions is None:
            raise AdjointError("SolidFractions of a simulation without any: give it an obstacle with wall=SolidFraction()")

    def gradient(self, reverse: BackwardSweep) -> np.ndarray:
        return tile_view(reverse.simulation.domain, reverse.solid_adjoint, 1)[:, 0].copy()  # type: ignore[arg-type]

    name = "solid_fractions"

    def get(self, simulation: Simulation) -> np.ndarray:
        """Present solid fractions, (n, cells)."""
        return simulation.solids.values().copy()

    def put(self, simulation: Simulation, values: np.ndarray) -> None:
        """Changes the fractions; the bodies' points stay where they are."""
        simulation.set_solid_fractions(values)


@dataclass(frozen=True)
class LinkFractions:
    """The share delta of every link along -c_q up to the wall of an obstacle: d J / d delta, (n, Q, cells).

    In tiles without such walls, where all is halfway and nothing is kept, it is given as 0.
    """

    needs = GradientTargets(fractions=True)

    def require(self, simulation: Simulation) -> None:
        if not simulation.physics.link_wall.resolves_position:
            raise AdjointError(
                "LinkFractions of a simulation without any: give it an obstacle with wall=Bouzidi() or CentralInterpolation()"
            )

    def gradient(self, reverse: BackwardSweep) -> np.ndarray:
        return reverse.fractions_gradient()


@dataclass(frozen=True)
class InitialPopulations:
    """The populations at the start: d J / d f, (n, S, cells), S = Q + sizes of the scalars; 0 where there is no fluid."""

    needs = GradientTargets()

    def require(self, simulation: Simulation) -> None:
        """Every simulation has them."""

    def gradient(self, reverse: BackwardSweep) -> np.ndarray:
        simulation = reverse.simulation
        gradient = tile_view(simulation.domain, reverse.initial_adjoint(), simulation.physics.size)
        return np.where(simulation.walls.fluid[:, None], gradient, 0.0)


GradientInput = Points | Deformed | Parameter | Field | SolidFractions | LinkFractions | InitialPopulations
