"""What VTK makes of the volumes of a bent tube and of a ball in a stream: contours that are whole and keep to the fluid,
streamlines that end at walls, blocks without gaps, times and field data."""

import numpy as np
import pytest
from export_cases import GROWTH, VOLUME, bend, bend_radius, stream_at_a_ball

from sparselbm.results import Results
from sparselbm.results.formats import VTP
from sparselbm.results.formats.field_data import FieldData
from sparselbm.results.formats.vtkhdf import write_amr, write_vtkhdf
from sparselbm.results.formats.vtkhdf_steps import write_steps
from sparselbm.results.formats.vtkimage import write_vti

pyvista = pytest.importorskip("pyvista", reason="PyVista is not installed (pip install 'sparselbm[pictures]')")
pytest.importorskip("h5py")
FACTS = FieldData({"reynolds_number": 30.0})
UNITS = ["velocity: m/s", "pressure: Pa", "solid: 1", "reynolds_number: 1"]


def read_steps(path, step=0):
    """What VTK's reader returns at a step."""
    from vtkmodules.vtkIOHDF import vtkHDFReader

    reader = vtkHDFReader()
    reader.SetFileName(str(path))
    reader.UpdateInformation()
    reader.SetStep(step)
    reader.Update()
    return reader.GetOutputDataObject(0)


def read_amr(path, step=0):
    """The boxes of a file with overlapping AMR, as images."""
    read = read_steps(path, step)
    if not read.IsA("vtkOverlappingAMR"):
        return [pyvista.wrap(read)]
    boxes = [pyvista.ImageData() for _ in range(read.GetNumberOfBlocks(0))]
    for k, box in enumerate(boxes):
        box.shallow_copy(read.GetDataSetAsCartesianGrid(0, k))
    return boxes


def write(kind, path, grids):
    """Writes grids in a format; returns the images that a reader makes of them."""
    if kind == "vti":
        write_vti(path.with_suffix(".vti"), grids, FACTS)
        return [pyvista.read(path.with_suffix(".vti"))]
    path = path.with_suffix(".vtkhdf")
    if kind == "blocks":
        write_vtkhdf(path, grids, FACTS)
        return list(pyvista.read(path))
    if kind == "amr":
        write_amr(path, grids, FACTS)
        return read_amr(path)
    write_steps(path, (0.0, 1.0), (grids, grids), FACTS)
    return read_amr(path, 1)


def contour(images, name, level):
    """Contour of a field of the cells without what VTK marks as hidden or as of another block; all in one mesh."""
    parts = []
    for image in images:
        found = image.cell_data_to_point_data().contour([level], name)
        if not found.n_cells:
            continue
        shown = np.flatnonzero(np.asarray(found.cell_data["vtkGhostType"]) == 0)
        found.clear_data()
        parts.append(pyvista.PolyData.from_regular_faces(found.points, found.regular_faces[shown]))
    return pyvista.merge(parts).clean(tolerance=1e-6)


def open_edges(mesh):
    return mesh.extract_feature_edges(feature_edges=False, manifold_edges=False, non_manifold_edges=False)


@pytest.mark.parametrize("kind", ["vti", "blocks"])
@pytest.mark.parametrize(("name", "level"), [("speed", 0.5), ("speed", 0.6), ("pressure", 0.5), ("pressure", 0.3)])
def test_contours_in_a_vessel_are_whole(kind, name, level, tmp_path):
    """A contour of the speed is open at both ends of the vessel alone, one of the pressure at the wall: 2 pi r / h edges each."""
    grids = bend()
    images = write(kind, tmp_path / "a", grids)
    assert (len(images) == 3) == (kind == "blocks")
    found = contour(images, name, level)
    h = grids[0].voxel_size
    assert np.isfinite(found.points).all()
    assert found.n_points > 100
    radius = bend_radius(found.points)
    assert radius.max() < 0.2 + 1.2 * h, "nothing beyond the wall"
    edges = open_edges(found)
    assert edges.n_cells < 100
    if name == "speed":
        x, y = edges.points[:, 0], edges.points[:, 1]
        assert np.minimum(x, y).max() < 1.5 * h, "open at the ends"
        assert np.abs(radius - 0.2 * (1.0 - level) ** 0.5).max() < 1.1 * h
    else:
        angle = np.arctan2(found.points[:, 1], found.points[:, 0])
        inner = radius < 0.2 - 1.5 * h
        assert np.abs(1.0 - angle[inner] / (0.5 * np.pi) - level).max() < 0.01


