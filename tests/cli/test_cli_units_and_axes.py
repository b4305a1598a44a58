"""The same sphere in other units of length and along other axes has the same drag; that in larger boxes tends to a limit."""

import json
from dataclasses import replace

import numpy as np
import pytest
from cli_cases import scene_of

from sparselbm.flows import WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.scene.usd import Scene

BALL = TriangleMesh.sphere(0.5, subdivisions=3)
AXES = [np.array(axis) for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0))]
TUNNEL = WindTunnel(voxel_size=0.12, reynolds=40.0, upstream=1.0, downstream=1.5, side=0.7)


def drag(folder, device, unit=1.0, axis=AXES[0]):
    """Drag [N] soon after the start, of the sphere on a stage whose unit of length is `unit` metres."""
    scene = Scene.open(scene_of(folder / "ball.usda", {"Ball": BALL}, unit))
    flow = replace(TUNNEL, direction=tuple(axis)).in_scene(scene, device=device).build()
    flow.run(0.5)
    return flow.value()


def test_the_drag_is_the_same_in_every_unit_and_along_every_axis(tmp_path, device):
    """To 1e-5 in millimetres, centimetres and metres, and to 1e-3 along the axes."""
    expected = drag(tmp_path, device)
    assert [drag(tmp_path, device, unit=unit) for unit in (1e-3, 1e-2)] == pytest.approx([expected] * 2, rel=1e-5)
    assert [drag(tmp_path, device, axis=axis) for axis in AXES[1:]] == pytest.approx([expected] * 2, rel=1e-3)


@pytest.mark.validate
def test_the_drag_in_larger_boxes_tends_to_that_in_unbounded_flow(tmp_path, in_process):
    """C_d of a sphere at Re 100 is 1.09; the effect of the sides is estimated in a doubt above 3 % of blockage."""
    found, scene = [], scene_of(tmp_path / "ball.usda", {"Ball": BALL})
    for margins in ("2,4,1.5", "3,6,2.5", "4,8,4", "6,10,6"):
        code, _, wrong = in_process(
            "run", scene, "--reynolds", "100", "--voxel-size", "0.1", "--wall", "interpolated", "--margins", margins,
            "--draw", "slice", "--output", tmp_path / margins,
        )
        assert code == 0, wrong
        run = json.loads((tmp_path / margins / "summary.json").read_text())
        blocked = [doubt for doubt in run["doubts"] if "cross-section" in doubt]
        found.append((margins, run["blockage"], run["drag_coefficient"], blocked))
        print(*found[-1])
        assert bool(blocked) == (run["blockage"] > 0.03)
    drags = [drag for _, _, drag, _ in found]
    assert drags == sorted(drags, reverse=True)
    assert drags[-1] == pytest.approx(1.09, rel=0.03)
