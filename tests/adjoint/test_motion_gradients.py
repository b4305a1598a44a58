"""A wall that turns in itself: the gradient in its rate is what it must be."""

import pytest
import warp as wp

from sparselbm.adjoint import Parameter, value_and_grad
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import RigidVelocity
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import Torque
from sparselbm.solver import Obstacle, Simulation


def test_torque_of_a_turning_cylinder_is_linear_in_its_rate(device):
    """Stokes flow: T = T' Omega, so that the gradient is the torque over the rate, within the flow's inertia."""
    mesh = TriangleMesh.cylinder(5.0, (16.0, 16.0, -9.0), (16.0, 16.0, 9.0), 96)
    motion = RigidVelocity((0.0, 0.0), (1e-4,), (16.0, 16.0))
    simulation = Simulation(
        box((32, 32), device=device), viscosity=0.1, precision=wp.float64,
        obstacles=[Obstacle("body", mesh, wall=Bouzidi(), motion=motion)],
    )
    value, (slope,) = value_and_grad(
        Torque("body", (16.0, 16.0)), simulation, steps=400, wrt=(Parameter("body.rotation_z"),)
    )
    assert value < 0.0
    assert float(slope) == pytest.approx(value / 1e-4, rel=1e-4)
