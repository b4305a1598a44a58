"""Free rigid bodies: conservation, buoyancy, Faxen's drag, rotation in shear, inertia, and what is refused."""

import numpy as np
import pytest
import warp as wp
from moving_cases import cylinder, momentum

from sparselbm.errors import MotionError
from sparselbm.files.state_file import read_state, write_state
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import RigidVelocity
from sparselbm.models.boundary import Y_MAX, Y_MIN, MovingWall
from sparselbm.observe import SavedState
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.moving import MassProperties, MovingObstacles, RigidBody, Uniform
from sparselbm.solver.moving.body import MovingBody
from sparselbm.solver.moving.coupling import Coupling
from sparselbm.solver.moving.inertia import of_volume, six

REST = RigidVelocity.at_rest(2)
WEIGHTLESS = (0.0, 0.0)


def with_cylinder(device, shape, radius, place, *, motion=REST, viscosity=0.1, precision=wp.float64, **settings):
    domain = box(shape, device=device, periodic=settings.pop("periodic", None))
    body = Obstacle("body", cylinder(radius, place), motion=motion)
    return Simulation(domain, viscosity=viscosity, obstacles=[body], precision=precision, **settings)


def test_a_neutrally_buoyant_body_moves_with_the_flow(device):
    simulation = with_cylinder(device, (48, 48), 5.0, (20.0, 24.3), periodic=(True, True))
    simulation.set_state(1.0, (0.05, 0.0))
    body = RigidBody(matter=Uniform(1.0), gravity=WEIGHTLESS)
    track = MovingObstacles(simulation, {"body": body}).run(200, every=2)["body"]
    assert np.abs(track.velocity - (0.05, 0.0, 0.0)).max() < 1e-12
    assert np.abs(track.rotation).max() < 1e-12
    assert track.centre[-1] - track.centre[1] == pytest.approx((0.05 * 198, 0.0, 0.0), abs=1e-9)


@pytest.mark.parametrize("density", [0.5, 1.0, 3.0])
def test_momentum_of_fluid_and_body_is_conserved(device, density):
    """The fluid in the body counts as fluid, so that the body adds (density - 1) V u. The body starts at rest in a flow."""
    simulation = with_cylinder(device, (48, 48), 5.0, (20.0, 24.3), periodic=(True, True))
    simulation.set_state(1.0, (0.01, 0.02))
    start = momentum(simulation)
    body = RigidBody(matter=Uniform(density), gravity=WEIGHTLESS)
    track = MovingObstacles(simulation, {"body": body}).run(100, every=2)["body"]
    excess = (density - 1.0) * np.pi * 25.0 * track.velocity[-1, :2]
    assert momentum(simulation) + excess == pytest.approx(start, abs=1e-9)
    assert abs(simulation.excess_mass()) < 1e-11


def test_a_free_body_continues_from_a_file_to_the_last_bit(device, tmp_path):
    def start():
        simulation = with_cylinder(device, (48, 48), 5.0, (20.0, 24.3), periodic=(True, True))
        simulation.set_state(1.0, (0.01, 0.02))
        return simulation, MovingObstacles(simulation, {"body": RigidBody(matter=Uniform(2.0), gravity=(0.0, -1e-4))})

    (simulation, bodies), (continued, others) = start(), start()
    bodies.run(20)
    write_state(tmp_path / "state.npz", {"flow": SavedState.view(simulation).to_values(), "bodies": bodies.saved()})
    found = read_state(tmp_path / "state.npz")
    SavedState.of_values(found["flow"]).begin(continued)
    others.restore(found["bodies"])
    track, other = bodies.run(30)["body"], others.run(30)["body"]
    assert all(np.array_equal(values, getattr(other, name)) for name, values in vars(track).items())
    assert np.array_equal(continued.velocity(), simulation.velocity())


