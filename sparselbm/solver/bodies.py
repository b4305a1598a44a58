"""Checks of the bodies in a domain: each of them acts in some cell, fluid is left, and which of them meet."""

import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import SimulationError
from ..grid import Domain
from ..quantities import vector_text
from .obstacle import Obstacle
from .obstacle_geometry import ObstacleGeometry
from .walls import Walls

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


def check_bodies(
    domain: Domain, names: Sequence[str], geometry: Sequence[ObstacleGeometry], walls: Walls,
    open_cells: Callable[[], np.ndarray], *, moved: Collection[str] | None = None, before: Sequence[Meeting] = (),
) -> tuple[Meeting, ...]:
    """Returns the obstacles that touch or overlap, with a warning for those that did not before.

    `names`: of all obstacles; `geometry`: of those with solid fractions; `open_cells`: returns the mask of the fluid cells that
    are not fully solid, evaluated only for `moved` None; `moved`: names of those whose points have changed, None: all; `before`:
    result of the previous check. Raises SimulationError for an obstacle that acts in no cell, and for obstacles that leave no
    fluid.
    """
    if moved is None and not open_cells().any():
        raise SimulationError(
            f"the obstacles fill all {domain.fluid_cells} fluid cells, but at least 1 has to be left: check the direction of "
            f"their normals, `hollow` and the bounds of {listed(names)}"
        )
    _require_cells(domain, names, geometry, walls, moved)
    meetings = _meetings(domain, names, geometry, walls, moved, before)
    _warn_of(meetings, {(m.first, m.second) for m in before})
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
                f"obstacle {obstacle.name!r} from {vector_text(first[axes])} to {vector_text(last[axes])} m lies outside the "
                f"domain from {vector_text(low[axes])} to {vector_text(high[axes])} m: leave it out, move it, enlarge the "
                "domain, or check its unit"
            )


def _require_cells(
    domain: Domain, names: Sequence[str], geometry: Sequence[ObstacleGeometry], walls: Walls, moved: Collection[str] | None
) -> None:
    """Raises SimulationError for an obstacle, among those `moved` (None: all), that acts in no fluid cell."""
    empty = {name for name, tiles in walls.tiles_of.items() if moved is None and not len(tiles)}
    for each in geometry:
        if (moved is None or each.name in moved) and not each.acts_in(domain.fluid):
            empty.add(each.name)
    for name in names:
        if name in empty:
            raise SimulationError(
                f"obstacle {name!r} acts in none of the {domain.fluid_cells} fluid cells: no cell holds a part of it and no link "
                "crosses its surface. Leave it out, move it into the fluid, or take smaller voxels"
            )


def listed(names: Sequence[object]) -> str:
    """The first of some names or pairs, and how many more there are."""
    more = f", and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(map(str, names[:_NAMED])) + more


def _meetings(
    domain: Domain, names: Sequence[str], geometry: Sequence[ObstacleGeometry], walls: Walls,
    moved: Collection[str] | None, before: Sequence[Meeting],
) -> tuple[Meeting, ...]:
    """The obstacles that touch or overlap. Pairs of which neither has `moved` (None: all have) are those of before."""
    solids = {each.name: each for each in geometry}

    def filled(name: str) -> Filled:
        return solids[name].filled() if name in solids else walls.filled[name]

    known: Mapping[tuple[str, str], Meeting] = {(m.first, m.second): m for m in before}
    bounds = {name: solid.bounds() for name, solid in solids.items()} | walls.bounds
    found = []
    for first, second in _near(names, bounds):
        if moved is not None and first not in moved and second not in moved:
            cells = known[first, second].cells if (first, second) in known else 0
        else:
            cells = _shared(filled(first), filled(second), domain.fluid)
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
