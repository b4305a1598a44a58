"""Every input of a simulation by name: its adjoint along a direction, and the same by central differences."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from channel_cases import Run, central, some_function, spread

from sparselbm.adjoint import (
    Field,
    InitialPopulations,
    LinkFractions,
    Parameter,
    Points,
    SolidFractions,
    Stored,
    value_and_grad,
)
from sparselbm.observe import Observable
from sparselbm.solver.walls import Walls
from sparselbm.trace.expression import dot


@dataclass(frozen=True)
class Everything(Observable):
    """h(rho, u), the force on every obstacle and the flux of every scalar, each along an oblique direction."""

    def integrand(self, cell):
        d = cell.lattice.dimension
        h = some_function(cell.density, cell.velocity)
        if cell.physics.obstacles:
            h = h + 3.0 * dot(cell.force_on_solid, (1.0, 0.3, 0.1)[:d])
        for k, scalar in enumerate(cell.physics.scalars):
            h = h + (0.7 + 0.2 * k) * dot(cell.scalar_flux(scalar.name), (0.5, 1.0, -0.4)[:d])
            h = h + 2.0 * sum(cell.scalar_release(scalar.name, body.obstacle) for body in scalar.bodies)
        return h


@dataclass(frozen=True)
class Input:
    """Something that a gradient is taken with respect to, and a direction of it."""

    wrt: object
    direction: np.ndarray
    """In the layout of the gradient."""
    put: Callable[[float], None]
    """Moves it by t along the direction from where it was; 0 puts it back."""
    h: float
    """Step of the differences."""


def inputs(run: Run, *, bent: bool = False) -> dict[str, Input]:
    """All inputs that the simulation has, by name. `bent`: the flow's equations bend, so that steps have to be small."""
    simulation, rng = run.simulation, np.random.default_rng(3)
    domain, Q = simulation.domain, simulation.lattice.size
    cells, fluid = (domain.tile_count, domain.cells_per_tile), domain.fluid
    h = 1e-7 if bent else 1e-4
    found = {"populations": _populations(run, rng.standard_normal((cells[0], simulation.physics.size, cells[1])), 0.1 * h)}
    if simulation.solids.fractions is not None:
        found["solid fractions"] = _fractions(run, rng.standard_normal(cells) * fluid, max(0.2 * h, 1e-7))
        for geometry in simulation.solids.geometry:
            along = _outward(rng, geometry.points.numpy())
            found[f"points of {geometry.name}"] = _points(run, geometry, along, 1e-7 if bent else 1e-6)
    if simulation.physics.link_wall.resolves_position:
        links = (rng.standard_normal((cells[0], Q, cells[1])) * fluid[:, None]) * _apart(simulation)
        found["link fractions"] = _link_fractions(run, links, h)
        for obstacle in simulation.obstacles:
            if obstacle.on_links and obstacle.wall.resolves_position:
                found[f"points of {obstacle.name}"] = _link_points(run, obstacle, _outward(rng, obstacle.mesh.points), 0.1 * h)
    for name in simulation.physics.fields:
        found[f"field {name}"] = _field(run, name, rng.standard_normal(cells) * fluid, 10.0 * h)
    for name in simulation.physics.parameters:
        found[name] = _parameter(run, name, 2e-5 if bent else 2e-3)
    return found


class Adjoint:
    """The value of a run's one objective and its derivative along the direction of each input."""

    def __init__(self, run: Run, along: dict[str, Input]):
        self.run, self.inputs = run, along
        (objective,) = run.objectives.values()
        run.simulation.state.populations.assign(run.start)
        run.simulation.state.steps = 0
        self.value, gradients = value_and_grad(
            objective, run.simulation, steps=run.steps, window=run.window, wrt=[x.wrt for x in along.values()], method=Stored()
        )
        assert abs(self.value / run.values()[0] - 1.0) < 1e-13
        pairs = zip(along.items(), gradients, strict=True)
        self.slopes = {name: float(np.sum(gradient * item.direction)) for (name, item), gradient in pairs}

    def moved(self, by: dict[str, float]) -> float:
        """The objective with some inputs moved along their directions."""
        for name, t in by.items():
            self.inputs[name].put(t)
        value = self.run.values()[0]
        for name in by:
            self.inputs[name].put(0.0)
        return value

    def disagreements(self) -> dict[str, float]:
        """By input, how far the derivative is from the difference beyond its rounding, relative to that.

        Infinite where the objective does not depend on an input: no derivative would be tested.
        """
        result, value = {}, abs(self.moved({}))
        for name, item in self.inputs.items():
            expected, rounding = central(lambda t, name=name: self.moved({name: t}), item.h), 2.2e-16 * value / item.h
            error = max(abs(self.slopes[name] - expected) - rounding, 0.0)
            result[name] = error / abs(expected) if abs(expected) > 1e-7 else np.inf
        return result


