"""An inlet's profile by a few numbers: exact where it is linear, and its gradient against central differences."""

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import NodalValues, Stored, value_and_grad
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, NodalProfile, PressureOutlet, VelocityInlet, ZouHeVelocity
from sparselbm.observe import KineticEnergy, evaluate
from sparselbm.solver import Simulation

NODES, VALUES = (1.0, 6.0, 9.0, 15.0), (0.5, 1.4, 0.8, 1.1)


def channel(values, device, kind=VelocityInlet):
    inlet = kind(X_MIN, (0.05, 0.02), profile=NodalProfile(1, NODES, tuple(values)))
    return Simulation(
        box((16, 16), device=device), viscosity=0.05, boundaries=(inlet, PressureOutlet(X_MAX)), precision=wp.float64
    )


def test_values_between_nodes_are_linear_and_beyond_them_constant():
    places = np.array([[0.0, 0.5], [0.0, 1.0], [0.0, 3.5], [0.0, 9.0], [0.0, 15.5]])
    factors = NodalProfile(1, NODES, VALUES).factors(places, (16, 16), 0)
    assert factors == pytest.approx([0.5, 0.5, 0.95, 0.8, 1.1])


@pytest.mark.parametrize(
    ("kind", "values"),
    [(VelocityInlet, VALUES), (VelocityInlet, (0.0, 0.0, 0.0, 1.1)), (ZouHeVelocity, VALUES)],
    ids=["on links", "a tile of zeros", "at centres"],
)
def test_the_gradient_in_the_nodes_agrees_with_central_differences(device, kind, values):
    steps, h = 12, 1e-4

    def energy(values):
        simulation = channel(values, device, kind)
        simulation.run(steps)
        return evaluate(KineticEnergy(), simulation)

    simulation = channel(values, device, kind)
    _, (found,) = value_and_grad(KineticEnergy(), simulation, steps=steps, wrt=(NodalValues("x_min"),), method=Stored())
    central = [(energy(values + h * e) - energy(values - h * e)) / (2 * h) for e in np.eye(4)]
    assert found == pytest.approx(central, rel=1e-7, abs=1e-9 * max(central))


@pytest.mark.parametrize(("nodes", "values", "words"), [
    ((1.0, 1.0), (1.0, 1.0), "rising"),
    ((1.0, 2.0), (1.0,), "one finite factor a node"),
])
def test_profiles_without_a_meaning_are_refused(nodes, values, words):
    with pytest.raises(ValueError, match=words):
        NodalProfile(1, nodes, values)
