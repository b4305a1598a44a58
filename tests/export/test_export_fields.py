"""Fields come back from every format value by value, at their places; tables hold the forces."""

import csv
import json
import struct
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from export_cases import DRAG, FEASIBLE, REFERENCE_FORCE, TILES

from sparselbm.errors import ResultsError
from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.files.vdb import write_vdb
from sparselbm.results import Results
from sparselbm.results.formats import AMR, FORCES, NVDB, SUMMARY, VDB, VDB_HALF, VTI, VTKHDF
from sparselbm.results.formats.blocks import DUPLICATE, HIDDEN
from sparselbm.results.formats.boxes import merged_boxes
from sparselbm.results.formats.vtkhdf import write_amr
from sparselbm.results.formats.vtkhdf_steps import write_steps

ACTIVE = len(TILES) * 512 - 256


@pytest.mark.parametrize("seed", range(3))
def test_boxes_cover_the_tiles_once(seed):
    tiles = np.argwhere(np.random.default_rng(seed).random((6, 5, 4)) < (0.2, 0.6, 0.95)[seed]) - 2
    boxes = merged_boxes(np.random.default_rng(1).permutation(tiles))
    covered = [low + place for low, high in boxes for place in np.ndindex(*(high - low))]
    assert sorted(map(tuple, covered)) == sorted(map(tuple, tiles))


def test_full_boxes_become_one_and_an_angle_two():
    full = np.argwhere(np.ones((3, 4, 5)))
    assert merged_boxes(full).tolist() == [[[0, 0, 0], [3, 4, 5]]]
    assert len(merged_boxes(full[(full[:, 0] == 0) | (full[:, 1] == 0)])) == 2


def linear(centres):
    return {"velocity": centres * (1.0, 2.0, 3.0), "pressure": centres @ (1.0, 10.0, 100.0)}


def assert_linear(centres, found):
    """Values of the fields in the cells that are not blanked, and elsewhere rest and finite pressures. Number of cells shown."""
    ghost = np.asarray(found["vtkGhostType"])
    shown, hidden = ghost == 0, (ghost & HIDDEN) > 0
    for name, expected in linear(centres[~hidden]).items():
        assert np.abs(found[name][~hidden] - expected).max() < 2e-4
    assert np.array_equal(found["solid"], hidden)
    assert not np.asarray(found["velocity"])[hidden].any()
    assert np.isfinite(found["pressure"]).all()
    return np.count_nonzero(shown)


def centres_of(image):
    """Centres of all cells of an image, the blanked ones among them."""
    whole = image.copy()
    whole.clear_data()
    return whole.cell_centers().points


def test_vdb_and_nvdb_are_those_of_the_grids(case, tmp_path):
    results = Results.open(case.folder)
    for door, half in ((VDB, False), (VDB_HALF, True)):
        (path,) = door.write(results, tmp_path, overwrite=True)
        write_vdb(tmp_path / "direct.vdb", case.grids, half=half)
        assert path.read_bytes() == (tmp_path / "direct.vdb").read_bytes()
    for path, grid in zip(NVDB.write(results, tmp_path), case.grids):
        read = read_nvdb(path)
        there, given = np.lexsort(read.tiles.T), np.lexsort(grid.tiles.T)
        assert np.array_equal(read.mask[there], grid.mask[given])
        assert np.array_equal(read.values[there][read.mask[there]], grid.values[given][grid.mask[given]])
        assert path.name == f"{grid.name}.nvdb"


