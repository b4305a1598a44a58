"""Readers of voxel images, pores and what connects them."""

import base64
import zlib

import numpy as np
import pytest
from image_cases import duct, fracture
from PIL import Image

from sparselbm.errors import DomainError, GeometryError, SceneError
from sparselbm.files.grid import TileGrid
from sparselbm.files.nvdb import write_nvdb
from sparselbm.geometry.pores import PoreSpace
from sparselbm.grid import Domain
from sparselbm.results.formats.vtkimage import write_vti
from sparselbm.scene.images import PoreLabels, Storage, Threshold, read_image

VALUES = (np.random.default_rng(0).random((5, 9, 12)) < 0.5).astype(np.uint8)
"""An image whose axes differ."""


def test_every_format_gives_the_same_voxels(tmp_path):
    np.save(tmp_path / "a.npy", VALUES)
    np.save(tmp_path / "turned.npy", VALUES.transpose(2, 0, 1))
    VALUES.T.astype(">u2").tofile(tmp_path / "a.raw")
    pages = [Image.fromarray(page) for page in np.ascontiguousarray(VALUES.T)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    raw = Storage(shape=VALUES.shape, data_type="uint16", big_endian=True)
    for name, storage in (("a.npy", Storage()), ("turned.npy", Storage(order="zxy")), ("a.raw", raw), ("a.tif", Storage())):
        found = read_image(tmp_path / name, storage)
        assert np.array_equal(found.values, VALUES), name
        assert found.values.dtype.isnative
        assert found.voxel_size is None
    assert read_image(tmp_path / "a.raw", raw).order == "zyx"


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "zlib"])
@pytest.mark.parametrize("points", [False, True], ids=["cells", "points"])
@pytest.mark.parametrize("form", ["ascii", "binary", "appended", "raw"])
def test_vtk_images_are_read_in_every_encoding(tmp_path, form, points, packed):
    """As VTK writes them: the header of compressed data is encoded by itself, that of others with the data."""
    data = VALUES.T.astype("<f4").tobytes()
    if packed:
        block = zlib.compress(data)
        head, body = np.array([1, len(data), 0, len(block)], "<u4").tobytes(), block
        text = base64.b64encode(head) + base64.b64encode(body)
    else:
        head, body = np.array([len(data)], "<u4").tobytes(), data
        text = base64.b64encode(head + body)
    extent = " ".join(f"2 {2 + n - points}" for n in VALUES.shape)
    kind = "PointData" if points else "CellData"
    place = 'format="appended" offset="0"' if form in ("appended", "raw") else f'format="{form}"'
    inline = {"ascii": " ".join(map(str, VALUES.T.ravel())).encode(), "binary": text}.get(form, b"")
    tails = {"appended": b'encoding="base64">\n_' + text, "raw": b'encoding="raw">\n_' + head + body}
    compressor = ' compressor="vtkZLibDataCompressor"' if packed else ""
    (tmp_path / "a.vti").write_bytes(
        f'<VTKFile type="ImageData" byte_order="LittleEndian" header_type="UInt32"{compressor}><ImageData WholeExtent="{extent}" '
        f'Origin="1 2 3" Spacing="5 5 5"><Piece Extent="{extent}"><{kind}><DataArray type="Float32" Name="v" {place}>'.encode()
        + inline + f"</DataArray></{kind}></Piece></ImageData>".encode()
        + (b"<AppendedData " + tails[form] + b"</AppendedData>" if form in tails else b"") + b"</VTKFile>"
    )
    found = read_image(tmp_path / "a.vti")
    assert np.array_equal(found.values, VALUES)
    assert found.voxel_size == 5.0
    assert found.origin == tuple(x + 10.0 - 2.5 * points for x in (1.0, 2.0, 3.0))


def test_volumes_are_read_with_their_place_and_background(tmp_path):
    values = np.random.default_rng(1).random((2, 512)).astype(np.float32)
    tiles, active = np.array([[0, 0, 0], [1, 0, -1]], np.int32), np.ones((2, 512), dtype=bool)
    active[0].reshape(8, 8, 8)[0] = False
    grid = TileGrid(
        name="rock", tiles=tiles, values=values, active=active, voxel_size=2e-6, origin=(1e-6, 1e-6, 1e-6), background=0.0
    )
    write_nvdb(tmp_path / "a.nvdb", grid)
    found = read_image(tmp_path / "a.nvdb")
    assert found.values.shape == (15, 8, 16)
    assert np.array_equal(found.values[:7, :, 8:], values[0].reshape(8, 8, 8)[1:])
    assert np.array_equal(found.values[7:, :, :8], values[1].reshape(8, 8, 8))
    assert not found.values[:7, :, :8].any()
    assert found.origin == pytest.approx((2e-6, 0.0, -16e-6))
    write_vti(tmp_path / "own.vti", (grid,))
    assert np.array_equal(read_image(tmp_path / "own.vti").values[8:, :, :8], values[1].reshape(8, 8, 8))


