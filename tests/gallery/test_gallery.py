"""The numbers that the gallery's examples print, on coarser grids."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.validate
def test_water_through_a_packing_of_spheres(device):
    """Within 5 % of van der Hoef et al. 2005 for arrays at random, with 8 cells across a sphere."""
    example = runpy.run_path(str(EXAMPLES / "sphere_packing.py"))
    assert example["permeability"](40, device=device) == pytest.approx(example["reference"](), rel=0.05)


def test_the_slant_of_a_body_on_a_road(device):
    """0.0968 N with 25 mm."""
    example = runpy.run_path(str(EXAMPLES / "ahmed_slants.py"))
    (force,) = example["drags"](("deg_35",), voxel_size=0.045, tolerance=0.01, device=device).values()
    assert force == pytest.approx(0.0960, rel=0.01)


@pytest.mark.validate
def test_a_slant_takes_drag(device):
    """With 25 mm a slant of 35 degrees takes 2.7 % of the drag of none; with 45 mm 2.3 %."""
    example = runpy.run_path(str(EXAMPLES / "ahmed_slants.py"))
    forces = example["drags"](("deg_0", "deg_35"), voxel_size=0.045, device=device)
    assert forces["deg_35"] / forces["deg_0"] == pytest.approx(0.977, abs=0.005)
