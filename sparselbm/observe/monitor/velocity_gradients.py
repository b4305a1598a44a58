"""Sums over the fluid of what the gradient of the velocity tells: enstrophy and dissipation."""

from functools import cache

import warp as wp

from ...grid.beside import cell_beside
from ...lattice import Lattice
from ...models.cell_label import OBSTACLE_MASK, label_words
from ...solver import Simulation
from .moments_pass import MomentsPass, solid_or_none


class VelocityGradients:
    """Enstrophy sum (1 - eps) |w|^2 / 2 and dissipation sum (1 - eps) 2 rho nu S : S of a flow.

    w = curl u and S_ab = (d_a u_b + d_b u_a) / 2 by central differences; beside a wall at rest, half a cell away, by the
    parabola through u = 0 there, the cell and its other neighbour; one-sided in cells that obey a boundary condition.
    Cells that are all solid count as at rest.
    """

    def __init__(self, simulation: Simulation):
        domain = simulation.domain
        self._simulation = simulation
        self._moments = MomentsPass(simulation)
        self._rows = domain.tile_count * domain.cells_per_tile // 8
        self._links = wp.array(_straight_links(simulation.lattice), dtype=wp.vec2i, device=domain.device)
        self._sums = wp.zeros((2, self._rows), dtype=wp.float64, device=domain.device)

    def enstrophy_and_dissipation(self) -> tuple[float, float]:
        """Of the present state: [cells^d / step^2] and [lattice energy / step]."""
        return self.of(self._moments())

    def of(self, moments: wp.array) -> tuple[float, float]:
        """The same of a given density and velocity, `[tile][1 + d][cell]` as `Simulation.moments` gives it."""
        simulation, domain = self._simulation, self._simulation.domain
        wp.launch(
            _gradient_kernel(simulation.precision), self._rows,
            inputs=[
                domain.neighbours, simulation.words, simulation.marks, label_words(len(simulation.physics.openings)), self._links, domain.cells_per_tile, moments,
                solid_or_none(simulation),
            ],
            outputs=[self._sums], device=domain.device, record_tape=False,
        )  # fmt: skip
        enstrophy, strain = self._sums.numpy().sum(axis=1).tolist()
        return enstrophy, 2.0 * simulation.parameter("viscosity") * strain


def _straight_links(lattice: Lattice) -> list[tuple[int, int]]:
    """For each axis the bits of a link word that say that x - e, and x + e, is no fluid."""
    axes = [tuple(int(k == axis) for k in range(lattice.dimension)) for axis in range(lattice.dimension)]
    return [(lattice.velocities.index(e), lattice.velocities.index(tuple(-x for x in e))) for e in axes]


@wp.func
def derivative(no_low: wp.bool, no_high: wp.bool, wall: wp.bool, low: wp.vec3d, here: wp.vec3d, high: wp.vec3d) -> wp.vec3d:
    """Over a cell's width, from the values beside: one-sided where one of them is missing, or with the wall's 0 beyond."""
    third = wp.float64(1.0 / 3.0)
    result = wp.float64(0.5) * (high - low)
    if no_low:
        result = high - here
        if wall:
            result = here + third * high
    if no_high:
        result = here - low
        if wall:
            result = -here - third * low
    if no_low and no_high:
        result = wp.vec3d(wp.float64(0.0), wp.float64(0.0), wp.float64(0.0))
    return result


@cache
def _gradient_kernel(precision: type) -> wp.Kernel:
    floats = wp.array(dtype=precision)
    conditions = wp.constant(wp.uint32(0xFFFFFFFF & ~OBSTACLE_MASK))
    one = wp.constant(wp.uint32(1))

    @wp.func
    def velocity(moments: floats, solid: floats, cells: int, dimension: int, cell: int) -> wp.vec3d:
        first = (wp.int64(cell // cells) * wp.int64(1 + dimension) + wp.int64(1)) * wp.int64(cells) + wp.int64(cell % cells)
        u = wp.vec3d(wp.float64(moments[first]), wp.float64(moments[first + wp.int64(cells)]), wp.float64(0.0))
        if dimension == 3:
            u = wp.vec3d(u[0], u[1], wp.float64(moments[first + wp.int64(2 * cells)]))
        if solid.shape[0] > 0:  # noqa: SIM102 (a kernel computes both sides of an `and`)
            if solid[cell] >= precision(1.0):
                u = wp.vec3d(wp.float64(0.0), wp.float64(0.0), wp.float64(0.0))
        return u

    @wp.func
    def beside(
        neighbours: wp.array(dtype=wp.int32), moments: floats, solid: floats, cells: int, dimension: int, tile: int,
        place: wp.vec3i, is_missing: wp.bool,
    ) -> wp.vec3d:  # fmt: skip
        """u of the cell at a place seen from a tile; 0 where it is missing."""
        u = wp.vec3d()
        if not is_missing:
            u = velocity(moments, solid, cells, dimension, cell_beside(neighbours, cells, tile, place[0], place[1], place[2]))
        return u

    @wp.kernel(enable_backward=False, module="unique")
    def gradient_sums(
        neighbours: wp.array(dtype=wp.int32), words: wp.array(dtype=wp.uint32), labels: wp.array(dtype=wp.uint32),
        label_words: int, links: wp.array(dtype=wp.vec2i), cells: int, moments: floats, solid: floats, sums: wp.array2d(dtype=wp.float64),
    ):  # fmt: skip
        """A row of 8 cells a thread: half the sum of |w|^2, and the sum of rho S : S."""
        row = wp.tid()
        dimension = links.shape[0]
        tile = row // (cells // 8)
        enstrophy = wp.float64(0.0)
        strain = wp.float64(0.0)
        for c in range(8):
            cell = 8 * row + c
            inner = cell % cells
            place = wp.vec3i(inner >> 6, (inner >> 3) & 7, c)
            word = words[cell]
            if (word & one) == wp.uint32(0):
                first = wp.int64(tile) * wp.int64(label_words) * wp.int64(cells) + wp.int64(inner)
                wall = (labels[first] & conditions) == wp.uint32(0)
                for k in range(1, label_words):
                    wall = wall and labels[first + wp.int64(k) * wp.int64(cells)] == wp.uint32(0)
                here = velocity(moments, solid, cells, dimension, cell)
                du = wp.mat33d()
                for axis in range(dimension):
                    along = axis + 3 - dimension
                    side = wp.vec3i(int(along == 0), int(along == 1), int(along == 2))
                    no_low = ((word >> wp.uint32(links[axis][0])) & one) == one
                    no_high = ((word >> wp.uint32(links[axis][1])) & one) == one
                    low = beside(neighbours, moments, solid, cells, dimension, tile, place - side, no_low)
                    high = beside(neighbours, moments, solid, cells, dimension, tile, place + side, no_high)
                    du[axis] = derivative(no_low, no_high, wall, low, here, high)
                share = wp.float64(1.0)
                if solid.shape[0] > 0:
                    share = wp.float64(1.0) - wp.float64(solid[cell])
                rho_at = wp.int64(tile) * wp.int64(1 + dimension) * wp.int64(cells) + wp.int64(inner)
                curl = wp.vec3d(du[1, 2] - du[2, 1], du[2, 0] - du[0, 2], du[0, 1] - du[1, 0])
                S = wp.float64(0.5) * (du + wp.transpose(du))
                enstrophy += wp.float64(0.5) * share * wp.dot(curl, curl)
                strain += share * wp.float64(moments[rho_at]) * wp.ddot(S, S)
        sums[0, row] = enstrophy
        sums[1, row] = strain

    return gradient_sums
