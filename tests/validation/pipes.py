"""Stages of straight pipes with caps, as a user writes them."""

import sys
from pathlib import Path

import numpy as np
from pxr import Sdf, Usd, UsdGeom

from sparselbm.geometry import TriangleMesh

sys.path.insert(0, str(Path(__file__).parents[1] / "flows"))

from forks import fork as fork

RADIUS, DENSITY, VISCOSITY = 1e-3, 1060.0, 3.3e-6
"""Radius [m]; blood: density [kg/m^3] and kinematic viscosity [m^2/s]."""
RATES = 1000.0
"""Time codes per second."""


def pipe(length, axis=(1.0, 0.0, 0.0), segments=96):
    """Wall, inlet's cap and outlet's cap of a pipe along an axis [m]."""
    axis = np.asarray(axis) / np.linalg.norm(axis)
    whole = TriangleMesh.cylinder(RADIUS, (0, 0, 0), tuple(length * axis), segments=segments)
    first, last = len(whole.points) - 2, len(whole.points) - 1
    ends = [np.any(whole.faces == centre, axis=1) for centre in (first, last)]
    return [_part(whole, ~ends[0] & ~ends[1]), _part(whole, ends[0]), _part(whole, ends[1])]


def _part(whole, chosen):
    used, numbered = np.unique(whole.faces[chosen], return_inverse=True)
    return TriangleMesh(whole.points[used], numbered.reshape(-1, 3).astype(np.int32))


def stage(path, length, *, inlet, outlet, axis=(1.0, 0.0, 0.0), cells=12, **solver):
    """A stage with a pipe in metres; settings of the caps by name, a dictionary of times [s] and values is time samples."""
    made = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageMetersPerUnit(made, 1.0)
    UsdGeom.SetStageUpAxis(made, "Z")
    made.SetTimeCodesPerSecond(RATES)
    made.SetStartTimeCode(0.0)
    world = UsdGeom.Xform.Define(made, "/World").GetPrim()
    made.SetDefaultPrim(world)
    for name, mesh in zip(("Wall", "In", "Out"), pipe(length, axis), strict=True):
        add_mesh(made, f"/World/{name}", mesh)
    settings = {
        "/World/Wall": ("obstacle", {"role": "fluidVolume"}), "/World/In": ("opening", {"kind": "inlet", **inlet}),
        "/World/Out": ("opening", {"kind": "outlet", **outlet}),
    }
    for prim, (space, values) in settings.items():
        apply(made.GetPrimAtPath(prim), space, values)
    apply(world, "domain", {"voxelSize": 2.0 * RADIUS / cells})
    apply(world, "fluid", {"density": DENSITY, "viscosity": VISCOSITY})
    apply(world, "solver", solver)
    made.GetRootLayer().Export(str(path))
    return path


def add_mesh(made, path, mesh):
    """A mesh on a stage."""
    prim = UsdGeom.Mesh.Define(made, path)
    prim.CreatePointsAttr(mesh.points.tolist())
    prim.CreateFaceVertexCountsAttr([3] * len(mesh.faces))
    prim.CreateFaceVertexIndicesAttr(mesh.faces.ravel().tolist())
    prim.CreateSubdivisionSchemeAttr("none")
    return prim.GetPrim()


def apply(prim, space, values):
    """A part of a case on a prim."""
    prim.AddAppliedSchema(f"Sparselbm{space[0].upper()}{space[1:]}API")
    kinds = {str: Sdf.ValueTypeNames.Token, float: Sdf.ValueTypeNames.Double, dict: Sdf.ValueTypeNames.Double}
    for name, value in values.items():
        kind = Sdf.ValueTypeNames.String if name == "waveform" else kinds[type(value)]
        attribute = prim.CreateAttribute(f"sparselbm:{space}:{name}", kind, False)
        for time, each in value.items() if isinstance(value, dict) else ():
            attribute.Set(each, time * RATES)
        if not isinstance(value, dict):
            attribute.Set(value)
