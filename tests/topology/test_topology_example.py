"""The numbers that examples/pipe_bend.py prints, on fewer cells."""

import runpy
from math import pi
from pathlib import Path

import numpy as np
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "pipe_bend.py"


def test_the_least_bend_is_a_straight_diagonal(device):
    """The values of q = 0.01 and 0.1 on 20 cells (9.66 on 100 cells); symmetric; one pipe along the chord."""
    losses, rho = runpy.run_path(str(EXAMPLE))["bend"](20, 15, device)
    assert losses == pytest.approx([19.73, 6.99, 10.89], rel=0.01)
    assert rho.mean() == pytest.approx(0.08 * pi, rel=2e-3)
    assert np.abs(rho - rho.T).mean() < 0.01
    across = rho[np.arange(20), np.arange(20)]
    assert across[8:10].min() > 0.9
    assert max(across[:6].max(), across[13:].max()) < 0.1
