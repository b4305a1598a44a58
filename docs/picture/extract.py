"""Takes what the README's picture shows out of a results stage: python docs/picture/extract.py STAGE OUT.npz"""

import sys

import numpy as np
from pxr import Usd, UsdGeom

from sparselbm.scene.usd import open_stage


def main(stage_path: str, out: str) -> None:
    stage = open_stage(stage_path)
    body = next(p for p in Usd.PrimRange(stage.GetPrimAtPath("/World")) if p.IsA(UsdGeom.Mesh))
    mesh, end = UsdGeom.Mesh(body), stage.GetEndTimeCode()
    frame = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(body))

    def world(points) -> np.ndarray:
        return np.c_[np.array(points), np.ones(len(points))] @ frame[:, :3]

    curves = UsdGeom.BasisCurves(stage.GetPrimAtPath("/World/Results/Streamlines/flow"))
    np.savez(
        out,
        first=world(mesh.GetPointsAttr().Get(stage.GetStartTimeCode())),
        last=world(mesh.GetPointsAttr().Get(end)),
        faces=np.array(mesh.GetFaceVertexIndicesAttr().Get()).reshape(-1, 3),
        colours=np.array(UsdGeom.PrimvarsAPI(body).GetPrimvar("displayColor").ComputeFlattened(end)),
        lines=np.array(curves.GetPointsAttr().Get(end)),
        counts=np.array(curves.GetCurveVertexCountsAttr().Get(end)),
        line_colours=np.array(UsdGeom.PrimvarsAPI(curves).GetPrimvar("displayColor").ComputeFlattened(end)),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
