"""Small whole files of every format that is read, from which the fuzzer begins."""

import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import readers

from sparselbm.files.grid import GridClass, TileGrid
from sparselbm.files.nvdb import write_nvdb
from sparselbm.files.state_file import write_state
from sparselbm.geometry import TriangleMesh

HEAD = '#usda 1.0\n(\n    defaultPrim = "World"\n    metersPerUnit = 1\n    upAxis = "Z"\n    timeCodesPerSecond = 24\n)\n'
STAGE = HEAD + """def Xform "World" (
    variants = {
        string size = "large"
    }
    prepend variantSets = "size"
)
{
    def Mesh "Box" (prepend apiSchemas = ["SparselbmObstacleAPI"])
    {
        int[] faceVertexCounts = [4, 4, 4, 4, 4, 4]
        int[] faceVertexIndices = [0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5]
        point3f[] points = [(-1,-1,-1), (1,-1,-1), (-1,1,-1), (1,1,-1), (-1,-1,1), (1,-1,1), (-1,1,1), (1,1,1)]
        float3[] extent = [(-1, -1, -1), (1, 1, 1)]
        uniform token subdivisionScheme = "none"
        double3 xformOp:translate.timeSamples = { 1: (0, 0, 0), 12: (1, 0, 0) }
        uniform token[] xformOpOrder = ["xformOp:translate"]
    }
    def Sphere "Ball" {
        double radius = 0.5
    }
    def PointInstancer "Copies"
    {
        rel prototypes = </World/Copies/Block>
        int[] protoIndices = [0, 0, 0]
        int64[] ids = [5, 6, 7]
        point3f[] positions = [(0, 0, 0), (5, 0, 0), (10, 0, 0)]
        def Cube "Block" {
            double size = 1
        }
    }
    def "Copy" (references = </World/Ball>)
    {
    }
}
"""
CASE = HEAD + """def Xform "World" (
    prepend apiSchemas = ["SparselbmDomainAPI", "SparselbmFluidAPI", "SparselbmSolverAPI", "SparselbmTimeAPI"]
)
{
    double sparselbm:time:duration = 1
    double sparselbm:domain:voxelSize = 0.1
    double sparselbm:domain:upstream = 2
    double sparselbm:fluid:reynolds = 100
    double sparselbm:solver:tolerance = 0.001
    def Sphere "Ball" (prepend apiSchemas = ["SparselbmObstacleAPI"])
    {
        token sparselbm:obstacle:motion = "timeSamples"
        double radius = 0.5
        double3 xformOp:translate.timeSamples = { 1: (0, 0, 0), 12: (0.1, 0, 0), 24: (0, 0.1, 0) }
        float3 xformOp:rotateXYZ.timeSamples = { 1: (0, 0, 0), 24: (0, 0, 90) }
        uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:rotateXYZ"]
    }
}
"""
TOML = """[scene]
file = "binary.stl"
metresPerUnit = 1.0
[domain]
voxelSize = 0.1
upstream = 2.0
downstream = 4.0
side = 1.5
[fluid]
reynolds = 100.0
density = "1.2 kg/m3"
[solver]
tolerance = 1e-3
maxSteps = 1000
latticeVelocity = 0.05
wall = "interpolated"
[obstacle."/binary_stl"]
role = "design"
[design]
kind = "ffd"
controlPoints = [4, 3, 4]
"""
WAVEFORM = "time [s], flowRate [mL/s]\n# a heart beat\n0, 1.5\n0.1, 80\n0.25, 20.5\n0.8, 1.5\n"


