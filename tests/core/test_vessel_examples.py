"""The examples of flow inside a prim: a tree of vessels and a manifold."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

import manifold
import vessel_tree

from sparselbm.settle import Settle


def outlets(found):
    return {name: each for name, each in found["openings"].items() if each["kind"] == "outlet"}


def test_a_tree_of_vessels_fills_under_3_per_cent_of_its_box(device):
    """And its ends obey Murray's law: 2^3 = 8 vessels of half the diameter."""
    plan = vessel_tree.plan_of(8.0, device)
    assert 0.02 < plan.share_of_box < 0.03
    assert plan.cells < 0.12 * np.prod(plan.domain.shape)
    assert plan.domain.fluid_cells * plan.voxel_size**3 == pytest.approx(plan.surface.volume, rel=0.01)
    cubes = {name: cap.hydraulic_diameter**3 for name, cap in plan.caps.items()}
    assert sum(cubes[name] for name in plan.outlets) == pytest.approx(cubes["/World/Inlet"], rel=0.08)
    assert cubes["/World/Inlet"] == pytest.approx(8e-9, rel=0.03)


@pytest.mark.validate
def test_an_eighth_of_the_blood_leaves_through_each_end(device):
    found = vessel_tree.tree(vessel_tree.plan_of(8.0, device))
    assert abs(found["mass_balance"]) < 0.02
    shares = [-each["flow_rate"] / found["flow_rate"] for each in outlets(found).values()]
    assert shares == pytest.approx([1 / 8] * 8, rel=0.05)


def test_a_manifold_gives_its_last_runners_more_than_its_first(device):
    found = manifold.manifold(manifold.plan_of(8.0, device), Settle(tolerance=5e-3, stretch=100, limit=1200))
    shares = [-each["flow_rate"] / found["flow_rate"] for each in outlets(found).values()]
    assert abs(found["mass_balance"]) < 0.03
    assert shares[0] < shares[1] < shares[2]
    assert found["pressure_drop"] > 0.0
