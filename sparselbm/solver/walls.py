"""Labels of the cells, blocked links, and the distances of walls on links."""

import functools
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import warp as wp

from ..errors import WallError
from ..geometry import SurfaceQuery, TriangleMesh
from ..geometry.link_cuts import LinkCuts, link_cuts
from ..grid import Domain
from ..grid.blocked_links import blocked_links
from ..grid.memory import aligned_array, put_tiles
from ..lattice import Lattice
from ..layout import EDGE, TileLayout
from ..models.boundary import BoundaryCondition, Face, Opening, Patch
from ..models.cell_label import (
    OBSTACLE_MASK,
    OBSTACLE_SHIFT,
    along_any_opening,
    along_opening,
    label_words,
    opening_place,
)
from ..models.scalar import Scalar, ScalarCondition
from ..models.wall import BounceBack, Halfway
from .link_table import LinkTable
from .obstacle import Obstacle


class Walls:
    """Walls around the cells, and their distances on links.

    Each cell has its `blocked_links`, its label (`cell_labels`, see `models.cell_label`) and the links that a patch or an
    obstacle cuts (`cut_links`); tiles with walls on links store the distances of the walls (`fractions`).
    """

    def __init__(
        self, domain: Domain, lattice: Lattice, boundaries: Sequence[BoundaryCondition], obstacles: Sequence[Obstacle],
        precision: type, scalars: Sequence[Scalar] = (),
    ):
        self._domain, self._lattice, self._precision = domain, lattice, precision
        on_links = [(k, o) for k, o in enumerate(obstacles) if o.on_links]
        self.fluid = domain.fluid.copy()
        """Whether a cell is fluid, (n, cells): not if its centre is in an obstacle with walls on links."""
        self.filled: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        """For each obstacle with walls on links: indices of the tiles near it (k,), and 1/2 in the cells inside, (k, cells)."""
        self.bounds = {o.name: _bounds(o) for _, o in on_links}
        """Lower and upper corner of each of them [m], (2, 3)."""
        self.tiles_of: dict[str, np.ndarray] = {}
        """Indices of the tiles with links that each of them cuts."""
        queries = {k: SurfaceQuery(o.mesh, device=domain.device) for k, o in on_links}
        for k, obstacle in on_links:
            self._take_out(obstacle, queries[k])
        shape = self.fluid.shape
        words = blocked_links(domain, lattice, self.fluid).numpy().reshape(shape).copy()
        sets = [tuple(boundaries), *(scalar.conditions for scalar in scalars)]
        openings = list(dict.fromkeys(condition.face for conditions in sets for condition in conditions))
        self.label_words = label_words(len(openings))
        """Number of words of a cell's label."""
        labels, cuts = np.zeros((shape[0], self.label_words, shape[1]), np.uint32), np.zeros(shape, dtype=np.uint32)
        self._table = LinkTable(lattice, domain.cells_per_tile)
        self._links: dict[str, tuple[np.ndarray, LinkCuts]] = {}
        self.areas: dict[str, np.ndarray] = {}
        """Area vector A of each patch as seen by its links, sum of 6 w_q c_q, inward: a velocity u gives the flow rate u . A."""
        shared = [self._cut(obstacle, queries[k], k, words, labels, cuts) for k, obstacle in on_links]
        self._mark(sets, openings, words, labels, cuts)
        self.links_have_owners = any(shared) or 0 < len(on_links) < len(obstacles)
        """Whether cells may have links of several obstacles, so that `fractions` stores the obstacle of each link."""
        self.tiles = np.array(self._table.tiles, dtype=np.int64)
        """Indices of the tiles with walls of obstacles on their links."""
        device = domain.device
        self.blocked_links = wp.array(words.reshape(-1), dtype=wp.uint32, device=device)
        self.cell_labels = wp.array(labels.reshape(-1), dtype=wp.uint32, device=device)
        needs_cuts = bool(on_links) or any(not opening.plane for opening in openings)
        self.cut_links = wp.array(cuts.reshape(-1), dtype=wp.uint32, device=device) if needs_cuts else None
        self.slots = np.zeros(domain.tile_count, dtype=np.int32)
        self.slots[self.tiles] = 1 + np.arange(len(self.tiles))
        self._shape = (1 + len(self.tiles), lattice.size, domain.cells_per_tile)
        self.fractions = self._packed(words, obstacles) if on_links else None
        """Wall distance delta of every link, `[slot][q][cell]`; slot 0: halfway everywhere. With `links_have_owners`,
        `[slot][2 Q][cell]`, followed by the number of the obstacle that cuts each link, 0 for none."""

    def host_labels(self) -> np.ndarray:
        """Present labels of the cells, (n, words, cells) uint32."""
        return self.cell_labels.numpy().reshape(self._domain.tile_count, self.label_words, -1)

    def along_opening(self, opening: int) -> np.ndarray:
        """Whether a cell lies along the opening with a number in `Physics.openings`, (n, cells) bool."""
        return along_opening(self.host_labels(), opening)

    def along_any_opening(self) -> np.ndarray:
        """Whether a cell lies along any opening, (n, cells) bool."""
        return along_any_opening(self.host_labels())

    @cached_property
    def in_tiles(self) -> np.ndarray:
        """Whether a tile has blocked links or boundary conditions, (n,): moving obstacles change neither."""
        blocked = self.blocked_links.numpy().reshape(self._domain.fluid.shape).any(axis=1)
        return np.asarray(blocked | self.along_any_opening().any(axis=1))

    def _mark(self, sets, openings: Sequence[Opening], words, labels, cuts) -> None:
        """Labels the cells of each set of conditions: those of the flow, and those of each scalar."""
        for conditions in sets:
            for condition in conditions:
                word, bit = opening_place(openings.index(condition.face))
                labels[:, word] |= self._open(condition, words, labels, cuts).astype(np.uint32) << np.uint32(bit)
            _require_apart(conditions, openings, labels)

    def _take_out(self, obstacle: Obstacle, query: SurfaceQuery) -> None:
        tiles = self._near(obstacle)
        centres = self._domain.cell_centres()[tiles].reshape(-1, self._domain.dimension)
        if self._domain.dimension == 2:
            layer = self._domain.origin[2] + 0.5 * self._domain.voxel_size
            centres = np.column_stack([centres, np.full(len(centres), layer)])
        inside = query.signed_distance(centres) < 0.0
        solid = ~inside if obstacle.hollow else inside
        solid = solid.reshape(len(tiles), -1)
        self.filled[obstacle.name] = tiles, np.where(solid, np.float32(0.5), np.float32(0.0))
        self.fluid[tiles] &= ~solid

    def _near(self, obstacle: Obstacle) -> np.ndarray:
        """Tiles within two cells of the surface's bounds; all tiles if it is the wall around the fluid."""
        domain = self._domain
        if obstacle.hollow:
            return np.arange(domain.tile_count)
        low, high = (obstacle.mesh.bounds - np.asarray(domain.origin)) / domain.voxel_size
        axes = slice(domain.dimension)
        first = domain.first_cells[:, axes]
        return np.flatnonzero(np.all((first + EDGE + 2 > low[axes]) & (first - 2 < high[axes]), axis=1))

    def _rays(self, tiles: np.ndarray, query: SurfaceQuery, mesh: TriangleMesh) -> tuple[LinkCuts, np.ndarray]:
        """Links that a surface cuts, and their wall distances, (k, Q, cells), 0 for links that are not cut."""
        domain = self._domain
        cuts = link_cuts(
            query, mesh, first_cells=domain.first_cells[tiles], velocities=self._lattice.velocities,
            dimension=domain.dimension, voxel_size=domain.voxel_size, origin=domain.origin,
        )
        shares = np.zeros((len(tiles), self._lattice.size, domain.cells_per_tile))
        shares.reshape(-1)[cuts.places] = cuts.shares()
        return cuts, shares

    def _cut(self, obstacle: Obstacle, query: SurfaceQuery, k: int, words, labels, cuts) -> bool:
        """Blocks the links that an obstacle's surface cuts, from both ends, and stores their wall distances.

        Returns whether any cell has links of another obstacle also.
        """
        assert isinstance(obstacle.wall, BounceBack)
        tiles = self._near(obstacle)
        cuts_of_links, shares = self._rays(tiles, query, obstacle.mesh)
        shares *= self.fluid[tiles][:, None]
        hit = self._met(shares)
        hit |= self._seen_from_the_other_end(hit, tiles)
        words[tiles] |= hit
        cuts[tiles] |= hit
        label = labels[tiles, 0]
        others = (label & np.uint32(OBSTACLE_MASK)) != 0
        labels[tiles, 0] = np.where(hit != 0, np.uint32((1 + k) << OBSTACLE_SHIFT), label)
        if obstacle.wall.resolves_position:
            self._links[obstacle.name] = tiles, cuts_of_links
        met = np.flatnonzero((hit != 0).any(axis=1))
        self.tiles_of[obstacle.name] = tiles[met]
        for i in met:
            self._table.add(int(tiles[i]), 1 + k, hit[i], shares[i], resolved=obstacle.wall.resolves_position)
        return bool((others & (hit != 0)).any())

    def _met(self, shares: np.ndarray) -> np.ndarray:
        """Bit q of each cell whose link along -c_q meets a surface, (k, cells), from the shares up to it, (k, Q, cells)."""
        bits = ((shares[:, q] > 0.0).astype(np.uint32) << np.uint32(q) for q in range(1, self._lattice.size))
        return functools.reduce(np.bitwise_or, bits)

    def _seen_from_the_other_end(self, hit: np.ndarray, tiles: np.ndarray) -> np.ndarray:
        """Links of some tiles that are cut as seen from x - c_q, as bit q of each cell.

        A ray may miss an edge from one end and hit it from the other.
        """
        source, rows = self._sources(np.where(self.fluid[tiles], hit, 0), tiles)
        result = np.zeros_like(hit)
        for q, (c, p) in enumerate(zip(self._lattice.velocities, self._lattice.opposites, strict=True)):
            if p != q:
                tile, cell = upstream(self._domain, c, tiles)
                result |= ((source[rows[tile], cell] >> np.uint32(p)) & np.uint32(1)) << np.uint32(q)
        return np.where(self.fluid[tiles], result, 0).astype(np.uint32)

    def _sources(self, hit: np.ndarray, tiles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cut links of the cells in rows of tiles, (rows, cells), and the row of each tile and of the sentinel; 0 elsewhere.

        Ghost cells have those of the cells that they stand for, which may lie in any tile.
        """
        count, beyond = self._domain.tile_count, np.zeros((1, hit.shape[1]), np.uint32)
        if self._domain.ghosts is None:
            rows = np.full(count + 1, len(tiles))
            rows[tiles] = np.arange(len(tiles))
            return np.concatenate([hit, beyond]), rows
        whole = np.zeros((count, hit.shape[1]), np.uint32)
        whole[tiles] = hit
        return np.concatenate([self._domain.with_ghosts(whole), beyond]), np.arange(count + 1)

    def _open(self, boundary: BoundaryCondition | ScalarCondition, words, labels, cuts) -> np.ndarray:
        """Cells of a condition, (n, cells); the links of a patch are marked as cut."""
        opening = boundary.face
        if isinstance(opening, Face):
            cells = opening.cells(self._domain) & self.fluid
        elif isinstance(opening, Patch) and not boundary.needs_plane:
            cells = self._cross(opening, words, labels, cuts)
        else:
            raise WallError(
                f"{type(boundary).__name__} on {opening.name}: it needs a side of the box; use VelocityInlet or another condition"
            )
        if not cells.any():
            raise WallError(
                f"{type(boundary).__name__} on {opening.name}: no fluid cell lies along it; is it on the domain's surface?"
            )
        return cells

    def _cross(self, patch: Patch, words, labels, cuts) -> np.ndarray:
        """Cells along a patch, (n, cells). Their cut links belong to the patch only, not to an obstacle."""
        query = SurfaceQuery(patch.mesh, device=self._domain.device)
        tiles = self._near(Obstacle(patch.name, patch.mesh))
        _, shares = self._rays(tiles, query, patch.mesh)
        crossing = np.zeros_like(words)
        crossing[tiles] = self._met(shares)
        crossing &= words
        every = np.uint32((1 << self._lattice.size) - 2)
        crossing[~self.fluid | (words & every == every)] = 0  # A cell without another open link would only fill up.
        here = crossing != 0
        cuts[here] = crossing[here]
        labels[:, 0][here] &= np.uint32((1 << OBSTACLE_SHIFT) - 1)
        bits = (crossing[..., None] >> np.arange(self._lattice.size, dtype=np.uint32)) & 1
        self.areas[patch.name] = 6.0 * np.einsum("tcq,q,qk->k", bits, self._lattice.weights, self._lattice.velocities)
        for i in np.intersect1d(tiles, self._table.tiles):
            self._table.release(int(i), crossing[i])  # Conditions assume that the links of an opening are cut halfway.
        return here

    def _packed(self, words: np.ndarray, obstacles: Sequence[Obstacle]) -> wp.array:
        shares, owners, resolved = self._table.packed(words)
        for k, obstacle in enumerate(obstacles):
            if obstacle.name in self._links:
                self._links[obstacle.name] = self._owned(*self._links[obstacle.name], resolved & (owners == 1 + k))
        values = np.concatenate([shares, owners], axis=1) if self.links_have_owners else shares
        array = aligned_array(values.shape, self._precision, self._domain.device)
        put_tiles(values, array)
        return array

    def _owned(self, tiles: np.ndarray, cuts: LinkCuts, owned: np.ndarray) -> tuple[np.ndarray, LinkCuts]:
        """Indices in `fractions` of the links that an obstacle cuts and owns, and these links."""
        tile, rest = np.divmod(cuts.places, self._shape[1] * self._shape[2])
        places = self.slots[tiles[tile]].astype(np.int64) * (self._shape[1] * self._shape[2]) + rest
        kept = owned.reshape(-1)[places]
        return places[kept], cuts.only(kept)

    def new_adjoint(self) -> wp.array | None:
        """Zeros in the layout of `fractions`, for d J / d delta; None if there are no walls on links."""
        return None if self.fractions is None else self._zeros()

    def _zeros(self) -> wp.array:
        return aligned_array(self._shape, self._precision, self._domain.device)

    def held(self, array: wp.array) -> np.ndarray:
        """Wall distances, or their adjoints, from an array in the layout of `fractions`, of the tiles that have a slot,
        (slots, Q, cells)."""
        return array.numpy()[1:, : self._shape[1]]

    def spread(self, array: wp.array) -> np.ndarray:
        """Wall distances, or their adjoints, of all tiles, (n, Q, cells) fp64; 0 for tiles without a slot."""
        result = np.zeros((self._domain.tile_count, *self._shape[1:]))
        result[self.tiles] = self.held(array)
        return result

    def pullback(self, obstacle: str, adjoint: wp.array) -> np.ndarray:
        """d J / d points of an obstacle with its wall on links [1 / m], (n, 3), from d J / d delta in the layout of `fractions`.

        The set of cut links, and the face that cuts each of them, are held fixed.
        """
        places, cuts = self._links[obstacle]
        return cuts.pullback(adjoint.numpy().reshape(-1)[places].astype(np.float64))


def link_wall(obstacles: Sequence[Obstacle]) -> BounceBack:
    """Bounce-back rule of the obstacles. Raises WallError if they differ; `Halfway` can be combined with any other rule."""
    kinds = {o.wall for o in obstacles if isinstance(o.wall, BounceBack)} - {Halfway()}
    if len(kinds) > 1:
        raise WallError(f"obstacles with several bounce-back rules, {', '.join(map(str, kinds))}: use one for all obstacles")
    return kinds.pop() if kinds else Halfway()


def _bounds(obstacle: Obstacle) -> np.ndarray:
    """Lower and upper corner of an obstacle [m], (2, 3); of a solid around a closed mesh, everything."""
    return np.array([[-np.inf] * 3, [np.inf] * 3]) if obstacle.hollow else np.asarray(obstacle.mesh.bounds)


def upstream(domain: Domain, c: Sequence[int], tiles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tile and cell of x - c for every cell x of some tiles, (k, cells) each; the tile's index is n if there is no tile."""
    neighbour, cell = TileLayout(domain.dimension).beside([-x for x in c])
    tiles_around = domain.neighbours.numpy().reshape(domain.tile_count, -1)[tiles]
    return tiles_around[:, neighbour], np.broadcast_to(cell, (len(tiles), len(cell)))


def _require_apart(
    conditions: Sequence[BoundaryCondition | ScalarCondition], openings: Sequence[Opening], labels: np.ndarray
) -> None:
    """Raises WallError if two conditions of the flow or of a scalar on the same side, or on two patches, share cells."""
    cells = {c.face: along_opening(labels, openings.index(c.face)) for c in conditions}
    for number, b in enumerate(conditions):
        for a in conditions[:number]:
            if not a.face.is_apart_from(b.face):
                continue
            shared = cells[a.face] & cells[b.face]
            if shared.any():
                raise WallError(
                    f"{a.face.name} and {b.face.name} share {int(shared.sum())} cells: "
                    "each cell may have one condition; make the parts smaller"
                )