def test_files_that_cannot_be_read_say_what_they_lack(tmp_path):
    np.save(tmp_path / "flat.npy", VALUES[0])
    (tmp_path / "a.raw").write_bytes(bytes(VALUES.size))
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "a.tif").write_bytes(b"no TIFF")
    (tmp_path / "a.vti").write_bytes(b"<VTKFile></VTKFile>")
    for name, storage, match in (
        ("none.npy", Storage(), "no such file"),
        ("flat.npy", Storage(), r"shape \(9, 12\), but an image has three axes"),
        ("a.raw", Storage(), "no header, and has 540 bytes: give the shape"),
        ("a.raw", Storage(shape=(5, 9, 11)), "5 x 9 x 11 voxels of type uint8 need 495 bytes, but the file has 540"),
        ("a.png", Storage(), "images are read from .npy"),
        ("a.tif", Storage(), "Pillow cannot read this file"),
        ("a.vti", Storage(), "0 pieces of ImageData"),
    ):
        with pytest.raises(SceneError, match=match):
            read_image(tmp_path / name, storage)


def test_pores_are_labels_or_a_side_of_a_threshold():
    grey = np.array([[[0, 10, 20, 30]]], np.uint8)
    assert PoreLabels((0, 30)).pores(grey).ravel().tolist() == [True, False, False, True]
    assert Threshold(15.0).pores(grey).ravel().tolist() == [True, True, False, False]
    assert Threshold(15.0, above=True).pores(grey).ravel().tolist() == [False, False, True, True]
    assert PoreLabels().pores(grey > 5).ravel().tolist() == [False, True, True, True]
    with pytest.raises(SceneError, match=r"values 0 \(25.0%\), 10 \(25.0%\).*which are pores: give the labels"):
        PoreLabels().pores(grey)
    with pytest.raises(SceneError, match="no voxel has the pore label 1"):
        PoreLabels((0, 1)).pores(grey)
    with pytest.raises(SceneError, match="no voxel is above the threshold of 40"):
        Threshold(40.0, above=True).pores(grey)


def test_a_part_of_an_image_keeps_its_place(tmp_path):
    np.save(tmp_path / "a.npy", VALUES)
    image = read_image(tmp_path / "a.npy")
    part = image.cropped((1, 2, 3), (5, 9, 10))
    assert np.array_equal(part.values, VALUES[1:5, 2:9, 3:10])
    with pytest.raises(SceneError, match=r"from voxel \(0, 0, 0\) to \(6, 9, 12\) is empty or beyond its \(5, 9, 12\) voxels"):
        image.cropped(None, (6, 9, 12))


def test_percolation_follows_the_repetitions_of_a_periodic_image():
    """A staircase that climbs by one voxel per repetition joins all repetitions along x and y, whichever way it is cut."""
    stairs = np.zeros((4, 4, 4), dtype=bool)
    for i in range(4):
        stairs[i, i, 0] = stairs[(i + 1) % 4, i, 0] = True
    for shift in range(4):
        moved = np.roll(stairs, (shift, 2 * shift), axis=(0, 1))
        assert PoreSpace(moved, periodic=True).connected_porosity == (8 / 64, 8 / 64, 0.0)
    # A path between the faces that does not meet itself at the seam is no path in a periodic image.
    bent = np.zeros((4, 4, 4), dtype=bool)
    bent[:2, 0, 0] = bent[1, :3, 0] = bent[1:, 2, 0] = True
    assert PoreSpace(bent).connected_porosity[0] == bent.mean()
    assert PoreSpace(bent, periodic=True).connected_porosity[0] == 0.0


def test_widths_of_ducts_fractures_and_throats_are_exact():
    assert PoreSpace(duct(1)).typical_width(0) == 6
    assert PoreSpace(fracture(12), periodic=True).typical_width(0) == 12
    throat = duct(2)
    throat[5:15] = False
    throat[5:15, 4:7, 4:16] = True
    assert PoreSpace(throat).narrowest_width(0) == 3
    assert PoreSpace(np.zeros((4, 4, 4), dtype=bool)).narrowest_width(0) == 0


def test_coarser_and_finer_images_have_the_same_duct():
    assert np.array_equal(PoreSpace(duct(2)).coarsened().pore, duct(1))
    assert np.array_equal(PoreSpace(duct(1)).refined(2).pore, duct(2))
    assert PoreSpace(np.ones((5, 4, 3), dtype=bool)).coarsened().pore.shape == (3, 2, 2)
    with pytest.raises(GeometryError, match=r"uint8 \(10, 10, 10\): pass an array of bool"):
        PoreSpace(duct(1).astype(np.uint8))


@pytest.mark.parametrize("shape", [(13, 20), (5, 17, 9)])
def test_a_domain_of_voxels_has_those_cells_and_no_empty_tile(shape, device):
    fluid = np.zeros(shape, dtype=bool)
    fluid[1:4, 9:] = True
    domain = Domain.from_voxels(fluid, voxel_size=0.5, origin=(1.0, 2.0, 3.0), device=device)
    assert np.array_equal(domain.dense(domain.fluid).astype(bool), fluid)
    assert domain.fluid.any(axis=1).all()
    assert domain.tile_count < np.prod(-(-np.array(shape) // 8))
    assert domain.cell_centres().min(axis=(0, 1))[0] == 1.25
    for bad, match in (
        (fluid.astype(int), r"int64 \(.*\): pass an array of bool"), (fluid[..., 0].ravel(), "pass an array of bool"),
        ([True], "list"),
    ):
        with pytest.raises(DomainError, match=match):
            Domain.from_voxels(bad, device=device)
    with pytest.raises(DomainError, match="the domain has no cell"):
        Domain.from_voxels(np.zeros(shape, dtype=bool), device=device)
    with pytest.raises(DomainError, match="voxel size is 0 m"):
        Domain.from_voxels(fluid, voxel_size=0, device=device)
