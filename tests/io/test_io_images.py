"""Pictures hold what was given, where it was given."""

from dataclasses import dataclass

import numpy as np
import pytest

from sparselbm.results.images import convergence


@dataclass(frozen=True, eq=False)
class Step:
    iteration: int
    objective: float
    constraints: dict
    feasible: bool = True


def pixels(path):
    from matplotlib.image import imread

    return imread(path)[..., :3]


@pytest.mark.parametrize("components", [0, 1, 3, 12])
def test_convergence_draws_falling_objective(tmp_path, components):
    history = [Step(k, 1 / (k + 1), {"box": np.full(components, -0.1 * k)}, k > 2) for k in range(8)]
    convergence(tmp_path / "a.png", history)
    image = pixels(tmp_path / "a.png")
    blue = np.abs(image[: len(image) // 2] - (0.122, 0.467, 0.706)).max(axis=-1) < 0.05
    columns = np.nonzero(blue.any(axis=0))[0]
    first, last = (np.nonzero(blue[:, c])[0].mean() for c in (columns[5], columns[-5]))
    assert first < last


def test_empty_history_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no iteration"):
        convergence(tmp_path / "a.png", [])