def _outward(rng, points: np.ndarray) -> np.ndarray:
    """Random, and outward too, so that the terms of the points do not cancel."""
    out = points - points.mean(axis=0)
    return rng.uniform(-0.5, 0.5, points.shape) + out / np.linalg.norm(out, axis=1).max()


def _populations(run: Run, direction: np.ndarray, h: float) -> Input:
    direction = direction * run.simulation.domain.fluid[:, None]
    start, flat = run.start, spread(run, direction)

    def put(t):
        run.start = start + t * flat if t else start

    return Input(InitialPopulations(), direction, put, h)


def _fractions(run: Run, direction: np.ndarray, h: float) -> Input:
    simulation = run.simulation
    base, near = simulation.solids.fractions.numpy().copy(), simulation.solids.tiles

    def put(t):
        simulation.solids.fractions.assign(base + t * np.pad(direction[:, None], ((0, 1), (0, 0), (0, 0))))
        # With any of it moved, every tile holds some solid.
        simulation.solids.tiles = np.arange(simulation.domain.tile_count) if t else near

    return Input(SolidFractions(), direction, put, h)


def _points(run: Run, geometry, direction: np.ndarray, h: float) -> Input:
    base = geometry.points.numpy().copy()

    def put(t):
        geometry.move(base + t * direction)
        run.simulation.update_geometry([geometry.name])

    return Input(Points(geometry.name), direction, put, h)


def _apart(simulation) -> np.ndarray:
    """Links whose wall is not halfway, (n, Q, cells): there Bouzidi's formula has a kink."""
    halfway = simulation.walls.spread(simulation.walls.fractions) - 0.5
    return np.abs(halfway) > 1e-3


def _link_fractions(run: Run, direction: np.ndarray, h: float) -> Input:
    walls = run.simulation.walls
    base, along = walls.fractions.numpy().copy(), direction[walls.tiles]

    def put(t):
        moved = base.copy()
        moved[1:] += t * along
        walls.fractions.assign(moved)

    direction = np.where(np.isin(np.arange(len(direction)), walls.tiles)[:, None, None], direction, 0.0)
    return Input(LinkFractions(), direction, put, h)


def _link_points(run: Run, obstacle, direction: np.ndarray, h: float) -> Input:
    """The walls are laid anew around the points that have moved: the same links must be cut."""
    simulation = run.simulation
    base = simulation.walls.fractions.numpy().copy()

    def put(t):
        mesh = obstacle.mesh.with_points(obstacle.mesh.points + t * direction)
        present = [replace(o, mesh=mesh) if o is obstacle else o for o in simulation.obstacles]
        physics = simulation.physics
        moved = Walls(
            simulation.domain, simulation.lattice, physics.boundaries, present, simulation.precision, physics.scalars
        )
        assert np.array_equal(moved.cut_links.numpy(), simulation.walls.cut_links.numpy())
        simulation.walls.fractions.assign(moved.fractions.numpy() if t else base)

    return Input(Points(obstacle.name), direction, put, h)


def _field(run: Run, name: str, direction: np.ndarray, h: float) -> Input:
    fields = run.simulation.fields
    base = fields.spread(fields.array, name)
    scale = np.abs(base).max() or 1.0
    direction = np.where(np.isin(np.arange(len(direction)), fields.tiles)[:, None], scale * direction, 0.0)

    def put(t):
        fields.put(name, base + t * direction)
        fields.upload()

    return Input(Field(name), direction, put, h)


def size_of(simulation, name: str) -> float:
    """|value|, of a density |rho - 1|: by shares of it numbers are varied."""
    return abs(simulation.parameter(name) - name.endswith("density"))


def _parameter(run: Run, name: str, share: float) -> Input:
    present = run.simulation.parameter(name)

    def put(t):
        run.simulation.set_parameter(name, present + t)

    return Input(Parameter(name), np.array(1.0), put, share * size_of(run.simulation, name) or 1e-5)
