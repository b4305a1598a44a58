"""Hostile meshes, images and TOML cases: each writes its files into a folder, and returns the one to be inspected."""

import base64
import json
import struct
import zlib

import numpy as np


def _write(folder, name, data):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def arrays_100_000_deep(folder):
    return _write(folder, "case.toml", "a = " + "[" * 100_000 + "]" * 100_000)


def keys_100_000_deep(folder):
    return _write(folder, "case.toml", ".".join(["a"] * 100_000) + " = 1")


def number_of_a_million_digits(folder):
    return _write(folder, "case.toml", "[fluid]\nreynolds = " + "9" * 1_000_000)


def cells_of_a_nanometre(folder):
    return _write(folder, "case.toml", '[scene]\nfile = "ball.stl"\n[domain]\nvoxelSize = 1e-9\n')


def control_points_1e18(folder):
    return _write(
        folder, "case.toml", '[scene]\nfile = "ball.stl"\n[obstacle."/ball_stl"]\nrole = "design"\n[design]\nkind = "ffd"\n'
        "controlPoints = [1000000, 1000000, 1000000]\n",
    )


def outputs_1e60(folder):
    return _write(folder, "case.toml", '[scene]\nfile = "ball.stl"\n[time]\nduration = 1e30\noutputEvery = 1e-30\n')


def stl_of_4e9_triangles(folder):
    return _write(folder, "scene.stl", bytes(80) + struct.pack("<I", 0xFFFFFFFF) + bytes(500))


def stl_without_an_end(folder):
    return _write(folder, "scene.stl", "solid a\n" + "facet normal 0 0 0\nouter loop\n" * 100_000)


def obj_face_of_a_million_corners(folder):
    return _write(folder, "scene.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf" + " 1" * 1_000_000)


def ply_of_4e9_points(folder):
    head = "ply\nformat binary_little_endian 1.0\nelement vertex 4294967295\n"
    head += "property float x\nproperty float y\nproperty float z\n"
    return _write(folder, "scene.ply", head + "element face 1\nproperty list uchar int vertex_indices\nend_header\n" + "\0" * 100)


def ply_of_4e9_points_as_text(folder):
    head = "ply\nformat ascii 1.0\nelement vertex 4294967295\nproperty float x\nproperty float y\nproperty float z\n"
    return _write(folder, "scene.ply", head + "element face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n")


def ply_list_of_2e9(folder):
    head = "ply\nformat binary_little_endian 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
    head += "element face 1\nproperty list int int vertex_indices\nend_header\n"
    return _write(folder, "scene.ply", head.encode() + bytes(12) + struct.pack("<i", 2_000_000_000) + bytes(12))


def _gltf(folder, **changes):
    data = struct.pack("<9f3I", 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 2)
    uri = "data:application/octet-stream;base64," + base64.b64encode(data).decode()
    whole = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5125, "count": 3, "type": "SCALAR"},
        ],
        "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": 36}, {"buffer": 0, "byteOffset": 36, "byteLength": 12}],
        "buffers": [{"uri": uri, "byteLength": 48}], **changes,
    }
    return _write(folder, "scene.gltf", json.dumps(whole))


def gltf_of_1e9_points_without_data(folder):
    return _gltf(folder, accessors=[
        {"componentType": 5126, "count": 1_000_000_000, "type": "VEC3"}, {"componentType": 5125, "count": 3, "type": "SCALAR"},
    ])


def gltf_beyond_its_data(folder):
    return _gltf(folder, bufferViews=[
        {"buffer": 0, "byteOffset": 1 << 60, "byteLength": 1 << 60}, {"buffer": 0, "byteOffset": 36, "byteLength": 12},
    ])


def gltf_nodes_in_a_ring(folder):
    return _gltf(folder, nodes=[{"mesh": 0, "children": [1]}, {"children": [0]}])


def gltf_nodes_15_000_deep(folder):
    deep = [{"children": [k + 1]} for k in range(15_000)]
    return _gltf(folder, nodes=[*deep, {"mesh": 0, "matrix": [0.0] * 15}])


def gltf_of_a_million_nodes(folder):
    return _gltf(folder, nodes=[{"children": list(range(1, 300_001))}, *[{"mesh": 0}] * 300_000])


