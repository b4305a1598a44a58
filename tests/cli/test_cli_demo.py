"""Limits of the demo: a reduction of ten per cent with its default settings, and any reduction with others."""

from types import SimpleNamespace

import pytest

from sparselbm.cli import demo

COARSE = ("--voxel-size", "0.11", "--iterations", "4", "--no-grid-check")


@pytest.mark.parametrize(
    ("options", "reduction", "code"),
    [((), 0.12, 0), ((), 0.091, 1), (COARSE, 0.091, 0), (COARSE, -0.01, 1), (("--seconds", "60"), 0.02, 0)],
)
def test_ten_per_cent_are_asked_of_the_default_run_alone(in_process, monkeypatch, options, reduction, code):
    """In place of the minutes of the flow: what it is judged by."""
    written = SimpleNamespace(stage=SimpleNamespace(path="demo_results.usda"))
    monkeypatch.setattr(demo, "run_optimization", lambda *_, **__: (written, {"reduction": reduction, "volume_change": 0.001}))
    monkeypatch.setattr(demo, "validate_stage", lambda path: [])
    found, _, err = in_process("demo", *options, "--device", "cpu")
    assert found == code
    assert (f"drag fell by {reduction:.1%}, expected more than" in err) == (code == 1)
