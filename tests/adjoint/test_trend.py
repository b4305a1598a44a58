"""The gradient is the slope of the objective over cells, not over a difference that no optimiser ever takes."""

import numpy as np
import pytest
from trend_cases import CYLINDER, Sweep, swelling
from trend_document import BODIES, SHAPES, WALLS, measure

from sparselbm.geometry import SolidFraction


def test_the_gradient_follows_the_trend(device):
    """A cylinder in a square array, R = 5 to 7: 1 +- 0.02 at every place (measured 0.999 to 1.001, 3e-5)."""
    sweep = Sweep(swelling(CYLINDER), SolidFraction(), device, viscosity=0.5, steps=2000)
    found = sweep.run(np.linspace(0.0, 2.0, 6))
    assert found.ratio == pytest.approx(np.ones(4), abs=0.02)
    assert found.distance < 5e-4


@pytest.mark.validate
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("wall", WALLS)
def test_every_wall_and_variable_has_its_place_in_the_document(device, wall, shape, body):
    """Over four cells: by solid fractions 1 +- 0.02 everywhere, roughness at most 5e-4; walls on links stand beside."""
    found = measure(body, shape, wall, device)
    print(f"{body}, {shape}, {wall}: {found.ratio.min():.4f} to {found.ratio.max():.4f}, roughness {found.distance:.1e}")
    assert np.isfinite(found.values).all()
    if WALLS[wall] == SolidFraction():
        assert found.ratio == pytest.approx(np.ones(11), abs=0.02)
        assert found.distance < 5e-4
