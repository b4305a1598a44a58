"""Hostile stages, layers, packages and cases: each writes its files into a folder, and returns the one to be inspected."""

import struct
import zipfile

import numpy as np

HEAD = '#usda 1.0\n(\ndefaultPrim = "World"\nmetersPerUnit = 1\nupAxis = "Z"\n)\n'
BALL = 'def Sphere "Ball" {\ndouble radius = 0.5\n}\n'


def _stage(folder, text, head=HEAD):
    path = folder / "scene.usda"
    path.write_text(head + text)
    return path


def _world(folder, text):
    return _stage(folder, f'def Xform "World" {{\n{text}}}\n')


def _binary(folder, path):
    from pxr import Sdf

    there = folder / "scene.usdc"
    Sdf.Layer.FindOrOpen(str(path)).Export(str(there))
    return there


def _grid(name, edge, more=""):
    """A mesh prim of edge x edge squares."""
    n = np.arange(edge * (edge + 1)).reshape(edge, edge + 1)[:, :-1]
    corners = np.stack([n, n + 1, n + edge + 2, n + edge + 1], axis=-1).reshape(-1)
    points = ", ".join(f"({x}, {y}, {(x * y) % 7})" for y in range(edge + 1) for x in range(edge + 1))
    return (
        f'def Mesh "{name}" {{\nint[] faceVertexCounts = [{", ".join(["4"] * edge**2)}]\n'
        f"int[] faceVertexIndices = [{', '.join(map(str, corners))}]\npoint3f[] points = [{points}]\n{more}}}\n"
    )


def sublayers_that_double(folder):
    """2^40 layers in the stack: each of two layers per level names both of the next level."""
    for level in range(40):
        for side in "ab":
            below = "" if level == 39 else f"(subLayers = [@./a{level + 1}.usda@, @./b{level + 1}.usda@])\n"
            (folder / f"{side}{level}.usda").write_text(f"#usda 1.0\n{below}" + BALL)
    return folder / "a0.usda"


def sublayers_in_a_row(folder):
    for level in range(3_000):
        (folder / f"l{level}.usda").write_text(f"#usda 1.0\n(subLayers = [@./l{level + 1}.usda@])\n")
    (folder / "l3000.usda").write_text(HEAD + BALL)
    return folder / "l0.usda"


def sublayers_in_a_ring(folder):
    for name, other in ("ab", "ba"):
        (folder / f"{name}.usda").write_text(f"#usda 1.0\n(subLayers = [@./{other}.usda@])\n" + BALL)
    return folder / "a.usda"


def references_in_a_ring(folder):
    return _stage(folder, 'def "World" (references = </A>) {\n}\ndef "A" (references = </World>) {\n}\n')


def references_to_parents(folder):
    return _stage(folder, 'def Xform "World" {\ndef "Child" (references = </World>) {\n}\n}\n')


def clips_of_1e12_files(folder):
    return _stage(
        folder, 'def Sphere "World" (clips = { dictionary default = { string templateAssetPath = "./c.####.###.usda"\n'
        'double templateStartTime = 0\ndouble templateEndTime = 1e9\ndouble templateStride = 0.001\nstring primPath = "/World"\n'
        '} }) {\ndouble radius = 0.5\n}\n',
    )


def polygon_of_200_000_corners(folder):
    turn = np.linspace(0, 2 * np.pi, 200_000, endpoint=False)
    radius = 1.0 + 0.5 * (np.arange(200_000) % 2)
    points = ", ".join(f"({r * np.cos(a):.6f}, {r * np.sin(a):.6f}, 0)" for r, a in zip(radius, turn))
    return _world(
        folder, 'def Mesh "M" {\nint[] faceVertexCounts = [200000]\n'
        f'int[] faceVertexIndices = [{", ".join(map(str, range(200_000)))}]'
        f"\npoint3f[] points = [{points}]\n}}\n",
    )


def counts_beyond_the_corners(folder):
    return _world(
        folder, 'def Mesh "M" {\nint[] faceVertexCounts = [2147483647, 2147483647, 2]\nint[] faceVertexIndices = [0, 1, 2]\n'
        "point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]\n}\n",
    )


