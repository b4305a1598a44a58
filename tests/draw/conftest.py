"""A case for the drawings."""

import pytest
from draw_cases import case


@pytest.fixture
def ball(tmp_path):
    """A ball in a uniform stream."""
    return case(tmp_path / "ball.usda")
