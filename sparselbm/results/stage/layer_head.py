"""Head of a layer over a scene: units, axis and time codes of its own, and the scene as a sublayer by relative path."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from sparselbm.scene.usd import open_stage
from sparselbm.scene.usd.paths import relative_path
from sparselbm.scene.usd.stage import hushed


@dataclass(frozen=True)
class LayerHead:
    """Metadata of a scene, repeated for a layer in some folder."""

    metadata: dict[str, str]
    """Metadata by USD name, with values as written in a file."""
    scene: str
    """Path of the scene relative to the folder."""
    roots: tuple[str, ...]
    """Names of the root prims of the scene."""
    is_guess: bool
    """Whether the scene has no unit, so that USD's default of centimetres is written."""

    @classmethod
    def of(cls, scene: Path, folder: Path) -> LayerHead:
        """Reads the metadata of a scene. Raises SceneError if USD cannot open it."""
        from pxr import UsdGeom

        with hushed():
            stage = open_stage(scene)
            roots = tuple(prim.GetName() for prim in stage.GetPseudoRoot().GetChildren())
            default = stage.GetDefaultPrim().GetName() if stage.GetDefaultPrim() else (*roots, "")[0]
            scale, rate = UsdGeom.GetStageMetersPerUnit(stage), stage.GetTimeCodesPerSecond()
            metadata = {
                "defaultPrim": json.dumps(default),
                "metersPerUnit": repr(scale),
                "upAxis": json.dumps(str(UsdGeom.GetStageUpAxis(stage))),
                "timeCodesPerSecond": repr(rate),
            }
            if stage.HasAuthoredTimeCodeRange():
                metadata |= {
                    "startTimeCode": repr(stage.GetStartTimeCode()),
                    "endTimeCode": repr(stage.GetEndTimeCode()),
                }
            return cls(
                metadata,
                relative_path(scene.resolve(), folder.resolve()),
                roots,
                not UsdGeom.StageHasAuthoredMetersPerUnit(stage),
            )

    def free_name(self, name: str) -> str:
        """Name for a root prim that the scene does not use."""
        return next(each for each in chain([name], (f"{name}{k}" for k in count(1))) if each not in self.roots)

    def lines(self) -> list[str]:
        """Lines of the head in USD's text format, without the first."""
        remark = "    # The scene has no unit, which means centimetres: correct this here if it is wrong."
        at = "@@@" if "@" in self.scene else "@"
        data = [f"    {name} = {value}" for name, value in self.metadata.items()]
        return ["(", *([remark] if self.is_guess else []), *data, f"    subLayers = [{at}{self.scene}{at}]", ")"]
