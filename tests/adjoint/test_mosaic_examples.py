"""The numbers that examples/mosaic_*.py print, but for their times."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.validate
def test_the_inflow_that_spares_a_cylinder_drag(device):
    """The gradient is that of differences, and a few steps along it halve the loss."""
    example = runpy.run_path(str(EXAMPLES / "mosaic_cylinder.py"))
    start, flow = example["START"], example["flow"]
    first, gradient = example["loss_and_gradient"](start, flow(start, device))
    assert example["cosine"](gradient, device) > 0.999999
    best = minimize(
        lambda p: example["loss_and_gradient"](p, flow(p, device)), start, jac=True, bounds=[(0.0, 1.5)] * 32,
        options={"maxiter": 8},
    )
    assert best.fun < 0.5 * first


def test_the_start_of_a_periodic_flow(device):
    """From rest: the loss falls by 100 at least, and what is found is the start itself."""
    problem = runpy.run_path(str(EXAMPLES / "mosaic_initial.py"))["Recovery"](device)
    half = 0.5 * problem.true
    assert problem.cosine(half, problem.loss_and_gradient(half)[1], count=6) > 0.999999
    found = minimize(problem.loss_and_gradient, np.zeros_like(half), jac=True, method="L-BFGS-B", options={"maxiter": 15})
    assert found.fun < 1e-2
    assert np.linalg.norm(found.x - problem.true) < 0.2 * np.linalg.norm(problem.true)
