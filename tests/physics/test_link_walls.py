"""Walls on links: Bouzidi's interpolation at its order, halfway bounce-back at its own; mass, force and torque."""

import numpy as np
import pytest
import warp as wp
from flows import cylinder

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import RigidVelocity
from sparselbm.models.wall import Bouzidi, Halfway
from sparselbm.observe import Force, Torque, evaluate
from sparselbm.solver import Obstacle, Simulation


def inclined_channel(cells, wall, device, shifts=(0.3, 0.6)):
    """Error of the velocity [largest speed] in a channel along (2, 1), periodic, driven by a force: exact is a parabola.

    The box repeats along the channel's direction after 2 L along x and L along y: two walls of one period, drawn so often
    that the box is crossed by whole channels alone.
    """
    n = cells
    normal = np.array([-1.0, 2.0]) / np.sqrt(5.0)
    spacing = n / np.sqrt(5.0)  # Channels repeat along their normal: the box (2 n, n) holds two of them.
    offset, top = ((np.round(part * n) + shift) / np.sqrt(5.0) for part, shift in zip((0.1, 0.8), shifts, strict=True))
    width = top - offset
    walls = []
    for k in range(-4, 5):
        lower = offset + k * spacing + width
        walls.append(slab(normal, lower, lower + spacing - width, 6.0 * n))
    mesh = TriangleMesh(
        np.concatenate([m.points for m in walls]),
        np.concatenate([m.faces + 8 * i for i, m in enumerate(walls)]),
    )
    nu, speed = 0.1, 0.64 / n
    G = 8.0 * nu * speed / width**2
    along = np.array([2.0, 1.0]) / np.sqrt(5.0)
    simulation = Simulation(
        box((2 * n, n), periodic=(True, True), device=device), viscosity=nu, force=tuple(G * along),
        obstacles=[Obstacle("walls", mesh, wall=wall)], precision=wp.float64,
    )
    simulation.run(2 * n * n)
    s = ((simulation.domain.cell_indices() + 0.5) @ normal - offset) % spacing
    fluid = simulation.walls.fluid
    exact = np.where(s < width, G / (2.0 * nu) * s * (width - s), 0.0)
    error = (simulation.velocity() @ along - exact)[fluid]
    return np.sqrt(np.mean(error**2)) / speed


def slab(normal, lower, upper, length):
    """A long block between two parallel planes, as a closed mesh that reaches far beyond the layer z = 1/2."""
    along = np.array([normal[1], -normal[0]])
    corners = [a * normal + b * along for a in (lower, upper) for b in (-length, length)]
    points = np.array([(*c, z) for z in (-9.0, 10.0) for c in corners])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([f for a, b, c, d in quads for f in ((a, b, c), (a, c, d))])
    mesh = TriangleMesh(points, faces)
    return mesh if mesh.volume > 0 else TriangleMesh(points, faces[:, ::-1])


def test_inclined_channel_converges_with_second_order(device):
    errors = [inclined_channel(n, Bouzidi(), device) for n in (16, 32, 64)]
    assert np.log2(errors[0] / errors[2]) / 2.0 == pytest.approx(2.0, abs=0.25)


def test_a_staircase_is_of_first_order(device):
    """The negative control of the measurement above."""
    errors = [inclined_channel(n, Halfway(), device) for n in (16, 64)]
    assert np.log2(errors[0] / errors[1]) / 2.0 < 1.5


