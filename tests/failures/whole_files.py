"""Readers of every kind of file that the commands write: each raises for one that is not whole."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import trimesh
from io_vdb_reader import read_vdb
from matplotlib.image import imread
from pxr import Sdf, Usd

from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.files.state_file import read_state
from sparselbm.results import page
from sparselbm.scene.vtk_xml import VtkXml

PAGE = Path(page.__file__).parent


def require_whole(path: Path, *, references: bool = True) -> None:
    """Reads a file by a reader of its kind. Raises for one that is not whole, or of an unknown kind.

    `references`: whether the files that it refers to have to be there.
    """
    if (PAGE / path.name).is_file():
        assert path.read_bytes() == (PAGE / path.name).read_bytes()
    else:
        READERS[path.suffix](path)
        if references and path.name.endswith("_results.usda"):
            _require_references(path)


def _json(path):
    assert json.loads(path.read_text())


def _csv(path):
    text = path.read_text()
    assert text.endswith("\n"), "the last line has no end"
    rows = list(csv.reader(text.splitlines()))
    assert len({len(row) for row in rows}) == 1, "rows differ in length"


def _layer(path):
    assert Sdf.Layer.OpenAsAnonymous(str(path))


def _require_references(path):
    stage = Usd.Stage.Open(str(path))
    assert not stage.GetCompositionErrors()
    for prim in stage.Traverse():
        for each in prim.GetAuthoredAttributes():
            for time in each.GetTimeSamples() or [Usd.TimeCode.Default()]:
                value = each.Get(time)
                assert not isinstance(value, Sdf.AssetPath) or not value.path or value.resolvedPath, value
        for clip in (prim.GetMetadata("clips") or {}).values():
            for asset in [*clip["assetPaths"], clip["manifestAssetPath"]]:
                assert (path.parent / asset.path).is_file(), asset


def _xml(path):
    file = VtkXml(path)
    arrays = [each for each in file.root.iter("DataArray") if each.get("format") == "appended"]
    assert arrays
    for each in arrays:
        assert file.values(each, most=10**9).size
    assert path.read_bytes().rstrip().endswith(b"</VTKFile>")


def _collection(path):
    for each in ElementTree.parse(path).iter("DataSet"):
        assert (path.parent / each.attrib["file"]).is_file()


def _hdf5(path):
    import h5py

    with h5py.File(path) as file:
        assert "VTKHDF" in file
        file.visititems(lambda name, each: each[()] if isinstance(each, h5py.Dataset) else None)


def _data(path):
    text = path.read_text()
    first, second = text.splitlines()
    assert text.endswith('";\n')
    assert json.loads(first.removeprefix("const PAGE = ").removesuffix(";"))["shapes"]
    assert second.startswith('const DATA = "')


def _glb(path):
    data = path.read_bytes()
    assert int.from_bytes(data[8:12], "little") == len(data)
    assert trimesh.load_scene(path).geometry


READERS = {
    ".json": _json, ".csv": _csv, ".usda": _layer, ".usdc": _layer, ".usdz": _layer, ".png": lambda path: imread(path),
    ".nvdb": read_nvdb, ".vdb": lambda path: read_vdb(path), ".npz": read_state, ".vti": _xml, ".vtp": _xml, ".pvd": _collection,
    ".vtkhdf": _hdf5, ".js": _data, ".glb": _glb, ".stl": lambda path: np.asarray(trimesh.load_mesh(path).faces)[0],
    ".txt": lambda path: None,
}
