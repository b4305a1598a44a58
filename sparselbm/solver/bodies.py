"""Checks of the bodies in a domain: each of them acts in some cell, fluid is left, and which of them meet."""

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import SimulationError
from ..grid import Domain
from .obstacle import Obstacle
from .open_cells import open_cells
from .simulation_view import SimulationView

_WHOLE = 0.999
"""Sum of two solid fractions from which their bodies meet: faces that touch have 1/2 each in the cells along them."""

_NAMED = 3
"""Most pairs of bodies that a message names."""


Filled = tuple[np.ndarray, np.ndarray]
"""Indices of the tiles near a body, (k,), and the share of each of their cells that it fills, (k, cells)."""


@dataclass(frozen=True)
class Meeting:
    """Two obstacles that touch or overlap."""

    first: str
    second: str
    cells: int
    """Number of cells that both of them fill together."""

    def __str__(self) -> str:
        return f"{self.first!r} and {self.second!r} (in {self.cells} cells)"


def check_bodies(simulation: SimulationView, moved: Collection[str] | None = None) -> tuple[Meeting, ...]:
    """The obstacles that touch or overlap, with a warning for those that did not before. `moved`: names of those whose points
    have changed, None: all.

    Raises SimulationError for an obstacle that acts in no cell, and for obstacles that leave no fluid.
    """
    if moved is None:
        _require_flow(simulation)
    _require_cells(simulation, moved)
    meetings = _meetings(simulation, moved)
    _warn_of(meetings, {(m.first, m.second) for m in simulation.meetings})
    return meetings


def require_fluid(domain: Domain) -> None:
    """Raises SimulationError for a domain without any fluid cell."""
    if not domain.fluid_cells:
        raise SimulationError(
            f"the domain has no fluid cell among its {domain.fluid.size} cells, but a flow needs at least 1: check which side is "
            "fluid, the region that was cut out, and the voxel size"
        )


def require_inside(domain: Domain, obstacles: Sequence[Obstacle]) -> None:
    """Raises SimulationError for an obstacle that lies outside the domain's box."""
    axes = slice(domain.dimension)
    low = np.asarray(domain.origin)
    high = low + domain.voxel_size * np.array([*domain.shape, 1][:3])
    for obstacle in obstacles:
        first, last = obstacle.mesh.bounds
        if np.any(last[axes] < low[axes]) or np.any(first[axes] > high[axes]):
            raise SimulationError(
                f"obstacle {obstacle.name!r} from {_point(first[axes])} to {_point(last[axes])} m lies outside the domain from "
                f"{_point(low[axes])} to {_point(high[axes])} m: leave it out, move it, enlarge the domain, or check its unit"
            )


def _point(place: np.ndarray) -> str:
    return "(" + ", ".join(f"{x:.4g}" for x in place) + ")"


def _require_cells(simulation: SimulationView, moved: Collection[str] | None ) -> None:
    """Raises SimulationError for an obstacle, among those `moved` (None: all), that acts in no fluid cell."""
    empty = {name for name, tiles in simulation.walls.tiles_of.items() if moved is None and not len(tiles)}
    for geometry in simulation.geometry:
        if (moved is None or geometry.name in moved) and not geometry.acts_in(simulation.domain.fluid):
            empty.add(geometry.name)
    for name in simulation.physics.obstacles:
        if name in empty:
            raise SimulationError(
                f"obstacle {name!r} acts in none of the {simulation.domain.fluid_cells} fluid cells: no cell holds a part of it "
                "and no link crosses its surface. Leave it out, move it into the fluid, or take smaller voxels"
            )


def _require_flow(simulation: SimulationView) -> None:
    """Raises SimulationError where the obstacles leave no fluid cell."""
    if not open_cells(simulation).any():
        raise SimulationError(
            f"the obstacles fill all {simulation.domain.fluid_cells} fluid cells, but at least 1 has to be left: check the "
            f"direction of their normals, `hollow` and the bounds of {listed(simulation.physics.obstacles)}"
        )


def listed(names: Sequence[object]) -> str:
    """The first of some names or pairs, and how many more there are."""
    more = f", and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(map(str, names[:_NAMED])) + more


def _meetings(simulation: SimulationView, moved: Collection[str] | None) -> tuple[Meeting, ...]:
    """The obstacles that touch or overlap. Pairs of which neither has `moved` (None: all have) are those of before."""
    solids = {g.name: g for g in simulation.geometry}

    def filled(name: str) -> Filled:
        return solids[name].filled() if name in solids else simulation.walls.filled[name]

    present: Mapping[tuple[str, str], Meeting] = {(m.first, m.second): m for m in simulation.meetings}
    bounds = {name: solid.bounds() for name, solid in solids.items()} | simulation.walls.bounds
    found = []
    for first, second in _near(simulation.physics.obstacles, bounds):
        if moved is not None and first not in moved and second not in moved:
            known = present.get((first, second))
            cells = known.cells if known else 0
        else:
            cells = _shared(filled(first), filled(second), simulation.domain.fluid)
        if cells:
            found.append(Meeting(first, second, cells))
    return tuple(found)


def _near(names: Sequence[str], bounds: Mapping[str, np.ndarray]) -> list[tuple[str, str]]:
    """The pairs of bodies whose bounds meet, in the order of the names."""
    if len(names) < 2:
        return []
    low, high = (np.array([bounds[name][end] for name in names]) for end in (0, 1))
    pairs = []
    for k, name in enumerate(names):
        near = np.all((low[k] <= high[k + 1 :]) & (high[k] >= low[k + 1 :]), axis=1)
        pairs += [(name, names[k + 1 + i]) for i in np.flatnonzero(near).tolist()]
    return pairs


def _shared(first: Filled, second: Filled, fluid: np.ndarray) -> int:
    tiles, i, j = np.intersect1d(first[0], second[0], return_indices=True)
    a, b = first[1][i], second[1][j]
    return int(np.count_nonzero((a > 0.0) & (b > 0.0) & (a + b > _WHOLE) & fluid[tiles]))


def _warn_of(now: Sequence[Meeting], before: Collection[tuple[str, str]]) -> None:
    new = [m for m in now if (m.first, m.second) not in before]
    if new:
        warnings.warn(
            f"obstacles meet: {listed(new)}. They act as one solid, and the force in each cell, or on each link, counts for one "
            "of them. Solid fractions of parts that only touch leave a half-solid seam between them: join the parts of one solid "
            "into one mesh, and move apart what is no part of it",
            stacklevel=5,
        )