@pytest.mark.parametrize("kind", ["vti", "blocks", "amr", "steps"])
def test_values_are_finite_and_blanked_where_solid(kind, tmp_path):
    for image in write(kind, tmp_path / "a", stream_at_a_ball()):
        data = image.cell_data
        hidden = np.asarray(data["vtkGhostType"]) & 32 > 0
        assert np.array_equal(hidden, np.asarray(data["solid"]) >= 0.5)
        assert not np.asarray(data["velocity"])[hidden].any()
        assert all(np.isfinite(data[name]).all() for name in data)
        # The stored pressure in the ball is 99.
        assert np.asarray(data["pressure"]).max() < 2.0


@pytest.mark.parametrize("kind", ["vti", "blocks"])
def test_streamlines_do_not_enter_the_ball(kind, tmp_path):
    images = write(kind, tmp_path / "a", stream_at_a_ball())
    field = images[0] if len(images) == 1 else pyvista.MultiBlock(images)
    field = field.cell_data_to_point_data()
    ticks = np.linspace(-0.8, 0.8, 9)
    seeds = pyvista.PointSet(np.array([(-1.2, y, z) for y in ticks for z in ticks]))
    lines = field.streamlines_from_source(seeds, vectors="velocity", integration_direction="forward", max_length=9.0)
    assert lines.points[:, 0].max() > 1.4, "some pass the ball"
    assert np.linalg.norm(lines.points, axis=1).min() > 0.5 - 0.1, "at most one cell inside"


def test_time_and_field_data(tmp_path):
    """Units are those of the arrays and numbers in the file."""
    full = stream_at_a_ball()
    write_vti(tmp_path / "a.vti", full, FACTS.at(0.25))
    read = pyvista.read(tmp_path / "a.vti")
    assert read.field_data["TimeValue"].tolist() == [0.25]
    assert read.field_data["reynolds_number"].tolist() == [30.0]
    assert list(read.field_data["units"]) == [*UNITS, "TimeValue: s"]
    write_vtkhdf(tmp_path / "a.vtkhdf", bend(), FACTS)
    assert pyvista.read(tmp_path / "a.vtkhdf").field_data["reynolds_number"].tolist() == [30.0]
    write_steps(tmp_path / "steps.vtkhdf", (0.0, 0.5), (full, full), FACTS)
    read = read_steps(tmp_path / "steps.vtkhdf", 1)
    assert pyvista.wrap(read).field_data["Time"].tolist() == [0.5]
    assert list(pyvista.wrap(read).field_data["units"]) == UNITS


def test_surfaces_and_streamlines_have_their_values_and_times(case, tmp_path):
    """A collection in which the designs are the times."""
    VTP.write(Results.open(case.folder), tmp_path)
    reader = pyvista.get_reader(tmp_path / "surfaces.pvd")
    assert reader.time_values == [0.0, 1.0, 2.0, 3.0]
    for number, growth in enumerate(GROWTH):
        reader.set_active_time_value(float(number))
        (surface,) = reader.read()
        assert surface.volume == pytest.approx(VOLUME * growth**3, rel=1e-5)
        assert list(surface.field_data["prims"]) == ["/World/Body"]
        assert surface.field_data["iteration"].tolist() == [number]
        assert surface.point_data["pressure"].tolist() == list(range(8))
        assert "pressure: Pa" in list(surface.field_data["units"])
    lines = pyvista.read(tmp_path / "streamlines.vtp")
    assert (lines.n_lines, lines.n_points) == (2, 5)
    assert lines.points == pytest.approx(np.concatenate(case.lines), abs=1e-6)
    assert lines.point_data["speed"].tolist() == [0.0, 1.0, 2.0, 0.0, 1.0]
