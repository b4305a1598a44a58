"""Fields come back from every format value by value, at their places; tables hold the forces."""

import csv
import json
import shutil
import struct
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from export_cases import DRAG, FEASIBLE, REFERENCE_FORCE, TILES

from sparselbm.errors import ResultsError
from sparselbm.files.nvdb import write_nvdb
from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.files.vdb import write_vdb
from sparselbm.results import Results
from sparselbm.results.formats import AMR, FORCES, NVDB, SUMMARY, VDB, VDB_HALF, VTI, VTKHDF
from sparselbm.results.formats.blocks import DUPLICATE, HIDDEN, Cells
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
        facts = {"reference_force": REFERENCE_FORCE, "units": "velocity: m/s, pressure: Pa, reference_force: N"}
        write_vdb(tmp_path / "direct.vdb", case.grids, half=half, metadata=facts)
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
            assert not extent[:, 0].any(), "readers before VTK 9.7 take its begin for that of the arrays"
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


@pytest.fixture
def over_time(case, tmp_path):
    """Results with fields at two times, those of the second twice as large."""
    folder = tmp_path / "over_time"
    shutil.copytree(case.folder, folder)
    for number in (0, 1):
        for grid in case.grids:
            frame = replace(grid, values=np.float32(1 + number) * grid.values)
            write_nvdb(folder / f"{grid.name}_{number:04d}.nvdb", frame)
    run = {"density": 2.0, "velocity": 3.0, "viscosity": 1e-3, "steps": 40, "time_step": 0.05}
    summary = {"output_times": [0.0, 0.5], "output_codes": [0.0, 12.0], "regime": "transient", "reynolds": 30.0, "run": run}
    (folder / "summary.json").write_text(json.dumps(summary))
    return Results.open(folder)


def test_each_time_has_its_image(over_time, tmp_path):
    """A collection of images with their times, Reynolds number, reference values and units."""
    paths = VTI.write(over_time, tmp_path / "out")
    assert [path.name for path in paths] == ["fields.vti", "fields_0000.vti", "fields_0001.vti", "fields.pvd"]
    entries = [(each.get("file"), float(each.get("timestep"))) for each in ET.parse(paths[-1]).iter("DataSet")]
    assert entries == [("fields_0000.vti", 0.0), ("fields_0001.vti", 0.5)]
    facts = {path.stem: field_data_of(path) for path in paths[:-1]}
    assert [facts[name]["TimeValue"] for name in ("fields", "fields_0000", "fields_0001")] == [2.0, 0.0, 0.5]
    for found in facts.values():
        assert (found["reynolds_number"], found["density"], found["dynamic_pressure"]) == (30.0, 2.0, 9.0)
        assert {"velocity: m/s", "pressure: Pa", "solid: 1", "density: kg/m^3", "TimeValue: s"} <= set(found["units"])


@pytest.mark.parametrize("door", [VTKHDF, AMR], ids=["vtkhdf", "amr"])
def test_steps_carry_times_and_field_data(over_time, tmp_path, door):
    h5py = pytest.importorskip("h5py")
    (path,) = door.write(over_time, tmp_path / "out")
    with h5py.File(path) as file:
        root = file["VTKHDF"]
        assert root["Steps/Values"][:].tolist() == [0.0, 0.5]
        assert root["FieldData/reynolds_number"][:].tolist() == [30.0]
        assert b"pressure: Pa" in list(root["FieldData/units"])
        assert "TimeValue" not in root["FieldData"], "each step has its own time"


def field_data_of(path):
    """Numbers and lists of texts of a file of VTK's XML formats."""
    head = path.read_bytes().partition(b"<Piece")[0].partition(b"<FieldData>")[2].partition(b"</FieldData>")[0]
    found = {}
    for array in ET.fromstring(b"<FieldData>" + head + b"</FieldData>"):
        if array.get("type") == "String":
            found[array.get("Name")] = bytes(map(int, array.text.split())).decode().split("\0")[:-1]
        else:
            found[array.get("Name")] = float(array.text)
    return found


@pytest.mark.parametrize("box", [[[0, 0, 0], [1, 2, 2]], [[-1, 0, 0], [0, 1, 1]]], ids=["block", "half"])
def test_values_in_solids_are_those_of_the_nearest_fluid_and_at_rest(case, box):
    """Scalars that bodies conduct keep theirs: their voxels are active there."""
    velocity, pressure = case.grids
    heat = replace(pressure, name="heat", active=None)
    half = replace(pressure, name="solid", values=(~pressure.mask).astype(np.float32), active=None, background=1.0)
    volume = Cells((velocity, pressure, heat, half))
    box = np.array(box)
    cells = volume.with_ghosts(box)
    u, p, theta, solid = (np.concatenate(list(volume.layers(grid, cells))) for grid in volume.fields)
    ghost = np.concatenate(list(volume.ghost_types(cells, box)))
    hidden = ghost & HIDDEN > 0
    assert np.array_equal(hidden, solid == 1.0)
    assert not u[hidden].any()
    inside = np.stack(np.meshgrid(*(np.arange(*ends) for ends in cells.T[::-1]), indexing="ij"), axis=-1)[..., ::-1]
    centres = 0.1 * inside + (0.25, -0.5, 1.0)
    assert np.abs(p - centres @ (1.0, 10.0, 100.0))[~hidden].max() < 2e-4
    tile = ((inside // 8)[..., None, :] == TILES).all(axis=-1).any(axis=-1)
    assert np.abs(theta - centres @ (1.0, 10.0, 100.0))[tile].max() < 2e-4
    assert set(np.unique(p[hidden])) <= set(np.unique(p[~hidden]))
    own = ((inside >= 8 * box[0]) & (inside < 8 * box[1])).all(axis=-1)
    assert np.array_equal(ghost & DUPLICATE > 0, ~own)
