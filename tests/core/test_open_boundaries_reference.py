"""The compiled kernels of conditions on open faces against dense NumPy, to rounding, where they meet others in corners."""

import numpy as np
import pytest
import warp as wp
from reference_from_models import DenseFlow
from states import dense_state, noise, set_dense_state

from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    Z_MAX,
    CharacteristicOutlet,
    ConvectiveOutlet,
    FreeSlip,
    GradPressure,
    GradVelocity,
    MovingWall,
    RegularisedPressure,
    RegularisedVelocity,
    VelocityInlet,
    ZouHePressure,
    ZouHeVelocity,
)
from sparselbm.models.turbulence import WallFunction
from sparselbm.solver import Simulation

PAIRS = [
    (ZouHeVelocity, ZouHePressure), (RegularisedVelocity, RegularisedPressure), (GradVelocity, GradPressure),
    (VelocityInlet, CharacteristicOutlet), (VelocityInlet, ConvectiveOutlet),
]


@pytest.mark.parametrize("lattice", [D2Q9, pytest.param(D3Q19, marks=pytest.mark.validate), D3Q27], ids=repr)
@pytest.mark.parametrize(("inlet", "outlet"), PAIRS, ids=lambda kind: kind.__name__)
def test_inlet_and_outlet_meet_walls_and_slip(inlet, outlet, lattice, device):
    """A box with an oblique inlet, an outlet, and faces with friction, slip, or a motion of their own, from noise, five steps."""
    d, steps = lattice.dimension, 5
    conditions = (
        WallFunction(Y_MIN, 1e-5), FreeSlip(Y_MAX), inlet(X_MIN, (0.05, 0.01, -0.01)[:d]), outlet(X_MAX, 1.01),
        *([MovingWall(Z_MAX, (0.02, -0.01, 0.0))] if d == 3 else []),
    )
    domain = box((19, 10, 12)[:d], device=device)
    simulation = Simulation(domain, lattice=lattice, viscosity=0.07, boundaries=conditions, precision=wp.float64)
    f = noise(lattice, domain.shape)
    set_dense_state(simulation, f)
    reference = DenseFlow(
        lattice, simulation.physics.collision, 0.07, f, periodic=domain.periodic, boundaries=simulation.physics.boundaries
    )
    simulation.run(steps)
    for _ in range(steps):
        reference.step()
    assert np.abs(dense_state(simulation) - reference.populations).max() < 1e-12
