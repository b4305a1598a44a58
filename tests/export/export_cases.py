"""A results folder made by hand, every number of which is known: no flow is run."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sparselbm.files.grid import TileGrid
from sparselbm.results.stage import ResultsStage

SCENE = """#usda 1.0
(
    metersPerUnit = 0.01
    upAxis = "Z"
    defaultPrim = "World"
)
def Xform "World"
{
    def Mesh "Body"
    {
        uniform token subdivisionScheme = "none"
        int[] faceVertexCounts = [4, 4, 4, 4, 4, 4]
        int[] faceVertexIndices = [0, 1, 3, 2, 4, 6, 7, 5, 0, 4, 5, 1, 2, 3, 7, 6, 0, 2, 6, 4, 1, 5, 7, 3]
        point3f[] points = [(-50, -50, -50), (-50, -50, 50), (-50, 50, -50), (-50, 50, 50), (50, -50, -50), (50, -50, 50),
            (50, 50, -50), (50, 50, 50)]
        double3 xformOp:translate = (100, 40, 20)
        double xformOp:rotateZ = 90
        double3 xformOp:scale = (1, 0.5, 1)
        uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:rotateZ", "xformOp:scale"]
    }
}
"""
"""A box of 1 x 0.5 x 1 m^3 about (1, 0.4, 0.2) m, Z up, in centimetres, turned, flattened and shifted."""
VOLUME, CENTRE = 0.5, np.array([1.0, 0.4, 0.2])
GROWTH = (1.0, 1.1, 1.2, 1.15)
"""Of the body's edges, iteration by iteration."""
DRAG = (2.0, 1.8, 1.5, 1.7)
FEASIBLE = (1, 1, 0, 1)
BEST = 3
REFERENCE_FORCE = 0.4
TILES = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [-1, 0, 0], [5, 2, -3]], np.int32)


@dataclass(frozen=True)
class Case:
    folder: Path
    grids: tuple
    slice_points: np.ndarray
    lines: list


def linear_grids():
    """u = (x, 2 y, 3 z) / s and p = x + 10 y + 100 z Pa on tiles of 0.1 m; half of one tile is solid."""
    inner = np.stack(np.unravel_index(np.arange(512), (8, 8, 8)), axis=-1)
    centres = 0.1 * (8 * TILES[:, None] + inner) + (0.25, -0.5, 1.0)
    active = np.ones((len(TILES), 512), bool)
    active[2, :256] = False
    place = {"tiles": TILES, "voxel_size": 0.1, "origin": (0.25, -0.5, 1.0), "active": active}
    velocity = TileGrid(name="velocity", values=(centres * (1.0, 2.0, 3.0)).astype(np.float32), **place)
    pressure = TileGrid(name="pressure", values=(centres @ (1.0, 10.0, 100.0)).astype(np.float32), **place)
    return velocity, pressure


def _on_tiles(tiles, voxel_size, origin, fields, solid):
    """Functions of x (..., 3) [m] as grids on tiles, with the solid fraction; fields are inactive where it is 1."""
    inner = np.stack(np.unravel_index(np.arange(512), (8, 8, 8)), axis=-1)
    x = voxel_size * (8 * tiles[:, None] + inner) + origin
    share = solid(x).astype(np.float32)
    place = {"tiles": tiles.astype(np.int32), "voxel_size": voxel_size, "origin": origin}
    found = [
        TileGrid(name=name, values=of(x).astype(np.float32), active=share < 1.0, **place) for name, of in fields.items()
    ]
    return (*found, TileGrid(name="solid", values=share, background=1.0, **place))


def bend_radius(x):
    """Distance from the centre line of `bend` [m]: a quarter of a circle of the radius 0.6 m about the z axis."""
    return np.hypot(np.hypot(x[..., 0], x[..., 1]) - 0.6, x[..., 2])


