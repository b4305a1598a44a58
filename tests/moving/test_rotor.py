"""A rotor from a USD scene: turning in the laboratory frame, and at rest in the frame that turns with it."""

from pathlib import Path

import numpy as np
import pytest
import warp as wp
from moving_cases import cylinder

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import RigidVelocity
from sparselbm.models.force import RotatingFrame
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import Torque, evaluate
from sparselbm.scene.usd import Scene, TransformSamples
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.moving import MovingObstacles, Sampled

SCENE = Path(__file__).parents[2] / "assets" / "rotor.usda"
CELLS = 16
"""Radius of the vessel [cells]; the arms of the rotor are 4.8 wide and reach to 0.6 of it. Re = Omega R^2 / nu = 32."""
STEPS = 1000
"""Of a turn, 4 s in the scene: the tips move at 0.06 cells a step."""
WIDTH = 40
MIDDLE = (WIDTH / 2, WIDTH / 2)
OMEGA = 2.0 * np.pi / STEPS
SIZE = 0.1 / CELLS


def metres(mesh):
    """A mesh given in cells, the scene's origin at the middle of the domain."""
    return TriangleMesh((mesh.points - (*MIDDLE, 0.5)) * SIZE, mesh.faces)


def simulation(device, rotor, vessel_turns=0.0, **settings):
    vessel = Obstacle(
        "vessel", metres(cylinder(CELLS, MIDDLE, 256)), wall=Bouzidi(), hollow=True,
        motion=RigidVelocity((0.0, 0.0), (vessel_turns,), MIDDLE),
    )
    corner = (-MIDDLE[0] * SIZE, -MIDDLE[1] * SIZE, -0.5 * SIZE)
    domain = box((WIDTH, WIDTH), voxel_size=SIZE, origin=corner, device=device)
    return Simulation(domain, viscosity=0.05, obstacles=[rotor, vessel], precision=wp.float64, **settings)


def at_rest_in_its_frame(device, mesh, angle):
    """Torque on the rotor at an angle, the vessel turning backwards, with Coriolis and centrifugal force."""
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    frame = RotatingFrame((OMEGA,), MIDDLE)
    flow = simulation(device, Obstacle("rotor", mesh.transformed(turn)), vessel_turns=-OMEGA, force=frame)
    x, y = np.moveaxis(flow.domain.cell_indices() + 0.5 - MIDDLE[0], -1, 0)
    flow.set_state(1.0, np.stack([OMEGA * y, -OMEGA * x], axis=-1))  # The fluid starts at rest in the laboratory.
    flow.run(2 * STEPS)
    return evaluate(Torque("rotor", MIDDLE), flow)


def test_torque_in_both_frames_and_on_the_vessel(device):
    """Within 3 %: the mean over a quarter turn, after which the rotor looks the same, against that over angles at rest."""
    mesh, path = Scene.open(SCENE).body("/World/Rotor").mesh, TransformSamples.of(SCENE, "/World/Rotor")
    flow = simulation(device, Obstacle("rotor", mesh, motion=RigidVelocity.at_rest(2)))
    driver = MovingObstacles(flow, {"rotor": Sampled(path.times, path.poses, 4.0 / STEPS)})
    driver.run(3 * STEPS // 4, every=5)
    track = driver.run(STEPS // 4, every=5)["rotor"]
    turning = track.torque[:, 2].mean()
    assert track.rotation[:, 2] == pytest.approx(OMEGA, rel=1e-6)
    assert np.abs(track.centre[:, :2] - MIDDLE).max() < 1e-4
    resting = np.mean([at_rest_in_its_frame(device, mesh, angle) for angle in (0.0, 0.25, 0.5)])
    assert turning < 0.0
    assert turning == pytest.approx(resting, rel=0.03)
    assert turning == pytest.approx(-evaluate(Torque("vessel", MIDDLE), flow), rel=0.03)
