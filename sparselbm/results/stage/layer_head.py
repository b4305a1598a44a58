"""What a layer over a scene begins with: its own word on units, axis and time counts, and the scene by a relative path."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sparselbm.scene.usd import open_stage
from sparselbm.scene.usd.paths import relative_path
from sparselbm.scene.usd.stage import hushed


@dataclass(frozen=True)
class LayerHead:
    """The metadata of a scene, repeated for a layer in some folder."""

    metadata: dict[str, str]
    """By USD's names, with the values as they stand in a file."""
    scene: str
    """The scene's path, seen from the folder."""
    roots: tuple[str, ...]
    """Names of the prims at the scene's root."""
    is_guess: bool
    """Whether the scene names no unit, so that USD's centimetres are repeated."""

    @classmethod
    def of(cls, scene: Path, folder: Path) -> LayerHead:
        """Raises SceneError where USD cannot open the scene."""
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
        """A name for a prim at the root that the scene does not use."""
        return next(each for each in (name, *(f"{name}{k}" for k in range(1, 10**6))) if each not in self.roots)

    def lines(self) -> list[str]:
        """The head's lines in USD's text format, without the first."""
        remark = "    # The scene names no unit, which means centimetres: correct it here if that is wrong."
        at = "@@@" if "@" in self.scene else "@"
        data = [f"    {name} = {value}" for name, value in self.metadata.items()]
        return ["(", *([remark] if self.is_guess else []), *data, f"    subLayers = [{at}{self.scene}{at}]", ")"]
