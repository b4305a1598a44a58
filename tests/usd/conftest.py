"""Scenes of the repository, and copies of them that a test may build on."""

import shutil
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[2] / "assets"


@pytest.fixture
def assets():
    return ASSETS


@pytest.fixture
def copied(tmp_path):
    """Copies a scene of the repository to where results may be written beside it."""

    def copy(name):
        return Path(shutil.copy(ASSETS / f"{name}.usda", tmp_path / f"{name}.usda"))

    return copy


@pytest.fixture
def written(tmp_path):
    """Writes a scene from its text."""

    def write(text, name="scene.usda"):
        path = tmp_path / name
        path.write_text("#usda 1.0\n" + text)
        return path

    return write
