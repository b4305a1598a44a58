"""Prescribed paths: mass and momentum, Galilean invariance, the order of the velocity, and what is refused."""

import numpy as np
import pytest
import warp as wp
from moving_cases import cylinder, momentum, shift, turned

from sparselbm.errors import MotionError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.models import RigidVelocity
from sparselbm.models.wall import Bouzidi
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.moving import MovingObstacles, Prescribed, Sampled
from sparselbm.solver.moving.body import MovingBody
from sparselbm.solver.moving.clearance import ClearanceCheck

REST = RigidVelocity.at_rest(2)


def periodic_box(device, n=64, radius=5.0, place=(20.3, 30.1), precision=wp.float64, **settings):
    domain = box((n, n), periodic=(True, True), device=device)
    body = Obstacle("body", cylinder(radius, place), motion=REST)
    return Simulation(domain, viscosity=0.05, obstacles=[body], precision=precision, **settings)


def test_mass_and_momentum_are_conserved_while_a_body_crosses_tiles(device):
    """What the body gives is what the fluid has: the recorded forces add up to the change of momentum."""
    simulation = periodic_box(device)
    path = Prescribed(lambda t: shift(0.06 * t, 3.0 * np.sin(0.03 * t)))
    track = MovingObstacles(simulation, {"body": path}).run(200, every=2)["body"]
    assert abs(simulation.excess_mass()) < 1e-11
    assert np.abs(momentum(simulation) + track.force[:, :2].sum(axis=0)).max() < 1e-11
    assert np.abs(track.force[:, 0].sum()) > 1.0


def test_a_body_that_goes_with_the_flow_feels_no_force(device):
    """Galilean invariance, exact where the velocity has one component: the solid's operator is linear in it."""
    simulation = periodic_box(device)
    simulation.set_state(1.0, (0.05, 0.0))
    track = MovingObstacles(simulation, {"body": Prescribed(lambda t: shift(0.05 * t, 0.0))}).run(200)["body"]
    assert np.abs(track.force).max() < 1e-12
    assert np.abs(track.torque).max() < 1e-11


def test_drag_is_the_same_whether_body_or_fluid_moves(device):
    """At Re 8; the mean over four cells of the way against the mean at four places of the body at rest in a cell."""
    speed, steps = 0.04, 500
    forces = []
    for moves in (True, False):
        simulation = periodic_box(device, precision=wp.float32)
        simulation.set_state(1.0, (0.0 if moves else -speed, 0.0))
        path = Prescribed(lambda t, u=speed if moves else 0.0: shift(u * t, 0.0))
        track = MovingObstacles(simulation, {"body": path}).run(steps, every=2)["body"]
        forces.append(track.force[-100:, 0].mean())
    assert forces[0] == pytest.approx(forces[1], rel=0.02)


def test_the_velocity_is_of_second_order_and_adds_up_to_the_path(device):
    """A turn about a point beside the body: x_0 on a circle."""

    def errors(dt):
        about, rate = np.array([32.0, 32.0]), 0.01
        motions = {"body": Prescribed(lambda t: turned(rate * t * (1.0 + 0.1 * t), about), time_step=dt)}
        track = MovingObstacles(periodic_box(device), motions).run(4)["body"]
        time = (track.steps + 0.5) * dt
        Omega = rate * (1.0 + 0.2 * time)
        arm = track.centre[:, :2] - about
        v = np.stack([-Omega * arm[:, 1], Omega * arm[:, 0]], axis=1)
        assert np.allclose(track.rotation[:, 2], Omega * dt, rtol=1e-12)
        start = turned(0.0, about)[:2, :2] @ (np.array([20.3, 30.1]) - about)
        angle = rate * 4 * dt * (1.0 + 0.4 * dt)
        end = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ start
        assert track.velocity[:, :2].sum(axis=0) == pytest.approx(end - start, abs=1e-12)
        return np.abs(track.velocity[0, :2] / dt - v[0]).max()

    assert np.log2(errors(0.5) / errors(0.25)) == pytest.approx(2.0, abs=0.2)


