"""The demo at its coarsest: the bunny of the bundled scene, optimised by one iteration, and judged."""

import json

import pytest
from pxr import Usd

from sparselbm.cli.demo import LEAST_REDUCTION, failures
from sparselbm.results.stage import validate_stage

COARSE = ("demo", "--voxel-size", "0.12", "--no-grid-check", "--output", "found")


def test_drag_falls_at_fixed_volume(in_process, tmp_path):
    """One iteration with 8 cells across; results in the stage, the summary and on the screen are one."""
    code, out, err = in_process(*COARSE, "--iterations", "1", "--device", "cpu")
    summary = json.loads((tmp_path / "found" / "summary.json").read_text())
    assert code == 0
    assert 0.005 < summary["defect_correction"]["own_reduction"] < 0.05
    assert abs(summary["volume_change"]) < 1e-3
    assert f"reduction {summary['reduction']:.1%}" in " ".join(out.split())
    assert "reference length  1.004 m, 8.4 cells" in out
    assert any("the smallest length is 8.36" in doubt for doubt in summary["doubts"])
    assert "Warning: the smallest length is 8.36" in err
    assert (summary["run"]["command"], summary["run"]["options"]["voxel_size"]) == ("demo", 0.12)
    assert "OpenUSD finds no error in the results stage." in out
    stage = tmp_path / "found" / "bunny_tunnel_results.usda"
    assert validate_stage(stage) == []
    assert Usd.Stage.Open(str(stage)).GetPrimAtPath("/World/Bunny/bunny").IsValid()


@pytest.mark.parametrize(
    ("reduction", "volume_change", "errors", "found"),
    [
        (0.101, 0.004, [], []),
        (0.1, -0.004, [], ["drag fell by 10.0%, expected more than 10%: increase --iterations"]),
        (-0.01, 0.0, [], ["drag fell by -1.0%, expected more than 10%: increase --iterations"]),
        (0.2, -0.006, [], ["the volume changed by -0.60%, limit 0.5%"]),
        (0.2, 0.0, ["no default prim"], ["OpenUSD: no default prim"]),
    ],
)
def test_failures_of_the_default_run(reduction, volume_change, errors, found):
    summary = {"reduction": reduction, "volume_change": volume_change, "defect_correction": None}
    assert failures(summary, errors, LEAST_REDUCTION) == found
    corrected = {**summary, "reduction": 0.0, "defect_correction": {"own_reduction": reduction}}
    assert failures(corrected, errors, LEAST_REDUCTION) == found


def test_other_settings_have_to_reduce_the_drag_at_all():
    summary = {"volume_change": 0.0, "defect_correction": None}
    assert not failures({"reduction": 1e-4, **summary}, [], 0.0)
    assert failures({"reduction": 0.0, **summary}, [], 0.0)
