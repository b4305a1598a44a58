"""Steady gradients: mixing reaches the same fixed point in fewer iterations."""

import numpy as np
import pytest
from test_methods import settling

from sparselbm.adjoint import Anderson, Parameter, Points, Steady, value_and_grad
from sparselbm.adjoint.anderson import Mixing
from sparselbm.adjoint.convergence_probe import still_to_come
from sparselbm.errors import AdjointError
from sparselbm.observe import evaluate


def test_mixing_solves_what_it_has_room_for():
    """x = A x + b with d eigenvalues close to 1: with as many differences, d + 2 results are enough; unseen cells go on."""
    rng, cells, size = np.random.default_rng(4), 64, 3
    seen = (np.arange(cells) < 60).astype(float)[None, None]
    basis = np.linalg.qr(rng.standard_normal((size * cells, 4)))[0] * np.broadcast_to(seen, (1, size, cells)).reshape(
        -1, 1
    )
    basis = np.linalg.qr(basis)[0]
    step, b = basis @ np.diag([0.999, 0.99, -0.98, 0.95]) @ basis.T, basis @ np.ones(4)
    exact = basis @ (1.0 / (1.0 - np.array([0.999, 0.99, -0.98, 0.95])))
    mixing, x = Mixing(4, seen, size), np.zeros(size * cells)
    for _ in range(6):
        x = mixing.next(x.copy(), step @ x + b)
    assert np.abs(x - exact).max() < 1e-6 * np.abs(exact).max()
    end = rng.standard_normal(size * cells)
    unseen = np.broadcast_to(seen == 0.0, (1, size, cells)).ravel()
    assert np.array_equal(mixing.next(x, end)[unseen], end[unseen])


def settled_steps(simulation, objective, tolerance: float) -> int:
    """Steps from rest until the objective is within the tolerance, by the estimate that gradients use."""
    value, change, calm, steps = np.nan, np.inf, 0, 0
    while calm < 2:
        simulation.run(100)
        steps += 100
        before, value, last = value, evaluate(objective, simulation), change
        change = np.inf if np.isnan(before) else abs(value / before - 1.0)
        calm = calm + 1 if still_to_come(change, last) < tolerance else 0
    return steps


@pytest.mark.parametrize("kind", ["inlet and outlet", "periodic, walls"])
def test_mixing_saves_iterations(device, kind):
    """To 1e-4: the same gradient, in at most 0.7 of the plain iterations and 1.5 of the flow's own steps from rest."""
    simulation, objective, drive = settling(device, kind)
    forward = settled_steps(simulation, objective, 1e-4)
    simulation.run(6000)
    found, iterations = [], []
    for depth in (0, 5):
        looks = []
        method = Steady(tolerance=1e-4, acceleration=Anderson(depth))
        wrt = (Points("body"), Parameter("viscosity"), Parameter(drive))
        found.append(value_and_grad(objective, simulation, steps=0, wrt=wrt, method=method, on_back=looks.append)[1])
        iterations.append(100 * len(looks))
    print(kind, "flow", forward, "plain", iterations[0], "mixed", iterations[1])
    errors = [np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in zip(*found, strict=True)]
    assert max(errors) < 3e-4
    assert iterations[1] <= 0.7 * iterations[0]
    assert iterations[1] <= 1.5 * forward


def test_depths_below_zero():
    with pytest.raises(AdjointError, match=r"depth=-1.* at least 0"):
        Anderson(-1)
