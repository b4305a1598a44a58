"""Level sets as obstacles: volume and centre of what they are the distance to."""

import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from sparselbm.errors import SceneError
from sparselbm.files.grid import GridClass, TileGrid
from sparselbm.files.nvdb import write_nvdb
from sparselbm.files.vdb import write_vdb
from sparselbm.geometry import inspect_mesh
from sparselbm.scene.usd import Scene

VOXEL, RADIUS, CENTRE = 0.015, 0.6, np.array((0.11, -0.23, 0.37))


def ball(path, *, band=3.0, name="ball", grid_class=GridClass.LEVEL_SET, reach=9, offset=0.0):
    """The distance to a sphere, kept where it is less than `band` voxels."""
    tiles = np.stack(np.meshgrid(*[np.arange(-reach, reach)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    within = np.moveaxis(np.indices((8, 8, 8)), 0, -1).reshape(-1, 3)
    distance = np.linalg.norm(VOXEL * (8 * tiles[:, None] + within) - CENTRE, axis=-1) - RADIUS + offset
    active = np.abs(distance) < band * VOXEL
    kept = active.any(axis=1)
    grid = TileGrid(
        name=name, tiles=tiles[kept].astype(np.int32), values=distance[kept].astype(np.float32), voxel_size=VOXEL,
        active=active[kept], background=band * VOXEL, grid_class=grid_class,
    )
    write_vdb(path, [grid]) if path.suffix == ".vdb" else write_nvdb(path, grid)


@pytest.mark.parametrize("unit", [None, 0.01])
def test_a_ball_across_many_tiles_is_closed_and_has_its_volume_and_centre(tmp_path, unit):
    ball(tmp_path / "ball.nvdb")
    scene = Scene.open(tmp_path / "ball.nvdb", metres_per_unit=unit)
    (used,), mesh, scale = scene.report.used, scene.body("/ball").mesh, unit or 1.0
    found = inspect_mesh(mesh, "ball")
    assert found.watertight
    assert found.components == 1
    # The chords of the triangles cut off some (h / R)^2 of it.
    assert used.volume == pytest.approx(4.0 / 3.0 * np.pi * (scale * RADIUS) ** 3, rel=1e-3)
    assert used.centre == pytest.approx(scale * CENTRE, abs=1e-3 * scale)
    assert ("/: .nvdb files have no unit; metres are assumed (metres_per_unit)" in str(scene.report)) == (unit is None)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"grid_class": GridClass.FOG_VOLUME}, "'ball' is a fog volume; pass a level set"),
     ({"offset": 5.0, "band": 500.0, "reach": 1}, "'ball' has no zero between active voxels")],
)
def test_what_is_no_surface_is_refused(tmp_path, options, message):
    ball(tmp_path / "ball.nvdb", **options)
    with pytest.raises(SceneError, match=message):
        Scene.open(tmp_path / "ball.nvdb")


def test_no_volume_file_at_all_is_refused(tmp_path):
    (tmp_path / "ball.nvdb").write_bytes(b"solid ball" * 100)
    with pytest.raises(SceneError, match="is not a NanoVDB file"):
        Scene.open(tmp_path / "ball.nvdb")


SYSTEM_PYTHON = "/usr/bin/python3"
"""Where Debian's python3-openvdb lives, which needs a NumPy of its own."""
MESH = """
import json, sys, pyopenvdb
found = [(each.name, each.gridClass) for each in pyopenvdb.readAllGridMetadata(sys.argv[1])]
grid = pyopenvdb.read(sys.argv[1], found[0][0])
if "fill" in sys.argv:
    grid.signedFloodFill()
points, quads = grid.convertToQuads(isovalue=0.0)
print(json.dumps([found, points.tolist(), quads.tolist()]))
"""


class OtherProcess:
    """OpenVDB's module, as far as it is used here, in a Python of its own."""

    def _told(self, path, *options):
        done = subprocess.run([SYSTEM_PYTHON, "-c", MESH, path, *options], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def readAllGridMetadata(self, path):
        return [SimpleNamespace(name=name, gridClass=kind) for name, kind in self._told(path)[0]]

    def read(self, path, name):
        options = []

        def mesh(isovalue):
            _, points, quads = self._told(path, *options)
            return np.array(points, np.float32), np.array(quads, np.uint32)

        return SimpleNamespace(signedFloodFill=lambda: options.append("fill"), convertToQuads=mesh)


@pytest.mark.skipif(
    subprocess.run([SYSTEM_PYTHON, "-c", "import pyopenvdb"], capture_output=True, check=False).returncode != 0,
    reason="python3-openvdb is not installed (apt-get install python3-openvdb)",
)
def test_openvdb_meshes_a_ball_from_its_file(tmp_path, monkeypatch):
    ball(tmp_path / "ball.vdb")
    monkeypatch.setitem(sys.modules, "openvdb", OtherProcess())
    (used,), mesh = (scene := Scene.open(tmp_path / "ball.vdb")).report.used, scene.body("/ball").mesh
    assert inspect_mesh(mesh, "ball").watertight
    assert used.volume == pytest.approx(4.0 / 3.0 * np.pi * RADIUS**3, rel=1e-3)
    assert used.centre == pytest.approx(CENTRE, abs=1e-3)


def test_a_file_of_openvdb_s_without_its_module_is_refused(tmp_path, monkeypatch):
    ball(tmp_path / "ball.vdb")
    for name in ("openvdb", "pyopenvdb"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SceneError, match=r"needs OpenVDB's module.*nanovdb_convert ball.vdb ball.nvdb"):
        Scene.open(tmp_path / "ball.vdb")