def test_fractions_around_what_moved_are_those_of_all_anew(device):
    """Two bodies near each other, one of them moved into and out of tiles: fractions, owners, tiles, and the flow after."""

    def simulation():
        bodies = [Obstacle("a", cylinder(5.0, (15.0, 15.0)), motion=REST), Obstacle("b", cylinder(4.0, (30.0, 40.0)))]
        domain = box((64, 64), periodic=(True, True), device=device)
        return Simulation(domain, viscosity=0.05, obstacles=bodies, precision=wp.float64)

    moved, fresh = simulation(), simulation()
    for place in ((40.0, 20.0), (27.0, 33.0)):
        moved.solids.geometry[0].move(cylinder(5.0, place).points)
        moved.update_geometry({"a"})
    fresh.solids.geometry[0].move(cylinder(5.0, (27.0, 33.0)).points)
    fresh.update_geometry()
    eps = [tile_view(s.domain, s.solids.fractions, 1) for s in (moved, fresh)]
    assert np.array_equal(*eps)
    owners = [s.walls.host_labels()[:, 0] * (eps[0] > 0) for s in (moved, fresh)]
    assert np.array_equal(*owners)
    assert np.array_equal(moved.solids.tiles, fresh.solids.tiles)
    for s in (moved, fresh):
        s.set_state(1.0, (0.03, 0.01))
        s.run(20)
    assert np.array_equal(moved.velocity(), fresh.velocity())


def test_samples_are_followed_at_one_rate(device):
    """A turn of 2 rad/s about (32, 32), sampled at uneven times."""
    times = np.array([0.0, 0.3, 0.4, 1.0])
    path = Sampled(times, [turned(2.0 * t, (0.0, 0.0)) for t in times])
    for t in (0.1, 0.35, 0.7):
        assert path.at(t) == pytest.approx(turned(2.0 * t, (0.0, 0.0)), abs=1e-12)
    assert path.at(7.0) == pytest.approx(path.poses[-1])
    with pytest.raises(MotionError, match=r"rotation of 2\.8 radians between the samples at 0 and 1 s, above the limit of 2"):
        Sampled([0.0, 1.0], [np.eye(4), turned(2.8, (0.0, 0.0))])
    with pytest.raises(MotionError, match="increasing times"):
        Sampled([0.0, 0.0], [np.eye(4), np.eye(4)])


REFUSED = {
    "leaves": (
        Prescribed(lambda t: shift(0.1 * t, 0.0)),
        r"leaves the domain's cells at step \d+: cell \[64, \d+\] is not fluid",
    ),
    "fast": (Prescribed(lambda t: shift(0.2 * t, 0.0)), r"moves at 0\.2 cells/step at step 0, above the limit of 0\.17"),
    "jumps": (Prescribed(lambda t: shift(0.16 * t, 0.0)), r"moves by 0\.64 cells in 4 steps at step 0, above the limit of 0\.5"),
    "grows": (Prescribed(lambda t: np.diag([1.1, 1.1, 1.1, 1.0])), "is not rigid"),
    "tilts": (Prescribed(lambda t: np.diag([-1.0, 1.0, -1.0, 1.0])), "leaves the plane"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_paths_are_refused_before_the_run(device, case):
    path, message = REFUSED[case]
    simulation = periodic_box(device)
    with pytest.raises(MotionError, match=message):
        MovingObstacles(simulation, {"body": path}).run(800, every=4)
    assert simulation.steps == 0


def test_obstacles_that_cannot_move_are_refused(device):
    place, path = (30.0, 30.0), Prescribed(lambda t: np.eye(4))
    bodies = [
        Obstacle("links", cylinder(4.0, place), wall=Bouzidi(), motion=REST),
        Obstacle("rest", cylinder(4.0, (50.0, 50.0))),
        Obstacle("vessel", cylinder(29.0, place), hollow=True, motion=REST),
    ]
    simulation = Simulation(box((64, 64), device=device), viscosity=0.1, obstacles=bodies)
    refusals = {"links": "SolidFraction", "rest": "has no velocity", "vessel": "hollow", "bdoy": "there are: links"}
    for name, message in refusals.items():
        with pytest.raises(MotionError, match=message):
            MovingObstacles(simulation, {name: path})


def test_a_slice_of_a_body_may_reach_through_the_box(device):
    """Along that axis only; across it the sides keep their distance."""
    bar = TriangleMesh.box((10.0, 10.0, -4.0), (14.0, 13.0, 12.0))
    domain = box((24, 24, 8), periodic=(False, False, True), device=device)
    simulation = Simulation(domain, viscosity=0.1, obstacles=[Obstacle("bar", bar, motion=RigidVelocity.at_rest(3))])
    body = MovingBody("bar", bar, domain, RigidVelocity.at_rest(3))
    clearance = ClearanceCheck(body, 0.0, simulation.physics, simulation.walls, simulation.solids)
    clearance.require_cells(turned(0.5, (12.0, 11.5)), 0)
    with pytest.raises(MotionError, match="leaves the domain's cells"):
        clearance.require_cells(shift(9.5, 0.0), 0)