def test_vti_holds_the_box_around_the_tiles(case, tmp_path):
    (path,) = VTI.write(Results.open(case.folder), tmp_path)
    head, _, data = path.read_bytes().partition(b'<AppendedData encoding="raw">\n_')
    image = ET.fromstring(head + b"</VTKFile>")[0]
    extent = np.array(image.get("WholeExtent").split(), int).reshape(3, 2)
    origin, spacing = (np.array(image.get(name).split(), float) for name in ("Origin", "Spacing"))
    shape = (extent[:, 1] - extent[:, 0])[::-1]
    index = np.stack(np.meshgrid(*(np.arange(*each) for each in extent[::-1]), indexing="ij"), axis=-1)[..., ::-1]
    found = {}
    for array in image.iterfind("Piece/CellData/DataArray"):
        at, components = int(array.get("offset")), int(array.get("NumberOfComponents"))
        (size,) = struct.unpack_from("<Q", data, at)
        kind = {"Float32": np.dtype("<f4"), "UInt8": np.dtype("u1")}[array.get("type")]
        values = np.frombuffer(data, kind, size // kind.itemsize, at + 8)
        found[array.get("Name")] = values.reshape(*shape, components) if components > 1 else values.reshape(shape)
    assert assert_linear(origin + (index + 0.5) * spacing, found) == ACTIVE


def test_vtkhdf_holds_the_tiles_alone(case, tmp_path):
    h5py = pytest.importorskip("h5py", reason="h5py is not installed (pip install 'sparselbm[vtkhdf]')")
    (path,) = VTKHDF.write(Results.open(case.folder), tmp_path)
    cells = active = 0
    with h5py.File(path) as file:
        root = file["VTKHDF"]
        assert root.attrs["Type"] == b"MultiBlockDataSet"
        assert len(root["Assembly"]) == len(merged_boxes(TILES)) == 3
        for image in (root["Assembly"][name] for name in root["Assembly"]):
            extent = image.attrs["WholeExtent"].reshape(3, 2)
            index = np.stack(np.meshgrid(*(np.arange(*each) for each in extent[::-1]), indexing="ij"), axis=-1)[
                ..., ::-1
            ]
            centres = image.attrs["Origin"] + (index + 0.5) * image.attrs["Spacing"]
            found = {name: values[:] for name, values in image["CellData"].items()}
            active += assert_linear(centres, found)
            cells += np.count_nonzero((found["vtkGhostType"] & DUPLICATE) == 0)
    assert (cells, active) == (len(TILES) * 512, ACTIVE)


def test_pyvista_reads_what_was_written(case, tmp_path):
    pyvista = pytest.importorskip("pyvista", reason="PyVista is not installed (pip install 'sparselbm[pictures]')")
    pytest.importorskip("h5py")
    for door, blocks in ((VTI, 1), (VTKHDF, 3)):
        (path,) = door.write(Results.open(case.folder), tmp_path)
        read = pyvista.read(path)
        images = [read] if blocks == 1 else list(read)
        assert len(images) == blocks
        active = [assert_linear(centres_of(image), image.cell_data) for image in images]
        assert sum(active) == ACTIVE


def test_vtk_reads_the_overlapping_amr(case, tmp_path):
    pyvista = pytest.importorskip("pyvista", reason="PyVista is not installed (pip install 'sparselbm[pictures]')")
    pytest.importorskip("h5py")
    from vtkmodules.vtkIOHDF import vtkHDFReader

    (path,) = AMR.write(Results.open(case.folder), tmp_path)
    reader = vtkHDFReader()
    reader.SetFileName(str(path))
    reader.Update()
    read = reader.GetOutputDataObject(0)
    assert read.IsA("vtkOverlappingAMR")
    assert (read.GetNumberOfLevels(), read.GetNumberOfBlocks(0)) == (1, 3)
    images = [pyvista.ImageData() for _ in range(3)]
    for k, image in enumerate(images):
        image.shallow_copy(read.GetDataSetAsCartesianGrid(0, k))
    assert sum(image.n_cells for image in images) == 512 * len(TILES)
    assert sum(assert_linear(centres_of(image), image.cell_data) for image in images) == ACTIVE


def test_forces_are_coefficients_times_the_reference(case, tmp_path):
    results = Results.open(case.folder)
    ((table,), (summary,)) = (door.write(results, tmp_path) for door in (FORCES, SUMMARY))
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["iteration"]) for row in rows] == [0, 1, 2, 3]
    assert [float(row["drag_coefficient"]) for row in rows] == list(DRAG)
    assert [float(row["drag_force"]) for row in rows] == pytest.approx([REFERENCE_FORCE * drag for drag in DRAG])
    assert [int(row["feasible"]) for row in rows] == list(FEASIBLE)
    found = json.loads(summary.read_text())
    assert found["summary"] == results.summary
    assert [row["drag_force"] for row in found["iterations"]] == pytest.approx(
        [float(row["drag_force"]) for row in rows]
    )


def test_a_run_has_one_row(tmp_path):
    (tmp_path / "a_results.usda").write_text("#usda 1.0\n")
    with pytest.raises(ResultsError, match="no run was completed here"):
        FORCES.write(Results.open(tmp_path), tmp_path)
    (tmp_path / "summary.json").write_text('{"drag_coefficient": 1.5, "drag_force": 0.6, "reynolds": 30, "steps": 200}')
    (path,) = FORCES.write(Results.open(tmp_path), tmp_path)
    assert path.read_text().split() == ["drag_coefficient,drag_force,steps", "1.5,0.6,200"]


@pytest.mark.parametrize("amr", [False, True], ids=["as it is", "amr"])
@pytest.mark.parametrize("tiles", [TILES, TILES[:4]], ids=["sparse", "one box"])
def test_steps_are_the_fields_of_each_time(case, tmp_path, tiles, amr):
    """One full box is an image with the step as first index; else the values of all boxes follow each other, step by step."""
    h5py = pytest.importorskip("h5py")
    keep = np.array([any((each == tile).all() for tile in tiles) for each in case.grids[0].tiles])
    first = tuple(replace(g, tiles=g.tiles[keep], values=g.values[keep], active=g.mask[keep]) for g in case.grids)
    second = tuple(replace(grid, values=2.0 * grid.values) for grid in first)
    path = tmp_path / "steps.vtkhdf"
    write_steps(path, (0.0, 0.5), (first, second), amr=amr)
    write_amr(tmp_path / "alone.vtkhdf", first)
    with h5py.File(path) as file, h5py.File(tmp_path / "alone.vtkhdf") as alone:
        root, single = file["VTKHDF"], alone["VTKHDF/Level0/CellData"]
        assert root["Steps"].attrs["NSteps"] == 2
        assert root["Steps/Values"][:].tolist() == [0.0, 0.5]
        is_image = len(tiles) == 4 and not amr
        assert set(single) == {"velocity", "pressure", "solid", "vtkGhostType"}
        for name in single:
            expected = single[name][:]
            found = root["CellData" if is_image else "Level0/CellData"][name][:].reshape(2, *expected.shape)
            assert np.array_equal(found[0], expected)
            assert np.array_equal(found[1], expected if name in ("solid", "vtkGhostType") else 2.0 * expected)
            if not is_image:
                assert root[f"Steps/Level0/CellDataOffset/{name}"][:].tolist() == [0, len(expected)]
