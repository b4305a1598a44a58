"""Two solvers written out by hand, from the equations of the papers: they share no line with the package.

Populations (9, nx, ny) are f itself, not f - w, directions have an order of their own, and cells stream one after the other.
"""

import numpy as np
import warp as wp
from states import dense_state, set_dense_state

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9
from sparselbm.models.collision import BGK
from sparselbm.models.wall import Bouzidi
from sparselbm.solver import Obstacle, Simulation

EX = [0, 1, 0, -1, 0, 1, -1, -1, 1]
EY = [0, 0, 1, 0, -1, 1, 1, -1, -1]
OPPOSITE = [0, 3, 4, 1, 2, 7, 8, 5, 6]
WEIGHT = [4 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 36, 1 / 36, 1 / 36, 1 / 36]
ORDER = [D2Q9.velocities.index(c) for c in zip(EX, EY, strict=True)]
"""The package's index of each direction here."""
AT_REST = np.array(WEIGHT)[:, None, None]
STEPS = 50


def collided(f, tau, Fx=0.0, Fy=0.0):
    """BGK with the force of Guo, Zheng & Shi (2002): f + (f^eq - f) / tau + (1 - 1 / (2 tau)) S."""
    rho = f[0] + f[1] + f[2] + f[3] + f[4] + f[5] + f[6] + f[7] + f[8]
    ux = (f[1] + f[5] + f[8] - f[3] - f[6] - f[7] + 0.5 * Fx) / rho
    uy = (f[2] + f[5] + f[6] - f[4] - f[7] - f[8] + 0.5 * Fy) / rho
    after = np.empty_like(f)
    for i in range(9):
        eu = EX[i] * ux + EY[i] * uy
        equilibrium = WEIGHT[i] * rho * (1.0 + 3.0 * eu + 4.5 * eu**2 - 1.5 * (ux**2 + uy**2))
        source = 3.0 * ((EX[i] - ux) * Fx + (EY[i] - uy) * Fy) + 9.0 * eu * (EX[i] * Fx + EY[i] * Fy)
        after[i] = f[i] + (equilibrium - f[i]) / tau + (1.0 - 0.5 / tau) * WEIGHT[i] * source
    return after


def flow_between_plates(f, tau, Fx, Fy):
    """One step in a box that repeats along x, with halfway walls below y = 0 and above y = ny - 1."""
    _, nx, ny = f.shape
    after, streamed = collided(f, tau, Fx, Fy), np.empty_like(f)
    for i, x, y in np.ndindex(f.shape):
        to_x, to_y = (x + EX[i]) % nx, y + EY[i]
        if 0 <= to_y < ny:
            streamed[i, to_x, to_y] = after[i, x, y]
        else:
            streamed[OPPOSITE[i], x, y] = after[i, x, y]
    return streamed


def flow_around_a_body(f, tau, body, wall):
    """One step in a box that repeats, around a body whose surface cuts the link of a fluid cell along i at `wall[i, x, y]`.

    Bouzidi, Firdaouss & Lallemand (2001), eq. 5: for a cut at q < 1/2 2 q f*_i(x) + (1 - 2 q) f*_i(x - e_i), beyond it
    f*_i(x) / (2 q) + (1 - 1 / (2 q)) f*_-i(x) come back along -i.
    """
    _, nx, ny = f.shape
    after, streamed = collided(f, tau), f.copy()
    for i, x, y in np.ndindex(f.shape):
        q, back = wall[i, x, y], OPPOSITE[i]
        if body[x, y]:
            continue
        if np.isnan(q):
            streamed[i, (x + EX[i]) % nx, (y + EY[i]) % ny] = after[i, x, y]
        elif q < 0.5:
            behind = after[i, (x - EX[i]) % nx, (y - EY[i]) % ny]
            streamed[back, x, y] = 2.0 * q * after[i, x, y] + (1.0 - 2.0 * q) * behind
        else:
            streamed[back, x, y] = after[i, x, y] / (2.0 * q) + (1.0 - 1.0 / (2.0 * q)) * after[back, x, y]
    return streamed


def start(shape):
    """Populations off equilibrium, each its own."""
    return AT_REST * np.random.default_rng(11).uniform(0.9, 1.1, (9, *shape))


def put(simulation, f):
    """Brings populations into a simulation."""
    shifted = np.empty_like(f)
    shifted[ORDER] = f - AT_REST
    set_dense_state(simulation, shifted)


def taken(simulation):
    """The populations of a simulation, which are those after collision, in the order of this file."""
    return dense_state(simulation)[ORDER] + AT_REST


