"""Surfaces with their values as VTP and STL: places, orientation, values, prims."""

import re

import numpy as np
import pytest
import trimesh
from export_cases import BEST, CENTRE, GROWTH, VOLUME, volume_and_centre

from sparselbm.results import Results
from sparselbm.results.formats import STL, VTP
from sparselbm.results.formats.surfaces import BodySurfaces

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
    (path,) = VTP.write(Results.open(case.folder), tmp_path)
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
    values = BodySurfaces.of(results).values
    assert values["pressure_coefficient"] == pytest.approx(values["pressure"] / 9.0)


def test_stl_is_closed_and_in_metres(case, tmp_path):
    (path,) = STL.write(Results.open(case.folder), tmp_path)
    mesh = trimesh.load(path)
    assert mesh.is_watertight
    assert mesh.volume == pytest.approx(VOLUME * GROWTH[BEST] ** 3, rel=1e-5)
