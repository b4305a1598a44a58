"""Writes a case template over a scene, which is not modified."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from pathlib import Path

from ..errors import CaseError, OutputExistsError
from ..files.write import replace_file
from ..results.stage.layer_head import LayerHead
from ..scene.usd import Scene, foreign, open_stage
from ..scene.usd.paths import relative_path
from .parts import SceneFile
from .template import image_text, toml_text, usd_text


def write_template(
    scene: Scene, obstacle: str | None = None, file: str | Path | None = None, *, overwrite: bool = False
) -> Path:
    """Writes a case template for a prim of a scene, by default its only body: a USD layer (.usda) over it, or a TOML file.

    `file`: by default SCENE_case.usda beside the scene, or SCENE_case.toml if the scene is not a USD file.
    Raises CaseError, SceneError, and OutputExistsError if the file exists and `overwrite` is not set.
    """
    is_foreign = not foreign.is_stage(scene.path)
    target = _target(scene.path, file, overwrite)
    prim = _prim_of(scene, obstacle, is_foreign)
    if target.suffix.lower() == ".toml":
        unit = scene.metres_per_unit if is_foreign and scene.metres_per_unit != 1.0 else None  # Metres are the default.
        seen = relative_path(scene.path.resolve(), target.parent.resolve())
        text = toml_text(SceneFile(file=seen, metres_per_unit=unit), prim)
    else:
        text = usd_text(LayerHead.of(scene.path, target.parent), prim)
    with replace_file(target) as path:
        path.write_text(text, encoding="utf-8")
    return target


def write_image_template(image: Path, file: str | Path | None = None, *, overwrite: bool = False) -> Path:
    """Writes a case template for a voxel image, a TOML file; `file`: by default IMAGE_case.toml beside the image.

    Raises CaseError, and OutputExistsError if the file exists and `overwrite` is not set.
    """
    target = _target(image, file, overwrite)
    with replace_file(target) as path:
        path.write_text(image_text(relative_path(image.resolve(), target.parent.resolve())), encoding="utf-8")
    return target


def _target(scene: Path, file: str | Path | None, overwrite: bool) -> Path:
    """File of a template. Raises CaseError, OutputExistsError."""
    is_foreign = not foreign.is_stage(scene)
    target = Path(file) if file else scene.with_name(f"{scene.stem}_case{'.toml' if is_foreign else '.usda'}")
    suffixes = (".toml",) if is_foreign else (".usda", ".toml")
    if target.suffix.lower() not in suffixes:
        raise CaseError(f"{target}: a case for {scene.name} ends with {' or '.join(suffixes)}: choose another name")
    if target.resolve() == scene.resolve():
        raise CaseError(f"{target} is the scene itself: choose another name")
    if target.exists() and not overwrite:
        raise OutputExistsError(f"{target} exists: pass overwrite=True, or choose another name")
    return target


def _prim_of(scene: Scene, obstacle: str | None, is_foreign: bool) -> str:
    """The obstacle's prim; for a prim inside an instance the instance itself, because nothing below it can be edited."""
    if obstacle is None and len(scene.bodies) != 1:
        names = ", ".join(body.path for body in scene.bodies)
        raise CaseError(
            f"{len(scene.bodies)} bodies and no obstacle specified: choose one of {names}, or a prim above some of them"
        )
    if obstacle is not None and "," in obstacle and not is_foreign:
        raise CaseError(f"{obstacle} are several prims: name one above them, or apply the role design to each on the stage")
    body = scene.body(obstacle or scene.bodies[0].path)
    if is_foreign:
        return body.path
    stage = open_stage(scene.path)
    prim = stage.GetPrimAtPath(body.path)
    while prim.IsInstanceProxy():
        prim = prim.GetParent()
    above = scene.body(str(prim.GetPath()))
    if len(above.parts) != len(body.parts):
        raise CaseError(
            f"{body.path} is inside an instance, whose prims cannot have settings of their own: name {above.path} instead"
        )
    return above.path
