"""Several values as one: exact sums, bounds of the smooth worst, derivatives."""

import numpy as np
import pytest

from sparselbm.design.constraint.aggregate import Mean, MeanAndDeviation, Worst
from sparselbm.errors import BoundsError

WEIGHTS = np.array([0.5, 0.3, 0.2])
VALUES = np.array([1.2, 0.7, 1.1])


@pytest.mark.parametrize("aggregate", [Mean(), MeanAndDeviation(), MeanAndDeviation(3.0), Worst(), Worst(0.1)], ids=repr)
@pytest.mark.parametrize("values", [VALUES, np.full(3, 1.2), -VALUES], ids=["apart", "equal", "negative"])
def test_gradients_agree_with_central_differences(aggregate, values):
    h = 1e-6
    central = [
        (aggregate.value(values + h * e, WEIGHTS) - aggregate.value(values - h * e, WEIGHTS)) / (2 * h) for e in np.eye(3)
    ]
    assert aggregate.gradient(values, WEIGHTS) == pytest.approx(central, abs=1e-6)


def test_mean_and_deviation_of_weighted_values():
    mean = 0.5 * 1.2 + 0.3 * 0.7 + 0.2 * 1.1
    deviation = np.sqrt(WEIGHTS @ (VALUES - mean) ** 2)
    assert Mean().value(VALUES, WEIGHTS) == pytest.approx(mean)
    assert MeanAndDeviation(2.0, floor=0.0).value(VALUES, WEIGHTS) == pytest.approx(mean + 2.0 * deviation)
    assert MeanAndDeviation(2.0).value(np.full(3, 0.8), WEIGHTS) == pytest.approx(0.8)


@pytest.mark.parametrize("margin", [0.1, 0.01])
def test_the_smooth_worst_lies_above_the_largest_by_at_most_its_margin(margin):
    rng = np.random.default_rng(0)
    for values in rng.normal(size=(50, 3)) * 10.0 ** rng.uniform(-3, 3, (50, 1)):
        excess = Worst(margin).value(values, WEIGHTS) - values.max()
        assert 0.0 <= excess <= margin * np.abs(values).max() * (1 + 1e-12)
    with pytest.raises(BoundsError, match="margin"):
        Worst(0.0)
