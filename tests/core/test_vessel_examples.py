"""The examples of flow inside a prim: a tree of vessels and a manifold."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

import manifold
import vessel_tree

from sparselbm.flows import SteadyRun


def shares(found):
    """Of each outlet in all that leaves."""
    rates = np.array([each["flow_rate"] for each in found["openings"].values() if each["kind"] == "outlet"])
    return rates / rates.sum()


def test_a_tree_of_vessels_fills_under_3_per_cent_of_its_box(device):
    """And its ends obey Murray's law: 2^3 = 8 vessels of half the diameter."""
    setup = vessel_tree.setup_of(0.12e-3, device)
    assert 0.02 < setup.share_of_box < 0.03
    assert setup.cells < 0.12 * np.prod(setup.domain.shape)
    assert setup.domain.fluid_cells * setup.voxel_size**3 == pytest.approx(setup.surface.volume, rel=0.01)
    cubes = {name: cap.hydraulic_diameter**3 for name, cap in setup.caps.items()}
    assert sum(cubes[name] for name in setup.outlets) == pytest.approx(cubes["/World/Inlet"], rel=0.08)
    assert cubes["/World/Inlet"] == pytest.approx(8e-9, rel=0.03)


@pytest.mark.validate
def test_an_eighth_of_the_blood_leaves_through_each_end(device):
    found = vessel_tree.tree(vessel_tree.setup_of(0.12e-3, device))
    assert abs(found["mass_balance"]) < 0.05
    assert shares(found) == pytest.approx([1 / 8] * 8, rel=0.03)


def test_a_manifold_has_one_inlet_and_four_equal_outlets(device):
    setup = manifold.setup_of(2.1e-3, device)
    assert setup.share_of_box == pytest.approx(0.164, abs=0.005)
    assert setup.reynolds == pytest.approx(60.0, rel=0.02)
    areas = [setup.caps[name].area for name in setup.outlets]
    assert areas == pytest.approx([np.pi * 9e-3**2] * 4, rel=0.04)


@pytest.mark.validate
def test_each_runner_of_a_manifold_gets_less_than_the_one_before_it(device):
    """Before the flow is at rest, too."""
    found = manifold.manifold(manifold.setup_of(2.1e-3, device), SteadyRun(interval=100, max_steps=600))
    assert (np.diff(shares(found)) < 0.0).all()
    assert shares(found)[0] > 0.26
    assert found["pressure_drop"] > 0.0


@pytest.mark.validate
def test_the_shares_of_the_runners_and_the_balance_of_mass(device):
    found = manifold.manifold(manifold.setup_of(2.1e-3, device))
    assert abs(found["mass_balance"]) < 0.02
    assert shares(found) == pytest.approx([0.275, 0.255, 0.237, 0.230], abs=0.01)


@pytest.mark.parametrize("example", [vessel_tree, manifold])
def test_what_is_shipped_warns_of_nothing_and_its_caps_are_flat(example):
    setup = example.setup_of(device="cpu")
    assert setup.warnings == ()
    for cap in setup.caps.values():
        assert cap.mesh.area == pytest.approx(cap.area, rel=1e-4)  # None of its faces lies over another.