def glb_of_4e9_bytes(folder):
    return _write(folder, "scene.glb", struct.pack("<4sIIII", b"glTF", 2, 0xFFFFFFFF, 0xFFFFFFF0, 0x4E4F534A) + b"{}")


def billion_laughs(folder):
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 10))
    return _write(folder, "scene.vtp", f'<?xml version="1.0"?><!DOCTYPE v [{entities}]><VTKFile type="PolyData">&a9;</VTKFile>')


def elements_200_000_deep(folder):
    return _write(folder, "scene.vtp", '<VTKFile type="PolyData">' + "<a>" * 200_000 + "</a>" * 200_000 + "</VTKFile>")


def _vtp(points, more=""):
    return (
        f'<VTKFile type="PolyData" byte_order="LittleEndian" {more}><PolyData><Piece NumberOfPoints="1000000000000" '
        f'NumberOfPolys="1"><Points>{points}</Points><Polys><DataArray type="Int64" Name="connectivity" format="ascii">0 1 2'
        '</DataArray><DataArray type="Int64" Name="offsets" format="ascii">3</DataArray></Polys></Piece></PolyData></VTKFile>'
    )


def vtp_of_1e12_points(folder):
    return _write(folder, "scene.vtp", _vtp('<DataArray type="Float64" NumberOfComponents="3" format="ascii">0 0 0</DataArray>'))


def vtp_that_unpacks_to_2_gb(folder):
    block = zlib.compress(bytes(1 << 26), 9)
    head = struct.pack("<4I", 1, 1 << 31, 0, len(block))
    text = base64.b64encode(head).decode() + base64.b64encode(block).decode()
    array = f'<DataArray type="Float64" NumberOfComponents="3" format="binary">{text}</DataArray>'
    return _write(folder, "scene.vtp", _vtp(array, 'header_type="UInt32" compressor="vtkZLibDataCompressor"'))


def vti_of_1e18_voxels(folder):
    return _write(
        folder, "rock.vti", '<VTKFile type="ImageData" byte_order="LittleEndian"><ImageData WholeExtent="0 1000000 0 1000000 0 '
        '1000000" Origin="0 0 0" Spacing="1 1 1"><Piece Extent="0 1000000 0 1000000 0 1000000"><CellData><DataArray type="UInt8" '
        'Name="rock" format="ascii">0 1 0</DataArray></CellData></Piece></ImageData></VTKFile>',
    )


def npy_of_1e18_voxels(folder):
    head = "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 1000000, 1000000), }"
    return _write(folder, "rock.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head) + 1) + head.encode() + b"\n" + bytes(64))


def npy_with_objects(folder):
    np.save(folder / "rock.npy", np.array([[[{"a": 1}]]], dtype=object), allow_pickle=True)
    return folder / "rock.npy"


def tiff_of_1e10_pixels(folder):
    tags = [(256, 4, 1, 100_000), (257, 4, 1, 100_000), (258, 3, 1, 8), (259, 3, 1, 32773), (262, 3, 1, 1), (273, 4, 1, 200)]
    tags += [(277, 3, 1, 1), (278, 4, 1, 100_000), (279, 4, 1, 100)]
    data = b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return _write(folder, "rock.tif", data.ljust(400, b"\0"))


def tiff_of_endless_pages(folder):
    tags = [(256, 4, 1, 4), (257, 4, 1, 4), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 200), (277, 3, 1, 1)]
    tags += [(278, 4, 1, 4), (279, 4, 1, 16)]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    data = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 8)  # The next page is this one.
    return _write(folder, "rock.tif", data.ljust(400, b"\0"))


def nvdb_of_1e18_bytes(folder):
    head = struct.pack("<QIHH", 0x304244566F6E614E, 32 << 21, 1, 0)
    size = struct.pack("<QQQQ", 1 << 60, 1 << 60, 0, 1 << 60)
    return _write(folder, "scene.nvdb", head + size + bytes(600))


OTHERS = [
    each for name, each in list(globals().items()) if callable(each) and getattr(each, "__module__", "") == __name__
    and not name.startswith("_")
]
