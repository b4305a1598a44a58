"""Complete state of a simulation in a file, from which a run continues bit for bit."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from ..errors import RestartError, SimulationError
from ..files.state_file import State, read_state, write_state
from ..grid.memory import put_tiles, tile_view
from ..solver import Simulation


@dataclass(frozen=True, eq=False)
class SavedState:
    """Everything that a run changes: populations, steps, parameters, fields, and the obstacles' points and solid fractions.

    A simulation that is built with the same options continues from it bit for bit. For other voxel sizes, domains or units see
    `Restart`, which interpolates velocity and pressure. The motion of a free `RigidBody` is that of `MovingObstacles.saved`.
    """

    layout: tuple[str, ...]
    """Lattice of the flow, then names of the scalars."""
    tiles: np.ndarray
    """Coordinates of the tiles, (n, 3)."""
    populations: np.ndarray
    """Populations and stored velocities of flow and scalars, (n, components, cells)."""
    steps: int
    parameters: dict[str, float]
    fields: dict[str, np.ndarray]
    """Fields by name, (n, cells) each, without those of unsteady profiles."""
    points: dict[str, np.ndarray]
    """Points of the obstacles with solid fractions [m], (k, 3) each."""
    fractions: np.ndarray | None
    """Solid fractions, (n, cells), if some of them were set by hand."""

    @classmethod
    def of(cls, simulation: Simulation) -> SavedState:
        """The present state of a simulation, which its further steps do not change."""
        found = cls.view(simulation)
        return replace(found, populations=found.populations.copy())

    @classmethod
    def view(cls, simulation: Simulation) -> SavedState:
        """The same without a copy of the populations on the CPU: it is valid until the next step."""
        domain, physics, solids = simulation.domain, simulation.physics, simulation.solids
        unsteady = simulation.model_fields.unsteady_names
        return cls(
            _layout(simulation), domain.tiles.copy(),
            tile_view(domain, simulation.state.populations, physics.size), simulation.steps,
            {name: simulation.parameter(name) for name in physics.parameters},
            {n: simulation.fields.spread(simulation.fields.array, n) for n in physics.fields if n not in unsteady},
            {geometry.name: geometry.placed.numpy().copy() for geometry in solids.geometry},
            solids.values().copy() if solids.by_hand.any() else None,
        )

    @classmethod
    def read(cls, path: str | Path) -> SavedState:
        """Reads a file that `write` has written. Raises OSError where it is missing, SimulationError for another file."""
        try:
            return cls.of_values(read_state(path))
        except (KeyError, RestartError) as error:
            raise SimulationError(f"{path}: not a saved state ({error}); give a file written by SavedState.write") from error

    def write(self, path: str | Path) -> None:
        """Writes the state to an `.npz` file; an existing file is replaced only when the new one is complete."""
        write_state(path, self.to_values())

    @classmethod
    def of_values(cls, values: State) -> SavedState:
        """The state with these values. Raises KeyError if one is missing."""
        found = {each.name: values[each.name] for each in fields(cls)}
        return cls(**{**found, "layout": tuple(found["layout"])})

    def to_values(self) -> State:
        """All values by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def begin(self, simulation: Simulation) -> None:
        """Brings a simulation to this state. Raises SimulationError where it has other tiles, models or another precision."""
        order = self._order(simulation)
        solids = simulation.solids
        for name, points in self.points.items():
            solids.named(name).move(points)
        if self.points:
            simulation.update_geometry()
        if self.fractions is not None:
            simulation.set_solid_fractions(self.fractions[order])
        simulation.set_parameters(self.parameters)
        for name, values in self.fields.items():
            simulation.set_field(name, values[order])
        put_tiles(self.populations[order], simulation.state.populations)
        simulation.state.steps = self.steps

    def _order(self, simulation: Simulation) -> np.ndarray:
        """Index of each tile of the simulation in this state, (n,)."""
        tiles, shape = simulation.domain.tiles, (simulation.domain.tile_count, simulation.physics.size)
        here, there = ({tuple(tile): k for k, tile in enumerate(each.tolist())} for each in (self.tiles, tiles))
        if here.keys() != there.keys():
            raise SimulationError(
                f"the saved state has {len(here)} tiles, the simulation {len(there)}, of which {len(here.keys() & there.keys())} "
                "are the same: build the simulation on the same domain, or use Restart, which interpolates"
            )
        given = (self.layout, self.populations.shape[:2], sorted(self.parameters), str(self.populations.dtype))
        wanted = (_layout(simulation), shape, sorted(simulation.physics.parameters), _dtype(simulation))
        for what, saved, present in zip(("models", "populations", "parameters", "precision"), given, wanted, strict=True):
            if saved != present:
                raise SimulationError(
                    f"{what} of the saved state are {saved}, those of the simulation {present}: build it with the same options"
                )
        return np.array([here[tuple(tile)] for tile in tiles.tolist()])


def _layout(simulation: Simulation) -> tuple[str, ...]:
    return repr(simulation.lattice), *(scalar.name for scalar in simulation.physics.scalars)


def _dtype(simulation: Simulation) -> str:
    return str(simulation.state.populations.numpy().dtype)
