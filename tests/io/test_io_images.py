"""Pictures hold what was given, where it was given."""

from dataclasses import dataclass

import numpy as np
import pytest

from sparselbm.results.images import before_after, convergence


@dataclass(frozen=True, eq=False)
class Step:
    iteration: int
    objective: float
    constraints: dict
    feasible: bool = True


def pixels(path):
    from matplotlib.image import imread

    return imread(path)[..., :3]


def share(image, colour, tolerance=0.02):
    return float((np.abs(image - colour).max(axis=-1) < tolerance).mean())


def test_obstacle_is_grey_where_it_stands(tmp_path):
    """Left slice: solid in its lower left quarter; right slice: none."""
    field = np.ones((40, 20))
    field[20:] = 2.0
    solid = np.zeros((40, 20))
    solid[:20, :10] = 1.0
    before_after(tmp_path / "a.png", field, field, extent=(0.0, 2.0, 0.0, 1.0), solid_before=solid)
    image = pixels(tmp_path / "a.png")
    grey = np.abs(image - 0.55).max(axis=-1) < 0.01
    rows, columns = np.nonzero(grey)
    # Letters have grey edges; the solid is what lies on the left.
    assert (columns < image.shape[1] / 2).mean() > 0.99
    rows, columns = rows[columns < image.shape[1] / 2], columns[columns < image.shape[1] / 2]
    low, high = np.array([0.127568, 0.566949, 0.550556]), np.array([0.993248, 0.906157, 0.143936])
    # One scale from 0 to 2: 1 is viridis' middle, 2 its end; the solid covers a quarter of the left slice.
    assert share(image, high) == pytest.approx(share(image, low) * 4 / 3, rel=0.1)
    assert grey.mean() == pytest.approx(share(image, low) / 3, rel=0.1)
    middle = np.nonzero(np.abs(image[:, : image.shape[1] // 2] - high).max(axis=-1) < 0.02)
    assert np.percentile(columns, 99) <= middle[1].min() + 2
    assert rows.mean() > middle[0].mean()


@pytest.mark.parametrize("fields", [
    (np.ones((4, 5)), np.ones((5, 4))),
    (np.ones(4), np.ones(4)),
    (np.full((4, 4), np.nan), np.full((4, 4), np.nan)),
])
def test_slices_are_refused(tmp_path, fields):
    with pytest.raises(ValueError, match=r"same shape|diverged"):
        before_after(tmp_path / "a.png", *fields, extent=(0, 1, 0, 1))
    assert list(tmp_path.iterdir()) == []


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
