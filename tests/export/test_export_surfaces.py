"""Surfaces with their values as VTP and STL: places, orientation, values, prims."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import trimesh
from export_cases import BEST, CENTRE, GROWTH, VOLUME, volume_and_centre

from sparselbm.results import Results
from sparselbm.results.formats import STL, VTP
from sparselbm.results.formats.surfaces import BodySurfaces, _derived

TYPES = {"Float32": "<f4", "Int32": "<i4", "Int64": "<i8"}


def arrays_of(path):
    """Arrays of a VTP file by name, as a reader of VTK's XML format finds them."""
    head, _, data = path.read_bytes().partition(b'<AppendedData encoding="raw">\n_')
    found = {}
    for kind, name, components, offset in re.findall(
        r'type="(\w+)" Name="(\w+)" NumberOfComponents="(\d)" format="appended" offset="(\d+)"', head.decode()
    ):
        start = int(offset)
        (size,) = np.frombuffer(data, "<u8", 1, start)
        values = np.frombuffer(data[start + 8 : start + 8 + int(size)], TYPES[kind])
        found[name] = values.reshape(-1, int(components)).squeeze()
    return head.decode(), found


def test_a_vtk_surface_has_the_best_design_with_its_values(case, tmp_path):
    path = VTP.write(Results.open(case.folder), tmp_path)[0]
    head, found = arrays_of(path)
    faces = found["connectivity"].reshape(-1, 3)
    volume, centre = volume_and_centre(found["points"].astype(float), faces)
    assert volume == pytest.approx(VOLUME * GROWTH[BEST] ** 3, rel=1e-5)
    assert centre == pytest.approx(CENTRE, abs=1e-5)
    assert found["offsets"].tolist() == list(range(3, 3 * len(faces) + 1, 3))
    assert found["pressure"].tolist() == list(range(8))
    assert not found["prim"].any()
    names = re.search(r'Name="prims"[^>]*>\n([\d\s]+)', head).group(1).split()
    assert bytes(map(int, names)).split(b"\0")[:1] == [b"/World/Body"]
    assert f'NumberOfPoints="8" NumberOfVerts="0" NumberOfLines="0" NumberOfStrips="0" NumberOfPolys="{len(faces)}"' in head


def test_the_pressure_coefficient_is_that_of_the_free_stream(case):
    results = Results.open(case.folder)
    results.__dict__["summary"] = {"reference_force": 1.0, "run": {"density": 2.0, "velocity": 3.0}}
    values = BodySurfaces.of(results, results.shown).values
    assert values["pressure_coefficient"] == pytest.approx(values["pressure"] / 9.0)


def test_stl_is_closed_and_in_metres(case, tmp_path):
    (path,) = STL.write(Results.open(case.folder), tmp_path)
    mesh = trimesh.load(path)
    assert mesh.is_watertight
    assert mesh.volume == pytest.approx(VOLUME * GROWTH[BEST] ** 3, rel=1e-5)


def test_each_design_has_its_surface_and_its_streamlines(case, tmp_path):
    """The designs of a study are the times of a collection; the streamlines are those that the stage shows."""
    paths = VTP.write(Results.open(case.folder), tmp_path)
    numbered = [f"{kind}_{k:04d}.vtp" for kind in ("surfaces", "streamlines") for k in range(4)]
    assert sorted(path.name for path in paths) == sorted(
        ["surfaces.vtp", "streamlines.vtp", "surfaces.pvd", "streamlines.pvd", *numbered]
    )
    entries = [(each.get("file"), float(each.get("timestep"))) for each in ET.parse(tmp_path / "surfaces.pvd").iter("DataSet")]
    assert entries == [(f"surfaces_{k:04d}.vtp", float(k)) for k in range(4)]
    for number, growth in enumerate(GROWTH):
        head, found = arrays_of(tmp_path / f"surfaces_{number:04d}.vtp")
        volume, _ = volume_and_centre(found["points"].astype(float), found["connectivity"].reshape(-1, 3))
        assert volume == pytest.approx(VOLUME * growth**3, rel=1e-5)
        assert np.linalg.norm(found["normals"], axis=1) == pytest.approx(np.ones(8), rel=1e-6)
        assert ((found["points"] - CENTRE) * found["normals"]).sum(axis=1).min() > 0.0
        assert re.search(rf'Name="iteration" NumberOfTuples="1" format="ascii">\n{number}.0\n', head)
    _, lines = arrays_of(tmp_path / "streamlines.vtp")
    assert lines["points"] == pytest.approx(np.concatenate(case.lines), abs=1e-6)
    assert lines["offsets"].tolist() == [3, 5]
    assert lines["speed"].tolist() == [0.0, 1.0, 2.0, 0.0, 1.0]


def test_a_flow_over_time_has_a_surface_per_output_time(case, tmp_path):
    """Times are those of the flow in seconds, not time codes of the stage."""
    results = Results.open(case.folder)
    results.__dict__.update(summary={"output_times": [0.0, 0.25]}, times=(0.0, 0.25), codes=(0.0, 6.0), history=())
    VTP.write(results, tmp_path)
    entries = [(each.get("file"), float(each.get("timestep"))) for each in ET.parse(tmp_path / "surfaces.pvd").iter("DataSet")]
    assert entries == [("surfaces_0000.vtp", 0.0), ("surfaces_0001.vtp", 0.25)]
    assert re.search(r'Name="TimeValue" NumberOfTuples="1" format="ascii">\n0.25\n', arrays_of(tmp_path / "surfaces_0001.vtp")[0])


def test_y_plus_follows_from_the_wall_shear_stress():
    """u_tau = (tau / rho)^(1/2) = 2 m/s, and 5 mm from the wall at nu = 1e-3 m^2/s."""
    shear = np.array([[8.0, 0.0, 0.0], [0.0, 0.0, 0.0]], np.float32)
    numbers = {"density": 2.0, "kinematic_viscosity": 1e-3, "voxel_size": 0.01}
    assert _derived({"shear": shear}, numbers)["y_plus"] == pytest.approx([10.0, 0.0])
    assert not _derived({"shear": shear, "y_plus": shear[:, 0]}, numbers), "that of the run is kept"
    assert not _derived({"shear": shear}, {})