def negative_counts(folder):
    return _world(
        folder, 'def Mesh "M" {\nint[] faceVertexCounts = [-3, 6]\nint[] faceVertexIndices = [0, 1, 2]\n'
        "point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]\n}\n",
    )


def sphere_of_1e300(folder):
    return _world(folder, BALL.replace("0.5", "1e300"))


def cylinder_of_infinity(folder):
    return _world(folder, 'def Cylinder "C" {\ndouble radius = 1\ndouble height = inf\n}\n')


def copies_of_a_large_mesh(folder):
    """90,000 copies of 10,000 faces."""
    places = ", ".join(f"({3 * k}, 0, 0)" for k in range(90_000))
    return _world(
        folder, f'def PointInstancer "P" {{\nrel prototypes = </World/P/M>\nint[] protoIndices = [{", ".join(["0"] * 90_000)}]\n'
        f"point3f[] positions = [{places}]\n{_grid('M', 100)}}}\n",
    )


def copies_of_copies(folder):
    """1,000 copies of 1,000 copies of 1,000 copies."""
    text = 'def Cube "M" {\n}\n'
    for name in "ABC":
        places = ", ".join(f"({3 * k}, 0, 0)" for k in range(1_000))
        text = (
            f'def PointInstancer "{name}" {{\nrel prototypes = <{"M" if name == "A" else chr(ord(name) - 1)}>\n'
            f'int[] protoIndices = [{", ".join(["0"] * 1_000)}]\npoint3f[] positions = [{places}]\n{text}}}\n'
        )
    return _world(folder, text)


def instances_of_a_large_mesh(folder):
    """6,000 instances of 10,000 faces."""
    copies = "".join(f'def "I{k}" (instanceable = true\nreferences = </Part>) {{\n}}\n' for k in range(6_000))
    return _stage(folder, f'def Xform "World" {{\n{copies}}}\nclass Xform "Part" {{\n{_grid("M", 100)}}}\n')


def ops_100_000(folder):
    ops = "".join(f"double3 xformOp:translate:t{k} = (0, 0, 0)\n" for k in range(100_000))
    order = ", ".join(f'"xformOp:translate:t{k}"' for k in range(100_000))
    return _world(folder, f'def Sphere "Ball" {{\n{ops}uniform token[] xformOpOrder = [{order}]\nvector3f[] no = [(0, 0)]\n}}\n')


def scale_of_1e200(folder):
    return _world(
        folder, 'def Sphere "Ball" {\ndouble3 xformOp:scale = (1e200, 1, 1)\n'
        'uniform token[] xformOpOrder = ["xformOp:scale"]\n}\n'
    )


def matrix_without_inverse(folder):
    return _world(
        folder, 'def Sphere "Ball" {\nmatrix4d xformOp:transform = ((0,0,0,0),(0,0,0,0),(0,0,0,0),(0,0,0,1))\n'
        'uniform token[] xformOpOrder = ["xformOp:transform"]\n}\n',
    )


def device_as_a_reference(folder):
    return _stage(folder, 'def "World" (references = @/dev/zero@</A>) {\n}\n')


def device_as_a_sublayer(folder):
    return _stage(folder, BALL, "#usda 1.0\n(subLayers = [@/dev/zero@])\n")


def memory_as_a_payload(folder):
    return _stage(folder, 'def "World" (payload = @/proc/self/mem@</A>) {\n}\n')


def dictionaries_5_000_deep(folder):
    deep = 'string s = "x"\n'
    for _ in range(5_000):
        deep = f"dictionary d = {{\n{deep}}}\n"
    return _stage(folder, f'def Sphere "World" (customData = {{\n{deep}}}) {{\n}}\n')


def prims_3_000_deep_in_binary(folder):
    return _binary(folder, _stage(folder, "".join(f'def "p{k}" {{\n' for k in range(3_000)) + "}\n" * 3_000))


