"""Scenes of the repository."""

from pathlib import Path

import pytest


@pytest.fixture
def assets():
    return Path(__file__).parents[2] / "assets"