@pytest.mark.validate
def test_a_settling_cylinder_has_faxens_drag(device):
    """Between walls W apart, k = D / W = 1/4, closed at both ends; at 10 cells across the wall is a little inside the body.

    Faxen 1946: weight = 4 pi mu U / (-0.91569 - ln k + 1.7244 k^2 - 1.7302 k^4 + 2.4056 k^6 - 4.5913 k^8).
    """
    width, k, nu, density, speed = 40, 0.25, 0.05, 2.0, 0.001
    radius = 0.5 * k * width
    drag = 4.0 * np.pi * nu / (
        -0.91569 - np.log(k) + 1.7244 * k**2 - 1.7302 * k**4 + 2.4056 * k**6 - 4.5913 * k**8
    )
    weight = drag * speed
    gravity = weight / ((density - 1.0) * np.pi * radius**2)
    simulation = with_cylinder(device, (width, 120), radius, (20.0, 62.3), viscosity=nu)
    body = RigidBody(matter=Uniform(density), gravity=(0.0, -gravity))
    track = MovingObstacles(simulation, {"body": body}).run(6000, every=50)["body"]
    assert -track.velocity[-100:, 1].mean() == pytest.approx(speed, rel=0.05)
    assert track.force[-100:, 1].mean() == pytest.approx(weight, rel=1e-3)
    assert np.abs(track.velocity[:, 0]).max() < 1e-3 * speed


def test_a_free_cylinder_in_shear_turns_at_half_the_rate(device):
    """Omega = -(du/dy) / 2 in Stokes flow far from walls (Jeffery 1922); here R / H = 1/16, particle Re 0.16."""
    height, radius, wall = 64, 4.0, 0.016
    conditions = (MovingWall(Y_MIN, (-wall, 0.0)), MovingWall(Y_MAX, (wall, 0.0)))
    simulation = with_cylinder(
        device, (64, height), radius, (32.0, 32.0), periodic=(True, False), boundaries=conditions
    )
    rate = 2.0 * wall / height
    flow = np.zeros((*simulation.domain.fluid.shape, 2))
    flow[..., 0] = rate * (simulation.domain.cell_indices()[..., 1] + 0.5 - 0.5 * height)
    simulation.set_state(1.0, flow)
    body = RigidBody(matter=Uniform(1.0), gravity=WEIGHTLESS)
    track = MovingObstacles(simulation, {"body": body}).run(1500, every=10)["body"]
    assert track.rotation[-100:, 2].mean() == pytest.approx(-0.5 * rate, rel=0.03)
    assert np.abs(track.velocity[-1]).max() < 1e-6


def test_axes_that_are_not_free_keep_their_velocity(device):
    motion = RigidVelocity((0.01, 0.0), (0.002,), (20.0, 24.0))
    simulation = with_cylinder(device, (48, 48), 5.0, (20.0, 24.0), periodic=(True, True), motion=motion)
    body = RigidBody(
        matter=Uniform(2.0), gravity=(-1e-4, -1e-5), translate=(False, True, True), rotate=(False, False, False)
    )
    track = MovingObstacles(simulation, {"body": body}).run(60, every=2)["body"]
    assert np.allclose(track.velocity[:, 0], 0.01, rtol=1e-6)
    assert np.allclose(track.rotation[:, 2], 0.002, rtol=1e-6)
    impulse = track.force[:, 1].sum() - 60 * 1e-5 * np.pi * 25.0
    assert np.pi * 25.0 * track.velocity[-1, 1] == pytest.approx(impulse, rel=1e-4)
    assert impulse < 0.0


def test_a_body_heavy_below_rights_itself(device):
    """Mass of the fluid, with its centre beside that of the volume: weight and buoyancy are a couple, at rest with it below."""
    R, arm, g = 6.0, 2.0, 1e-3
    mass = np.pi * R**2
    matter = MassProperties(mass, np.array([24.0 + arm, 24.0, 0.5]), 0.5 * mass * R**2 * np.eye(3))
    simulation = with_cylinder(device, (48, 48), R, (24.0, 24.0))
    body = RigidBody(matter=matter, gravity=(0.0, -g))
    track = MovingObstacles(simulation, {"body": body}).run(2000, every=5)["body"]
    assert -track.rotation[:, 2].sum() == pytest.approx(0.5 * np.pi, abs=0.02)
    middle = track.centre[-1, :2] + arm * np.array([0.0, 1.0])
    assert middle == pytest.approx((24.0, 24.0), abs=0.2)


