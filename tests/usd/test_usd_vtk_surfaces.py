"""Surfaces of VTK's XML files; the encodings of their data are those of images (`tests/images`)."""

import numpy as np
import pytest

from sparselbm.errors import SceneError
from sparselbm.geometry import inspect_mesh
from sparselbm.geometry.find_caps import find_caps
from sparselbm.scene.usd import Scene

CORNERS = np.array([[x, y, z] for x in (0, 40) for y in (0, 10) for z in (0, 10)])
"""Corners of a duct along x in millimetres, each written once per polygon, as exporters with normals do."""
SIDES = ((0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5))
ENDS = ((0, 2, 3, 1), (4, 5, 7, 6))


def vtp(path, polygons, strips=0):
    points = np.concatenate([CORNERS[list(each)] for each in polygons])
    arrays = {"connectivity": np.arange(len(points)), "offsets": np.cumsum([len(each) for each in polygons])}
    text = "".join(
        f'<DataArray type="Int64" Name="{name}" format="ascii">{" ".join(map(str, values))}</DataArray>'
        for name, values in arrays.items()
    )
    path.write_text(
        f'<VTKFile type="PolyData"><PolyData><Piece NumberOfPoints="{len(points)}" NumberOfPolys="{len(polygons)}" '
        f'NumberOfStrips="{strips}"><Points><DataArray type="Float32" NumberOfComponents="3" format="ascii">'
        f'{" ".join(map(str, points.ravel()))}</DataArray></Points><Polys>{text}</Polys></Piece></PolyData></VTKFile>'
    )
    return path


@pytest.mark.parametrize("polygons", [SIDES, SIDES + ENDS], ids=["open", "closed"])
def test_polygons_are_one_welded_surface_with_its_openings(tmp_path, polygons):
    scene = Scene.open(vtp(tmp_path / "duct 1.vtp", polygons), metres_per_unit=0.001)
    (body,) = scene.bodies
    assert body.path == "/duct_1"
    assert body.mesh.bounds.tolist() == [[0, 0, 0], [0.04, 0.01, 0.01]]
    assert len(body.mesh.points) == 8
    assert len(body.mesh.faces) == 2 * len(polygons)
    assert inspect_mesh(body.mesh, "duct").open_edges == (8 if polygons is SIDES else 0)
    caps = find_caps(body.mesh)
    assert sorted(float(cap.centroid[0]) for cap in caps) == pytest.approx([0.0, 0.04])
    assert [cap.area for cap in caps] == pytest.approx([1e-4, 1e-4])


def test_what_is_no_surface_is_refused(tmp_path):
    with pytest.raises(SceneError, match="triangle strips; export the surface as triangles"):
        Scene.open(vtp(tmp_path / "strips.vtp", SIDES, strips=2))
    for text, match in (("no XML", "not a surface in VTK's XML format"), ("<VTKFile></VTKFile>", "0 pieces of PolyData")):
        (tmp_path / "bad.vtp").write_text(text)
        with pytest.raises(SceneError, match=match):
            Scene.open(tmp_path / "bad.vtp")
