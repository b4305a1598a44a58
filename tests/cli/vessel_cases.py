"""Scenes of flow inside a surface, with the case in them."""

import numpy as np
from cli_cases import add_mesh
from pxr import Sdf, Usd, UsdGeom

from sparselbm.geometry import TriangleMesh

AXIS = np.array([3.0, 2.0, 1.0]) / np.sqrt(14.0)
START, RADIUS, LENGTH = np.array([0.1, -0.2, 0.35]), 0.006, 0.04
END = START + LENGTH * AXIS
SPEED, DENSITY, REYNOLDS, SEGMENTS, RINGS = 0.1, 1000.0, 20.0, 48, 21
VOXEL = RADIUS / 6.1


def ring(centre, radius=RADIUS):
    """Points around the axis."""
    side = np.cross(AXIS, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    angles = 2.0 * np.pi * np.arange(SEGMENTS)[:, None] / SEGMENTS
    return centre + radius * (np.cos(angles) * side + np.sin(angles) * np.cross(AXIS, side))


def disc(centre, radius=RADIUS):
    """A flat cap."""
    k = np.arange(SEGMENTS)
    return TriangleMesh(np.vstack([centre, ring(centre, radius)]), np.stack([0 * k, 1 + k, 1 + (k + 1) % SEGMENTS], axis=1))


def open_tube():
    """Rings of points along the axis, without ends."""
    points = np.concatenate([ring(START + s * (END - START)) for s in np.linspace(0.0, 1.0, RINGS)])
    k, j = np.meshgrid(np.arange(SEGMENTS), np.arange(RINGS - 1))
    a, b = (j * SEGMENTS + k).ravel(), (j * SEGMENTS + (k + 1) % SEGMENTS).ravel()
    faces = np.concatenate([np.stack([a, b, a + SEGMENTS], 1), np.stack([b, b + SEGMENTS, a + SEGMENTS], 1)])
    return TriangleMesh(points, faces)


IN, OUT = disc(START), disc(END)


def apply(prim, schema, **values):
    """An applied schema of the case, with attributes."""
    prim.GetPrim().AddAppliedSchema(schema)
    name = schema.removeprefix("Sparselbm").replace("API", "")
    head = f"sparselbm:{name[0].lower()}{name[1:]}"
    kinds = {str: Sdf.ValueTypeNames.Token, float: Sdf.ValueTypeNames.Double, bool: Sdf.ValueTypeNames.Bool}
    for name, value in values.items():
        attribute = prim.GetPrim().CreateAttribute(f"{head}:{name}", kinds[type(value)], False, Sdf.VariabilityUniform)
        attribute.Set(value)


def tube_scene(path, inlet=None, outlet=None, surface=None, cap=OUT):
    """A tilted tube in millimetres, open at both ends: laminar flow in, a pressure out; a ball beside it counts for nothing."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 0.001)
    world = UsdGeom.Xform.Define(stage, "/World")
    stage.SetDefaultPrim(world.GetPrim())
    tube = add_mesh(stage, "/World/Tube", surface or open_tube(), 1000.0)
    apply(tube, "SparselbmObstacleAPI", role="fluidVolume")
    entering, leaving = add_mesh(stage, "/World/In", IN, 1000.0), add_mesh(stage, "/World/Out", cap, 1000.0)
    apply(entering, "SparselbmOpeningAPI", **inlet or {"kind": "inlet", "velocity": SPEED, "profile": "laminar"})
    apply(leaving, "SparselbmOpeningAPI", **outlet or {"kind": "outlet"})
    add_mesh(stage, "/World/Ball", TriangleMesh.sphere(0.01, subdivisions=1), 1000.0)
    apply(world, "SparselbmDomainAPI", voxelSize=VOXEL)
    apply(world, "SparselbmFluidAPI", density=DENSITY, reynolds=REYNOLDS)
    stage.GetRootLayer().Export(str(path))
    return path
