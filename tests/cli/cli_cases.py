"""The command as a child process sees it, and small scenes for it."""

import os
import subprocess
import sys
from pathlib import Path

from pxr import Gf, Sdf, Usd, UsdGeom

from sparselbm.geometry import TriangleMesh

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}


def command(*arguments):
    """Command line of a subprocess."""
    return [sys.executable, "-m", "sparselbm.cli.main", *map(str, arguments)]


def call(*arguments, cwd):
    """Exit code, standard output and standard error."""
    done = subprocess.run(command(*arguments), cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout, done.stderr


def add_mesh(stage, path, mesh, scale=1.0):
    """A mesh prim of triangles, its points in units of 1 / scale metres."""
    prim = UsdGeom.Mesh.Define(stage, path)
    prim.CreatePointsAttr([Gf.Vec3f(*map(float, point * scale)) for point in mesh.points])
    prim.CreateFaceVertexCountsAttr([3] * len(mesh.faces))
    prim.CreateFaceVertexIndicesAttr(mesh.faces.ravel().tolist())
    prim.CreateExtentAttr(UsdGeom.PointBased.ComputeExtent(prim.GetPointsAttr().Get()))
    prim.CreateSubdivisionSchemeAttr("none")
    return prim


def scene_of(path, meshes, metres_per_unit=1.0):
    """A Z-up stage with meshes below /World, by their names."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, metres_per_unit)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    for name, mesh in meshes.items():
        add_mesh(stage, f"/World/{name}", mesh, 1.0 / metres_per_unit)
    stage.GetRootLayer().Export(str(path))
    return path


def instanced_scene(path):
    """Z-up centimetres: a ball of 20 cm, drawn by an instance that is turned, shifted and flattened along the flow."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    stage.CreateClassPrim("/Parts")
    UsdGeom.Xform(stage.DefinePrim("/Parts/Ball", "Xform"))
    add_mesh(stage, "/Parts/Ball/Surface", TriangleMesh.sphere(0.1, subdivisions=3), 100.0)
    body = UsdGeom.Xform.Define(stage, "/World/Body")
    body.AddTranslateOp().Set(Gf.Vec3d(300, -40, 70))
    body.AddRotateZOp().Set(90.0)
    body.AddScaleOp().Set(Gf.Vec3f(1.0, 0.7, 1.0))
    body.GetPrim().GetReferences().AddInternalReference(Sdf.Path("/Parts/Ball"))
    body.GetPrim().SetInstanceable(True)
    stage.GetRootLayer().Export(str(path))
    return path