def test_bgk_between_plates(device):
    """The package's step streams first and then collides, so that here a collision comes before the first and after the last."""
    tau, force, shape = 0.59, (2e-4, -1e-4), (16, 13)
    domain = box(shape, periodic=(True, False), device=device)
    simulation = Simulation(
        domain, lattice=D2Q9, viscosity=(tau - 0.5) / 3.0, collision=BGK(), force=force, precision=wp.float64
    )
    f = start(shape)
    put(simulation, collided(f, tau, *force))
    for _ in range(STEPS):
        f = flow_between_plates(f, tau, *force)
    simulation.run(STEPS)
    expected = collided(f, tau, *force)
    assert np.abs(expected - AT_REST).max() > 1e-3
    assert np.allclose(taken(simulation), expected, rtol=0.0, atol=1e-14)


CORNERS = np.array([[5.3, 4.4], [18.6, 8.1], [9.2, 17.7]])
"""Triangular cylinder, counter-clockwise, with no side along the grid."""


def cuts(shape):
    """Where each link from a cell enters the triangle [links], by half-planes, (9, *shape); NaN where it does not."""
    edges = np.roll(CORNERS, -1, axis=0) - CORNERS
    outward = np.column_stack([edges[:, 1], -edges[:, 0]])
    found = np.full((9, *shape), np.nan)
    for x, y in np.ndindex(shape):
        height = np.sum(outward * (np.array([x + 0.5, y + 0.5]) - CORNERS), axis=1)
        for i in range(1, 9):
            slope = outward @ np.array([EX[i], EY[i]])
            enter = max(-h / s for h, s in zip(height, slope, strict=True) if s < 0.0)
            leave = min(-h / s for h, s in zip(height, slope, strict=True) if s > 0.0)
            if 0.0 < enter <= 1.0 and enter < leave:
                found[i, x, y] = enter
    return found


def inside(shape):
    """Whether the centre of each cell lies in the triangle."""
    edges = np.roll(CORNERS, -1, axis=0) - CORNERS
    centres = np.moveaxis(np.indices(shape), 0, -1)[:, :, None] + 0.5 - CORNERS
    return np.all(edges[:, 1] * centres[..., 0] - edges[:, 0] * centres[..., 1] < 0.0, axis=-1)


def prism():
    """The triangle from z = -9 to 10, a closed mesh."""
    points = np.array([(*corner, z) for z in (-9.0, 10.0) for corner in CORNERS])
    sides = [f for a, b in ((0, 1), (1, 2), (2, 0)) for f in ((a, b, b + 3), (a, b + 3, a + 3))]
    mesh = TriangleMesh(points, np.array([(0, 2, 1), (3, 4, 5), *sides]))
    assert mesh.volume > 0.0
    return mesh


def stored(after, wall):
    """What the package stores: in place of f*_i of a link that is cut beyond its middle the population that comes back."""
    beyond = wall >= 0.5
    return np.where(beyond, after / (2.0 * wall) + (1.0 - 1.0 / (2.0 * wall)) * after[OPPOSITE], after)


def test_bouzidi_around_a_triangle(device):
    """The cuts are those of half-planes, up to the fp32 of the package's rays; with these, populations are equal to rounding."""
    tau, shape = 0.56, (24, 24)
    domain = box(shape, periodic=(True, True), device=device)
    simulation = Simulation(
        domain, lattice=D2Q9, viscosity=(tau - 0.5) / 3.0, collision=BGK(), precision=wp.float64,
        obstacles=[Obstacle("body", prism(), wall=Bouzidi())],
    )  # fmt: skip
    body, wall = inside(shape), cuts(shape)
    assert np.array_equal(domain.dense(simulation.walls.fluid), ~body)
    wall[:, body] = np.nan
    packed = domain.dense(np.moveaxis(simulation.walls.spread(simulation.walls.fractions), 1, -1))
    cut = ~np.isnan(wall)
    found = np.moveaxis(packed, -1, 0)[ORDER][OPPOSITE]  # A link's place is that of the population that comes back along it.
    assert np.abs(found - wall)[cut].max() < 3e-6
    assert 10 < (wall[cut] < 0.4).sum() < cut.sum() - 10 > (wall[cut] > 0.6).sum() > 10
    wall[cut] = found[cut]

    f = np.where(body, AT_REST, start(shape))
    put(simulation, stored(collided(f, tau), wall))
    for _ in range(STEPS):
        f = flow_around_a_body(f, tau, body, wall)
    simulation.run(STEPS)
    expected = stored(collided(f, tau), wall)[:, ~body]
    assert np.abs(expected - AT_REST[..., 0]).max() > 1e-3
    assert np.allclose(taken(simulation)[:, ~body], expected, rtol=0.0, atol=1e-14)