def skeleton_with_a_wrong_joint(folder):
    return _world(
        folder, 'def SkelRoot "R" {\ndef Skeleton "S" {\nuniform token[] joints = ["a", "b/c", "b/c"]\n'
        "uniform matrix4d[] bindTransforms = [((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,0,1))]\n"
        "uniform matrix4d[] restTransforms = [((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,0,1))]\n}\n"
        'def Mesh "M" (prepend apiSchemas = ["SkelBindingAPI"]) {\nrel skel:skeleton = </World/R/S>\n'
        "int[] faceVertexCounts = [3]\nint[] faceVertexIndices = [0, 1, 2]\n"
        "point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]\n"
        "int[] primvars:skel:jointIndices = [0, 900000000, -5] (\nelementSize = 1000000000\ninterpolation = \"vertex\"\n)\n"
        'float[] primvars:skel:jointWeights = [1, 1, 1] (\nelementSize = 1000000000\ninterpolation = "vertex"\n)\n}\n}\n',
    )


def collections_in_a_ring(folder):
    return _stage(
        folder, 'def Xform "World" (prepend apiSchemas = ["CollectionAPI:a", "CollectionAPI:b"]) {\n'
        "rel collection:a:includes = </World.collection:b>\nrel collection:b:includes = </World.collection:a>\n}\n",
    )


def no_time_at_all(folder):
    return _stage(folder, BALL, '#usda 1.0\n(\nmetersPerUnit = 1\nupAxis = "Z"\ntimeCodesPerSecond = 0\n)\n')


def unit_of_1e300(folder):
    return _stage(folder, BALL, '#usda 1.0\n(\nmetersPerUnit = 1e300\nupAxis = "Z"\n)\n')


def crate_with_1e9_entries(folder):
    data = bytearray(_binary(folder, _world(folder, BALL)).read_bytes())
    (contents,) = struct.unpack_from("<q", data, 16)
    for number in range(6):
        name, place, _ = struct.unpack_from("<16sqq", data, contents + 8 + 32 * number)
        if name.startswith(b"PATHS"):
            struct.pack_into("<Q", data, place, 1 << 30)
    path = folder / "damaged.usdc"
    path.write_bytes(data)
    return path


def crate_with_1e9_entries_as_a_payload(folder):
    crate_with_1e9_entries(folder)
    return _stage(folder, 'def "World" (payload = @damaged.usdc@) {\n}\n')


def _package(folder, entries, kind=zipfile.ZIP_STORED):
    path = folder / "scene.usdz"
    with zipfile.ZipFile(path, "w", kind) as package:
        for name, data in entries.items():
            package.writestr(name, data)
    return path


def crate_with_1e9_entries_in_a_package(folder):
    return _package(folder, {"scene.usdc": crate_with_1e9_entries(folder).read_bytes()})


def package_in_a_package(folder):
    inner = _package(folder, {"scene.usdc": crate_with_1e9_entries(folder).read_bytes()}).read_bytes()
    return _package(folder, {"inner.usdz": inner})


def packed_bomb(folder):
    """A package of 2 MB that unpacks to 2 GB."""
    path = folder / "scene.usdz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package, package.open("scene.usda", "w", force_zip64=True) as file:
        for _ in range(2_000):
            file.write(bytes(1 << 20))
    return path


def package_that_names_a_parent(folder):
    (folder.parent / "outside.usda").write_text(HEAD + BALL)
    return _package(folder, {"../outside.usda": b"#usda 1.0\n"})


def package_of_itself(folder):
    return _package(folder, {"a.usda": b'#usda 1.0\ndef "World" (references = @scene.usdz@</World>) {\n}\n'})


def package_cut_off(folder):
    data = bytearray(_package(folder, {"a.usda": (HEAD + BALL).encode()}).read_bytes())
    struct.pack_into("<II", data, 18, 0xFFFFFFF0, 0xFFFFFFF0)
    (folder / "scene.usdz").write_bytes(data)
    return folder / "scene.usdz"


def subdivided_six_times(folder):
    """40,000 faces, 160 million if each is divided six times."""
    _world(folder, _grid("M", 200))
    path = folder / "case.toml"
    path.write_text('[scene]\nfile = "scene.usda"\nsubdivisionLevels = 6\n')
    return path


STAGES = [
    each for name, each in list(globals().items()) if callable(each) and getattr(each, "__module__", "") == __name__
    and not name.startswith("_")
]