def samples(folder: Path) -> dict[str, tuple[Path, Callable[[Path], str]]]:
    """A whole file and the reader of each format, by the format."""
    import trimesh

    ball = TriangleMesh.sphere(0.5, subdivisions=1)
    mesh = trimesh.Trimesh(ball.points, ball.faces, process=False)
    texts = {"scene.usda": STAGE, "case.usda": CASE, "ball.usda": CASE, "case.toml": TOML, "waveform.csv": WAVEFORM}
    for name, content in texts.items():
        (folder / name).write_text(content)
    kinds_of_mesh = {"binary.stl": "stl", "ascii.stl": "stl_ascii", "mesh.obj": "obj", "mesh.ply": "ply", "mesh.glb": "glb"}
    for name, kind in kinds_of_mesh.items():
        mesh.export(folder / name, file_type=kind)
    (folder / "ascii.ply").write_bytes(trimesh.exchange.ply.export_ply(mesh, encoding="ascii"))
    _stage_in_binary(folder)
    _volumes(folder)
    _images(folder)
    flow = {"f": np.ones((9, 64), np.float32)}
    write_state(folder / "restart.npz", {"format": 1, "identity": {"case": "ball"}, "parts": {"flow": flow}})
    kinds: Mapping[Callable[[Path], str], str] = {
        readers.scene: "scene.usda scene.usdc scene.usdz binary.stl ascii.stl mesh.obj mesh.ply ascii.ply mesh.glb level.nvdb "
        "surface.vtp",
        readers.case: "case.usda case.toml", readers.waveform: "waveform.csv", readers.state: "restart.npz",
        readers.volume: "field.nvdb", readers.image: "rock.npy rock.raw rock.tif rock.vti rock.nvdb",
    }
    return {name: (folder / name, read) for read, names in kinds.items() for name in names.split()}


def _stage_in_binary(folder: Path) -> None:
    from pxr import Sdf, UsdUtils

    Sdf.Layer.FindOrOpen(str(folder / "scene.usda")).Export(str(folder / "scene.usdc"))
    UsdUtils.CreateNewUsdzPackage(Sdf.AssetPath(str(folder / "scene.usdc")), str(folder / "scene.usdz"))


def _volumes(folder: Path) -> None:
    axes = np.stack(np.meshgrid(*3 * [np.arange(16)], indexing="ij"), axis=-1).reshape(2, 8, 2, 8, 2, 8, 3)
    places = axes.transpose(0, 2, 4, 1, 3, 5, 6).reshape(8, 512, 3)
    distance = (np.linalg.norm(places - 7.5, axis=2) - 5.0).astype(np.float32)
    tiles = (places[:, 0] // 8).astype(np.int32)
    grid = TileGrid(
        name="surface", tiles=tiles, values=distance, voxel_size=0.1, active=np.abs(distance) < 3.0, background=3.0,
        grid_class=GridClass.LEVEL_SET,
    )
    for name in ("level.nvdb", "field.nvdb", "rock.nvdb"):
        write_nvdb(folder / name, grid)


def _images(folder: Path) -> None:
    from PIL import Image

    rock = (np.random.default_rng(1).random((4, 5, 6)) > 0.5).astype(np.uint8)
    np.save(folder / "rock.npy", rock)
    (folder / "rock.raw").write_bytes(rock.tobytes())
    first, *others = (Image.fromarray(255 * page) for page in rock)
    first.save(folder / "rock.tif", save_all=True, append_images=others)
    values = " ".join(map(str, rock.ravel()))
    (folder / "rock.vti").write_text(
        '<VTKFile type="ImageData" byte_order="LittleEndian"><ImageData WholeExtent="0 6 0 5 0 4" Origin="0 0 0" Spacing="1 1 1">'
        '<Piece Extent="0 6 0 5 0 4"><CellData>'
        f'<DataArray type="UInt8" Name="rock" format="ascii">{values}</DataArray></CellData>'
        "</Piece></ImageData></VTKFile>"
    )
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], "<f8")
    corners, ends = np.array([0, 2, 1, 0, 3, 2, 0, 1, 3, 1, 2, 3], "<i8"), np.array([3, 6, 9, 12], "<i8")
    blocks = [struct.pack("<I", each.nbytes) + each.tobytes() for each in (points, corners, ends)]
    at = np.cumsum([0, *map(len, blocks)])
    head = (
        '<VTKFile type="PolyData" byte_order="LittleEndian"><PolyData><Piece NumberOfPoints="4" NumberOfPolys="4"><Points>'
        f'<DataArray type="Float64" NumberOfComponents="3" format="appended" offset="{at[0]}"/></Points><Polys>'
        f'<DataArray type="Int64" Name="connectivity" format="appended" offset="{at[1]}"/>'
        f'<DataArray type="Int64" Name="offsets" format="appended" offset="{at[2]}"/></Polys></Piece></PolyData>'
        '<AppendedData encoding="raw">_'
    )
    (folder / "surface.vtp").write_bytes(head.encode() + b"".join(blocks) + b"</AppendedData></VTKFile>")