def bend():
    """Flow through a quarter of a ring, a tube of the radius 0.2 m: u = 1 - (r / 0.2)^2 along it, p = 1 - 2 angle / pi."""
    h = 0.025
    tiles = np.stack(np.meshgrid(np.arange(5), np.arange(5), np.arange(-2, 2), indexing="ij"), axis=-1).reshape(-1, 3)

    def solid(x):
        return (bend_radius(x) > 0.2).astype(float)

    def speed(x):
        return np.where(solid(x) > 0.0, 7.0, 1.0 - (bend_radius(x) / 0.2) ** 2)

    def velocity(x):
        along = np.stack([-x[..., 1], x[..., 0], 0.0 * x[..., 2]], axis=-1) / np.hypot(x[..., 0], x[..., 1])[..., None]
        return speed(x)[..., None] * along

    def pressure(x):
        return np.where(solid(x) > 0.0, 99.0, 1.0 - 2.0 / np.pi * np.arctan2(x[..., 1], x[..., 0]))

    grids = _on_tiles(tiles, h, (0.5 * h,) * 3, {"velocity": velocity, "pressure": pressure, "speed": speed}, solid)
    kept = grids[0].mask.any(axis=1)
    return tuple(replace(g, tiles=g.tiles[kept], values=g.values[kept], active=g.mask[kept]) for g in grids)


def stream_at_a_ball():
    """u = (1, 0, 0), p = x, and values that are not those of a flow in a ball of the radius 0.5 m."""
    tiles = np.stack(np.meshgrid(*[np.arange(-2, 2)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)

    def solid(x):
        return np.clip((0.55 - np.linalg.norm(x, axis=-1)) / 0.1, 0.0, 1.0)

    fields = {
        "velocity": lambda x: np.broadcast_to([1.0, 0.0, 0.0], x.shape),
        "pressure": lambda x: np.where(solid(x) >= 0.5, 99.0, x[..., 0]),
    }
    return _on_tiles(tiles, 0.1, (0.05,) * 3, fields, solid)


def draw(folder, scene):
    """The stage of a study of four iterations: shapes, pressure on the last, a slice and two lines."""
    body = scene.body("/World/Body")
    with ResultsStage(scene.path, folder, "box") as stage:
        for number, growth in enumerate(GROWTH):
            stage.add_iteration(body, number, CENTRE + growth * (body.mesh.points - CENTRE))
        stage.add_surface_fields(body, {"pressure": np.arange(8.0)}, colour_by="pressure")
        u, v = np.meshgrid(np.linspace(0.0, 2.0, 5), np.linspace(-1.0, 1.0, 4), indexing="ij")
        points = np.stack([u, 0.4 + 0.0 * u, v], axis=-1)
        stage.add_slice("speed", points, np.hypot(u, v), field_name="speed")
        lines = [
            np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.1], [2.0, 0.1, 0.2]]),
            np.array([[0.0, 1.0, 0.0], [2.0, 1.0, 0.0]]),
        ]
        stage.add_streamlines("flow", lines, [np.arange(len(line)) for line in lines], width=0.02, field_name="speed")
    return points, lines


def draw_each_flow(folder, scene):
    """The stage of a study of three iterations: a slice of the flow around the first design, and around the third."""
    body = scene.body("/World/Body")
    u, v = np.meshgrid(np.linspace(0.0, 2.0, 5), np.linspace(-1.0, 1.0, 4), indexing="ij")
    points = np.stack([u, 0.0 * u, v], axis=-1)
    with ResultsStage(scene.path, folder, "box") as stage:
        for number in range(3):
            stage.add_iteration(body, number, CENTRE + GROWTH[number] * (body.mesh.points - CENTRE))
            if number != 1:
                stage.add_slice("speed", points, 0.0 * u + number, field_name="speed", limits=(0.0, 2.0), time=number)
                stage.end_frame(number)


def volume_and_centre(points, faces):
    """Of a closed surface of triangles."""
    a, b, c = np.asarray(points, float)[np.asarray(faces)].swapaxes(0, 1)
    sixth = np.einsum("ij,ij->i", a, np.cross(b, c)) / 6.0
    return sixth.sum(), (sixth[:, None] * (a + b + c) / 4.0).sum(axis=0) / sixth.sum()
