"""The vortex street of the tutorial, from its stage alone by the command line."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pxr import Usd

from sparselbm.cli.app import app
from sparselbm.cli.exits import exit_code_of

STAGE = Path(__file__).parents[2] / "assets" / "vortex_street.usda"
DRAG, STROUHAL = 1.34, 0.165
"""Unbounded flow at Reynolds number 100: Park, Kwon & Choi 1998, KSME Int. J. 12, 1200; Linnick & Fasel 2005, J. Comput. Phys.
204, 157."""


@pytest.mark.validate
def test_vortex_street_of_a_cylinder(tmp_path, device):
    """Mean drag and Strouhal number within 3 %, and frames of the whole street in real time divided by the playback speed."""
    output = tmp_path / "out"
    arguments = ["run", STAGE, "--draw", "slice=z", "--output", output, "--device", device]
    assert exit_code_of(partial(app, list(map(str, arguments)), prog_name="sparselbm")) == 0
    found = json.loads((output / "summary.json").read_text())
    print(f"C_d {found['drag_coefficient']:.4f}, St {found['strouhal']:.4f} +- {found['strouhal_error']:.1g}")
    assert found["statistics"]["periods"] >= 8
    assert found["statistics"]["leading"] == "side force coefficient"
    assert found["drag_coefficient"] == pytest.approx(DRAG, rel=0.03)
    assert found["strouhal"] == pytest.approx(STROUHAL, rel=0.03)
    stage = Usd.Stage.Open(str(output / "vortex_street_results.usda"))
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (0.0, pytest.approx(120.0 * 24.0 / 4.0))
    field = stage.GetPrimAtPath("/World/Results/Slices/speed_z").GetAttribute("primvars:speed")
    period = 24.0 / 4.0 / found["statistics"]["frequency"]["value"]
    last, half, whole = (np.array(field.Get(round((720.0 - n * period) / 3.0) * 3.0)) for n in (0.0, 0.5, 1.0))
    assert np.abs(whole - last).mean() < 0.3 * np.abs(half - last).mean()
