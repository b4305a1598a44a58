"""The numbers that examples/multi_step_optimisation.py prints."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import Checkpointed, FromMoments, Moments, Run, Steady, Stored
from sparselbm.errors import AdjointError

EXAMPLE = Path(__file__).parents[2] / "examples" / "multi_step_optimisation.py"


@pytest.fixture(scope="module")
def example():
    return runpy.run_path(str(EXAMPLE))


def test_the_loss_falls_by_ten_thousand(device, example):
    losses = example["by_scipy"](Stored(), device)
    assert losses[0] > 80.0
    assert min(losses) < 1e-4 * losses[0]


def test_checkpointed_gives_the_same_gradient(device, example):
    """To the last bit, so that the optimiser goes the same way."""
    gradients = []
    for method in (Stored(), Checkpointed("1 MiB")):
        run, hill = example["case"](method, device)
        start = np.stack([1.0 + 0.01 * hill, 0.0 * hill, 0.0 * hill], axis=1)
        there = run.at(wp.array(start, dtype=wp.float32, device=run.device))
        gradients.append(there.pullback(there.outputs(), wanted=[True])[0].numpy())
    assert np.abs(gradients[0]).max() > 1.0
    assert np.array_equal(*gradients)


def test_steady_does_not_apply(device, example):
    run, _ = example["case"](Stored(), device)
    with pytest.raises(AdjointError, match="does not depend on it: use Stored or Checkpointed"):
        Run(run.simulation, 200, start=FromMoments(), outputs=[Moments()], method=Steady())


def test_the_loss_falls_by_ten_thousand_in_pytorch(device, example):
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sparselbm[torch]'")
    losses = example["by_torch"](device)
    assert losses[0] > 80.0
    assert min(losses) < 1e-4 * losses[0]