def test_inertia_of_polyhedra_is_exact():
    """A box off the origin, and a cylinder's layer: M = a b c, I_zz = M (a^2 + b^2) / 12; I_zz = A R^2 / 2."""
    a, b, c = 3.0, 4.0, 5.0
    found = of_volume(TriangleMesh.box((7.0, 1.0, 2.0), (7.0 + a, 1.0 + b, 2.0 + c)), 3, "box")
    assert found.mass == pytest.approx(60.0)
    assert found.centre == pytest.approx((8.5, 3.0, 4.5))
    assert found.inertia == pytest.approx(
        60.0 / 12.0 * np.diag([b * b + c * c, a * a + c * c, a * a + b * b]), abs=1e-10
    )
    layer = of_volume(cylinder(6.0, (20.0, 10.0), 2000), 2, "cylinder")
    assert layer.mass == pytest.approx(np.pi * 36.0)
    assert layer.inertia[2, 2] == pytest.approx(0.5 * np.pi * 6.0**4, rel=1e-5)
    offset, v, Omega = np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.1, -0.2]), np.array([0.05, -0.1, 0.2])
    p = found.mass * (v + np.cross(Omega, offset))
    L = np.cross(offset, p) + found.inertia @ Omega
    assert six(found.mass, offset, found.inertia) @ [*v, *Omega] == pytest.approx(np.concatenate([p, L]))


def test_a_body_without_forces_tumbles_as_euler_has_it():
    """A box turning about its middle axis, in no fluid: it tumbles, at one angular momentum and one energy."""
    mesh = TriangleMesh.box((10.0, 10.0, 10.0), (16.0, 14.0, 12.0))
    start = RigidVelocity((0.01, 0.0, 0.0), (1e-4, 0.02, 1e-4), (13.0, 12.0, 11.0))
    body = RigidBody(matter=Uniform(1001.0), gravity=(0.0, 0.0, 0.0))
    trajectory = body.trajectory(MovingBody("box", mesh, box((32, 32, 32), device="cpu"), start))
    nothing = Coupling(np.zeros(6), 1e-9 * np.eye(6))
    inertia, momenta, energies, rates = of_volume(mesh, 3, "box").inertia, [], [], []
    for step in range(2000):
        R = trajectory.pose(step, 1)[:3, :3]
        Omega = trajectory.advance(step, nothing).rotation
        momenta.append(R @ inertia @ R.T @ Omega)
        energies.append(0.5 * Omega @ momenta[-1])
        rates.append((R.T @ Omega)[1])
    assert np.ptp(momenta, axis=0).max() < 1e-8 * np.linalg.norm(momenta[0])
    assert np.ptp(energies) < 1e-3 * energies[0]
    assert min(rates) < -0.019  # It has turned over: the middle axis points the other way.
    assert trajectory.centre(2000) == pytest.approx((33.0, 12.0, 11.0))


REFUSED = {
    "light": (RigidBody(matter=Uniform(0.1), gravity=WEIGHTLESS), "0.1 times the density of the fluid"),
    "falls": (RigidBody(matter=Uniform(4.0), gravity=(0.0, -1e-4)), "comes too close to a wall at step"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_computed_ends_the_run(device, case):
    body, message = REFUSED[case]
    simulation = with_cylinder(device, (32, 32), 5.0, (16.0, 12.0))
    with pytest.raises(MotionError, match=message):
        MovingObstacles(simulation, {"body": body}).run(2000, every=2)


def test_bodies_do_not_run_into_each_other(device):
    bodies = [Obstacle("a", cylinder(4.0, (16.0, 24.0)), motion=REST), Obstacle("b", cylinder(4.0, (16.0, 10.0)))]
    simulation = Simulation(box((32, 40), device=device), viscosity=0.1, obstacles=bodies)
    body = RigidBody(matter=Uniform(4.0), gravity=(0.0, -1e-4))
    with pytest.raises(MotionError, match="too close to another body"):
        MovingObstacles(simulation, {"a": body}).run(2000, every=2)
    with pytest.raises(MotionError, match=r"density 0\.0 of a body"):
        Uniform(0.0)
    with pytest.raises(MotionError, match="give one value per axis, 2 of them"):
        MovingObstacles(simulation, {"a": RigidBody(matter=Uniform(2.0), gravity=(0.0, 0.0, -1.0))})
