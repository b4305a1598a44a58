"""Walls that move in themselves: gradients in velocity, rotation and centre of an obstacle, fp64 against differences."""

import functools

import pytest
import warp as wp
from channel_cases import Run, central

from sparselbm.adjoint import Parameter, value_and_grad
from sparselbm.domain import box
from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.interpolated import Bouzidi
from sparselbm.motion import RigidVelocity
from sparselbm.objective import KineticEnergy, Torque
from sparselbm.obstacle import Obstacle
from sparselbm.simulation import Simulation

WALLS = {"fractions": SolidFraction(), "Bouzidi": Bouzidi()}
NAMES = {
    2: ("velocity_x", "velocity_y", "rotation_z", "centre_x", "centre_y"),
    3: ("velocity_z", "rotation_x", "rotation_z"),
}


def objectives(dimension):
    """Torque holds every component of the force; the energy sees the wall only through the flow. In 3D the first alone."""
    if dimension == 3:
        return {"Torque": Torque("body", (8.0, 9.0, 6.0), (0.2, 0.5, 1.0))}
    return {"Torque": Torque("body", (8.0, 9.0)), "KineticEnergy": KineticEnergy()}


@functools.cache
def turning(device, dimension, wall) -> Run:
    """A body that turns and slides in itself beside another of the same wall at rest, in a flow, 24 steps."""
    if dimension == 2:
        meshes = [
            TriangleMesh.cylinder(r, (*c, -9.0), (*c, 9.0), 24) for r, c in ((3.2, (9.3, 9.6)), (2.1, (17.4, 6.2)))
        ]
        motion = RigidVelocity((0.02, -0.01), (0.004,), (9.0, 9.4))
    else:
        meshes = [TriangleMesh.sphere(r, c, 1) for r, c in ((3.0, (6.3, 7.6, 5.9)), (2.1, (12.2, 8.1, 6.2)))]
        motion = RigidVelocity((0.02, -0.01, 0.01), (0.003, 0.001, 0.004), (6.0, 7.4, 6.0))
    simulation = Simulation(
        box((24, 18) if dimension == 2 else (16, 14, 12), device=device), viscosity=0.05, precision=wp.float64,
        obstacles=[Obstacle("body", meshes[0], wall=wall, motion=motion), Obstacle("other", meshes[1], wall=wall)],
    )  # fmt: skip
    return Run(simulation, objectives(dimension))


@functools.cache
def adjoints(device, dimension, wall):
    run = turning(device, dimension, wall)
    wrt = [Parameter(f"body.{name}") for name in NAMES[dimension]]
    return {
        name: dict(zip(NAMES[dimension], run.value_and_grad(name, *wrt)[1], strict=True)) for name in run.objectives
    }


@pytest.mark.parametrize(
    ("dimension", "wall", "name"), [(d, wall, name) for d in (2, 3) for wall in WALLS for name in NAMES[d]]
)
def test_the_adjoint_is_the_derivative(device, dimension, wall, name):
    run = turning(device, dimension, WALLS[wall])
    simulation, full = run.simulation, f"body.{name}"
    present = simulation.parameter(full)

    def function(t):
        simulation.set_parameter(full, present + t)
        values = run.values()
        simulation.set_parameter(full, present)
        return values

    expected = central(function, 1e-2 if name.startswith("centre") else 1e-4)
    for objective, value in zip(run.objectives, expected, strict=True):
        assert abs(value) > 1e-7, f"{objective} does not depend on {name}"
        assert float(adjoints(device, dimension, WALLS[wall])[objective][name]) == pytest.approx(value, rel=1e-6), (
            objective
        )


def test_torque_of_a_turning_cylinder_is_linear_in_its_rate(device):
    """Stokes flow: T = T' Omega, so that the gradient is the torque over the rate, within the flow's inertia."""
    mesh = TriangleMesh.cylinder(5.0, (16.0, 16.0, -9.0), (16.0, 16.0, 9.0), 96)
    motion = RigidVelocity((0.0, 0.0), (1e-4,), (16.0, 16.0))
    simulation = Simulation(
        box((32, 32), device=device), viscosity=0.1, precision=wp.float64,
        obstacles=[Obstacle("body", mesh, wall=Bouzidi(), motion=motion)],
    )  # fmt: skip
    value, (slope,) = value_and_grad(
        Torque("body", (16.0, 16.0)), simulation, steps=400, wrt=(Parameter("body.rotation_z"),)
    )
    assert value < 0.0
    assert float(slope) == pytest.approx(value / 1e-4, rel=1e-4)