def couette(gap, wall, device):
    """Flow between cylinders of radii `gap` and twice that, the inner one turning: error of u [wall speed], of both torques."""
    inner, outer = float(gap), 2.0 * gap
    n = 8 * int(np.ceil((2.0 * outer + 4.0) / 8.0))
    x0, speed, nu = 0.5 * n, 0.24 / gap, 0.1
    turn = speed / inner
    motion = RigidVelocity((0.0, 0.0), (turn,), (x0, x0))
    simulation = Simulation(
        box((n, n), device=device), viscosity=nu, precision=wp.float64,
        obstacles=[
            Obstacle("inner", cylinder(inner, (x0, x0), 512), wall=wall, motion=motion),
            Obstacle("outer", cylinder(outer, (x0, x0), 512), wall=wall, hollow=True),
        ],
    )
    simulation.run(15 * gap**2)
    place = simulation.domain.cell_indices() + 0.5 - x0
    r, u = np.linalg.norm(place, axis=-1), simulation.velocity()
    swirl = (place[..., 0] * u[..., 1] - place[..., 1] * u[..., 0]) / r
    B = turn * inner**2 * outer**2 / (outer**2 - inner**2)
    error = (swirl - B * (1.0 / r - r / outer**2))[simulation.walls.fluid]
    torques = [evaluate(Torque(name, (x0, x0)), simulation) / (4.0 * np.pi * nu * B) for name in ("inner", "outer")]
    return np.sqrt(np.mean(error**2)) / speed, torques[0] + 1.0, torques[1] - 1.0


@pytest.mark.validate
def test_a_turning_cylinder_converges_with_second_order(device):
    cases = [couette(gap, Bouzidi(), device) for gap in (8, 16, 32)]
    assert np.log2(cases[0][0] / cases[2][0]) / 2.0 == pytest.approx(2.0, abs=0.25)
    for _, inner, outer in cases:
        assert abs(inner) < 0.005
        assert abs(outer) < 0.005
    assert abs(cases[1][1] + cases[1][2]) < 1e-3  # What one cylinder gives, the other takes.


def test_drag_balances_the_force_and_matches_sangani_and_acrivos(device):
    """Square array of cylinders, c = .2, 16 cells across: drag / (mu U) = 51.53."""
    n, nu = 32, 0.1
    radius = n * np.sqrt(0.2 / np.pi)
    G = 51.53 * nu * (0.05 * nu / (2.0 * radius)) / n**2
    simulation = Simulation(
        box((n, n), periodic=(True, True), device=device), viscosity=nu, force=(G, 0.0), precision=wp.float64,
        obstacles=[Obstacle("body", cylinder(radius, (n / 2 + 0.1, n / 2 + 0.07)), wall=Bouzidi())],
    )
    simulation.run(6000)
    U = simulation.velocity()[..., 0].sum() / n**2
    assert G * n**2 / (nu * U) == pytest.approx(51.53, rel=5e-3)
    assert evaluate(Force("body", (1.0, 0.0)), simulation) == pytest.approx(
        G * simulation.walls.fluid.sum(), rel=1e-4
    )
    field = simulation.force_field()
    assert field[..., 0].sum() == pytest.approx(evaluate(Force("body", (1.0, 0.0)), simulation), rel=1e-9)


def test_a_thin_plate_parts_the_flow(device):
    """A sheet between two rows of cells, whose both sides are fluid: nothing crosses it."""
    y = 8.3
    points = np.array([[-5.0, y, -9.0], [21.0, y, -9.0], [21.0, y, 9.0], [-5.0, y, 9.0]])
    sheet = TriangleMesh(points, np.array([[0, 1, 2], [0, 2, 3]]))
    simulation = Simulation(
        box((16, 16), periodic=(True, False), device=device), viscosity=0.1, precision=wp.float64,
        obstacles=[Obstacle("sheet", sheet, wall=Bouzidi())],
    )
    start = np.zeros((*simulation.domain.fluid.shape, 2))
    below = simulation.domain.cell_indices()[..., 1] < 8
    start[below, 0] = 0.05
    simulation.set_state(1.0 + 0.01 * below, start)
    simulation.run(200)
    assert simulation.walls.fluid.all()
    assert np.abs(simulation.velocity()[~below]).max() < 1e-14
    assert simulation.velocity()[below][:, 0].mean() > 0.002
