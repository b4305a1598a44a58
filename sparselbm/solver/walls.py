"""What stands around the fluid: blocked links, conditions and obstacles by cell, and the place of walls on their links."""

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
from ..grid.memory import lane_array, put_tiles
from ..lattice import Lattice
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
    """The surroundings of every cell, and the place of walls on links.

    For every cell: its blocked links (`words`), its label (`marks`, see `models.cell_label`) and the links that a patch or an
    obstacle cuts (`cuts`); for tiles with walls on links the place of the walls (`fractions`).
    """

    def __init__(
        self, domain: Domain, lattice: Lattice, boundaries: Sequence[BoundaryCondition], obstacles: Sequence[Obstacle],
        precision: type, scalars: Sequence[Scalar] = (),
    ):
        self._domain, self._lattice, self._precision = domain, lattice, precision
        on_links = [(k, o) for k, o in enumerate(obstacles) if o.on_links]
        self.fluid = domain.fluid.copy()
        """Which cells are fluid, (n, cells): the domain's less those with their centre in an obstacle with walls on links."""
        self.filled: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        """Of each obstacle with walls on links: indices of the tiles near it (k,), and 1/2 in the cells inside, (k, cells)."""
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
        """Words of a cell's label."""
        labels, cuts = np.zeros((shape[0], self.label_words, shape[1]), np.uint32), np.zeros(shape, dtype=np.uint32)
        self._table = LinkTable(lattice, domain.cells_per_tile)
        self._links: dict[str, tuple[np.ndarray, LinkCuts]] = {}
        self.areas: dict[str, np.ndarray] = {}
        """Area vector of each patch as its links see it, sum of 6 w_q c_q, inward: a velocity u lets in u . A."""
        shared = [self._cut(obstacle, queries[k], k, words, labels, cuts) for k, obstacle in on_links]
        self._mark(sets, openings, words, labels, cuts)
        self.links_have_owners = any(shared) or 0 < len(on_links) < len(obstacles)
        """Whether cells may have links of several obstacles, so that `fractions` names the obstacle of each link."""
        self.tiles = np.array(self._table.tiles, dtype=np.int64)
        """Indices of the tiles with walls of obstacles on their links."""
        device = domain.device
        self.words = wp.array(words.reshape(-1), dtype=wp.uint32, device=device)
        self.marks = wp.array(labels.reshape(-1), dtype=wp.uint32, device=device)
        needs_cuts = bool(on_links) or any(not opening.plane for opening in openings)
        self.cuts = wp.array(cuts.reshape(-1), dtype=wp.uint32, device=device) if needs_cuts else None
        self.slots = np.zeros(domain.tile_count, dtype=np.int32)
        self.slots[self.tiles] = 1 + np.arange(len(self.tiles))
        self._shape = (1 + len(self.tiles), lattice.size, domain.cells_per_tile)
        self.fractions = self._packed(words, obstacles) if on_links else None
        """delta of every link, `[slot][q][cell]`; slot 0: halfway everywhere. With `links_have_owners` `[slot][2 Q][cell]`:
        then the number of the obstacle that cuts each link, 0 for none."""

    def host_labels(self) -> np.ndarray:
        """Labels of the cells as they are now, (n, words, cells) uint32."""
        return self.marks.numpy().reshape(self._domain.tile_count, self.label_words, -1)

    def along_opening(self, opening: int) -> np.ndarray:
        """Whether cells lie along an opening, by its number in `Physics.openings`, (n, cells) bool."""
        return along_opening(self.host_labels(), opening)

    def along_any_opening(self) -> np.ndarray:
        """Whether cells lie along any opening, (n, cells) bool."""
        return along_any_opening(self.host_labels())

    @cached_property
    def in_tiles(self) -> np.ndarray:
        """Whether a tile has blocked links or boundary conditions, (n,): obstacles that move change neither."""
        blocked = self.words.numpy().reshape(self._domain.fluid.shape).any(axis=1)
        return np.asarray(blocked | self.along_any_opening().any(axis=1))

    def _mark(self, sets, openings: Sequence[Opening], words, labels, cuts) -> None:
        """Labels the cells of each set of conditions, those of the flow and those of a scalar."""
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
        """Tiles that the surface's bounds come within two cells of; all of them where it is the wall around the fluid."""
        domain = self._domain
        if obstacle.hollow:
            return np.arange(domain.tile_count)
        low, high = (obstacle.mesh.bounds - np.asarray(domain.origin)) / domain.voxel_size
        axes = slice(domain.dimension)
        first = 8 * domain.tiles[:, axes]
        return np.flatnonzero(np.all((first + 10 > low[axes]) & (first - 2 < high[axes]), axis=1))

    def _rays(self, tiles: np.ndarray, query: SurfaceQuery, mesh: TriangleMesh) -> tuple[LinkCuts, np.ndarray]:
        """The links that a surface cuts, and their shares up to it, (k, Q, cells), 0 where it is not met."""
        domain = self._domain
        cuts = link_cuts(
            query, mesh, first_cells=8 * domain.tiles[tiles], velocities=self._lattice.velocities,
            dimension=domain.dimension, voxel_size=domain.voxel_size, origin=domain.origin,
        )
        shares = np.zeros((len(tiles), self._lattice.size, domain.cells_per_tile))
        shares.reshape(-1)[cuts.places] = cuts.shares()
        return cuts, shares

    def _cut(self, obstacle: Obstacle, query: SurfaceQuery, k: int, words, labels, cuts) -> bool:
        """Blocks the links that an obstacle's surface cuts, from both ends, and stores where it does.

        Returns whether a cell has links of another obstacle too.
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
        """Bit q where the fluid cell at x - c_q has its link towards x cut, (k, cells), from the cut links of these tiles.

        A ray may miss an edge from one end that it meets from the other.
        """
        rows = np.full(self._domain.tile_count + 1, len(tiles))
        rows[tiles] = np.arange(len(tiles))
        padded = np.concatenate([np.where(self.fluid[tiles], hit, 0), np.zeros((1, hit.shape[1]), np.uint32)])
        result = np.zeros_like(hit)
        for q, (c, p) in enumerate(zip(self._lattice.velocities, self._lattice.opposites, strict=True)):
            if p != q:
                tile, cell = upstream(self._domain, c, tiles)
                result |= ((padded[rows[tile], cell] >> np.uint32(p)) & np.uint32(1)) << np.uint32(q)
        return np.where(self.fluid[tiles], result, 0).astype(np.uint32)

    def _open(self, boundary: BoundaryCondition | ScalarCondition, words, labels, cuts) -> np.ndarray:
        """The cells of a condition, (n, cells); for a patch its links are marked as cut."""
        opening = boundary.face
        if isinstance(opening, Face):
            cells = opening.cells(self._domain) & self.fluid
        elif isinstance(opening, Patch) and not boundary.needs_plane:
            cells = self._cross(opening, words, labels, cuts)
        else:
            raise WallError(
                f"{type(boundary).__name__} on {opening.name}: it needs a side of the box; use VelocityInlet or another"
            )
        if not cells.any():
            raise WallError(
                f"{type(boundary).__name__} on {opening.name}: no fluid cell lies along it; is it on the domain's surface?"
            )
        return cells

    def _cross(self, patch: Patch, words, labels, cuts) -> np.ndarray:
        """The cells along a patch. Their cut links are its own: an obstacle has no part in them."""
        query = SurfaceQuery(patch.mesh, device=self._domain.device)
        tiles = self._near(Obstacle(patch.name, patch.mesh))
        _, shares = self._rays(tiles, query, patch.mesh)
        crossing = np.zeros_like(words)
        crossing[tiles] = self._met(shares)
        crossing &= words
        crossing[~self.fluid] = 0
        here = crossing != 0
        cuts[here] = crossing[here]
        labels[:, 0][here] &= np.uint32((1 << OBSTACLE_SHIFT) - 1)
        bits = (crossing[..., None] >> np.arange(self._lattice.size, dtype=np.uint32)) & 1
        self.areas[patch.name] = 6.0 * np.einsum("tcq,q,qk->k", bits, self._lattice.weights, self._lattice.velocities)
        for i in np.intersect1d(tiles, self._table.tiles):
            self._table.release(int(i), crossing[i])  # Conditions take the links of an opening for halfway.
        return here

    def _packed(self, words: np.ndarray, obstacles: Sequence[Obstacle]) -> wp.array:
        shares, owners, resolved = self._table.packed(words)
        for k, obstacle in enumerate(obstacles):
            if obstacle.name in self._links:
                self._links[obstacle.name] = self._owned(*self._links[obstacle.name], resolved & (owners == 1 + k))
        values = np.concatenate([shares, owners], axis=1) if self.links_have_owners else shares
        array = lane_array(values.shape, self._precision, self._domain.device)
        put_tiles(values, array)
        return array

    def _owned(self, tiles: np.ndarray, cuts: LinkCuts, owned: np.ndarray) -> tuple[np.ndarray, LinkCuts]:
        """Of the links that an obstacle cuts those whose wall is its own, and their indices in `fractions`."""
        tile, rest = np.divmod(cuts.places, self._shape[1] * self._shape[2])
        places = self.slots[tiles[tile]].astype(np.int64) * (self._shape[1] * self._shape[2]) + rest
        kept = owned.reshape(-1)[places]
        return places[kept], cuts.only(kept)

    def new_adjoint(self) -> wp.array | None:
        """Zeros of the layout of `fractions`, for d J / d delta; None where no wall lies on links."""
        return None if self.fractions is None else self._zeros()

    def _zeros(self) -> wp.array:
        return lane_array(self._shape, self._precision, self._domain.device)

    def held(self, array: wp.array) -> np.ndarray:
        """The link fractions, or their adjoints, of an array in the tiles that have a slot, (slots, Q, cells)."""
        return array.numpy()[1:, : self._shape[1]]

    def spread(self, array: wp.array) -> np.ndarray:
        """The same in all tiles, (n, Q, cells) fp64; 0 where there is no slot."""
        result = np.zeros((self._domain.tile_count, *self._shape[1:]))
        result[self.tiles] = self.held(array)
        return result

    def pullback(self, obstacle: str, adjoint: wp.array) -> np.ndarray:
        """d J / d points of an obstacle with its wall on links [1 / m], (n, 3), from d J / d delta in the layout of `fractions`.

        Which links are cut, and which face each of them meets, is held.
        """
        places, cuts = self._links[obstacle]
        return cuts.pullback(adjoint.numpy().reshape(-1)[places].astype(np.float64))


def link_wall(obstacles: Sequence[Obstacle]) -> BounceBack:
    """How the obstacles act on links. Raises WallError where they differ; `Halfway` goes with any other."""
    kinds = {o.wall for o in obstacles if isinstance(o.wall, BounceBack)} - {Halfway()}
    if len(kinds) > 1:
        raise WallError(f"walls on links of several kinds, {', '.join(map(str, kinds))}: choose one for all obstacles")
    return kinds.pop() if kinds else Halfway()


def _bounds(obstacle: Obstacle) -> np.ndarray:
    """Lower and upper corner of an obstacle [m], (2, 3); of a solid around a closed mesh, everything."""
    return np.array([[-np.inf] * 3, [np.inf] * 3]) if obstacle.hollow else np.asarray(obstacle.mesh.bounds)


def upstream(domain: Domain, c: Sequence[int], tiles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tile and cell of x - c for every cell x of some tiles, each (k, cells); the tile's index is n where there is none."""
    cells = domain.cells_per_tile
    inner = np.stack(np.meshgrid(*[np.arange(8)] * domain.dimension, indexing="ij"), axis=-1).reshape(cells, -1)
    place = inner - np.asarray(c)
    step = np.zeros((cells, 3), dtype=int)
    step[:, 3 - domain.dimension :] = place >> 3
    code = 9 * step[:, 0] + 3 * step[:, 1] + step[:, 2] + 13
    neighbours = domain.neighbours.numpy().reshape(-1, 27)[tiles]
    index = np.zeros(cells, dtype=int)
    for k in range(domain.dimension):
        index = 8 * index + (place[:, k] & 7)
    return neighbours[:, code], np.broadcast_to(index, (len(tiles), cells))


def _require_apart(
    conditions: Sequence[BoundaryCondition | ScalarCondition], openings: Sequence[Opening], labels: np.ndarray
) -> None:
    """Raises WallError where two conditions of a flow or a scalar on the same side, or on two patches, share cells."""
    cells = {c.face: along_opening(labels, openings.index(c.face)) for c in conditions}
    for number, b in enumerate(conditions):
        for a in conditions[:number]:
            if not a.face.is_apart_from(b.face):
                continue
            shared = cells[a.face] & cells[b.face]
            if shared.any():
                raise WallError(
                    f"{a.face.name} and {b.face.name} share {int(shared.sum())} cells: "
                    "each may have one condition; make the parts smaller"
                )
