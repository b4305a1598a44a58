"""Minion and Brown's double shear layer at a Reynolds number that is far from resolved: which collisions hold it."""

import runpy
from pathlib import Path

import pytest

from sparselbm.models.collision import BGK, KBC, TRT, CentralMoment, Cumulant, RecursiveRegularised
from sparselbm.models.turbulence import Smagorinsky

STABILITY = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "stability.py"))
VISCOSITY = STABILITY["SPEED"] * 128 / 3e4
"""Re = 30,000 on 128 cells."""


@pytest.mark.validate
@pytest.mark.parametrize(
    "collision",
    [CentralMoment(), Cumulant(), RecursiveRegularised(), KBC(), Smagorinsky(BGK(), 0.1)],
    ids=lambda model: type(model).__name__,
)
def test_these_hold_thin_layers(collision, device):
    assert STABILITY["holds"]("double shear layer", collision, VISCOSITY, device)


@pytest.mark.validate
@pytest.mark.parametrize("collision", [BGK(), TRT()], ids=["BGK", "TRT"])
def test_these_do_not(collision, device):
    assert not STABILITY["holds"]("double shear layer", collision, VISCOSITY, device)
