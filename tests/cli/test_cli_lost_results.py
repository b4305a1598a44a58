"""A file that cannot be written, for a full disk or a fault of its writer, is the only one that is lost, and is named."""

import json

import pytest
from cli_cases import scene_of

from sparselbm.errors import ResultLostWarning
from sparselbm.geometry import TriangleMesh
from sparselbm.results import over_time, slice_picture
from sparselbm.results.draw import Slice, SurfaceValues

TINY = ("--voxel-size", 0.12, "--margins", "0.5,1,0.4", "--max-steps", 40, "--device", "cpu")
FAULTS = {
    "a drawing": (Slice, "draw", "the drawing Slice", ()),
    "a surface": (SurfaceValues, "draw", "the drawing SurfaceValues", ()),
    "a picture": (slice_picture, "draw_panels", "slice.png", ("slice.png",)),
    "a plot": (over_time, "draw_history", "history.png", ("history.png",)),
}
"""Where a writer fails: owner and name of the function, name of the lost result, files that are missing."""


FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("fault", "error"), [*((each, FULL) for each in FAULTS), ("a drawing", MemoryError()), ("a picture", TypeError("a fault"))]
)
def test_a_lost_result_costs_no_other(fault, error, in_process, tmp_path, monkeypatch):
    owner, name, lost, missing = FAULTS[fault]

    def fails(*_, **__):
        raise error

    monkeypatch.setattr(owner, name, fails)
    path = scene_of(tmp_path / "ball.usda", {"Ball": TriangleMesh.sphere(0.5, subdivisions=2)})
    with pytest.warns(ResultLostWarning, match=lost):
        code, said, _ = in_process("run", path, *TINY, "--draw", "slice", "--draw", "surface", "--output", tmp_path / "out")
    assert code == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert f"{summary['drag_coefficient']:.4f}" in said
    expected = {"ball_results.usda", "summary.json", "slice.png", "history.png", "time_series.csv"} - set(missing)
    assert expected <= {path.name for path in (tmp_path / "out").iterdir()}
