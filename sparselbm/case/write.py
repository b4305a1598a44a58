"""Writes a case over a scene, which is not modified."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ..errors import CaseError, OutputExistsError
from ..files.write import replace_file
from ..results.stage.layer_head import LayerHead
from ..scene.usd import Scene, foreign, open_stage
from ..scene.usd.paths import relative_path
from .case import Case
from .case_kind import BODY, IMAGE
from .collection_roles import on_prim
from .entry import CasePart
from .image import image_file
from .parts import PARTS, CaseObstacle
from .template import Settings, toml_text, usd_text
from .user_file import names_a_class


def write_template(case: Case, scene: Scene, file: str | Path | None = None, *, overwrite: bool = False) -> Path:
    """Writes the settings of a case that differ from their defaults, and all others as comments: a USD layer (.usda) over the
    scene, or a TOML file.

    `scene`: the case's own, as `Case.read_scene` returns it without roles; its only body is the design obstacle by default.
    `file`: by default SCENE_case.usda beside the scene, or SCENE_case.toml if the scene is not a USD file. Raises CaseError,
    SceneError, and OutputExistsError if the file exists and `overwrite` is not set.
    """
    require_no_case(case)
    target = target_of(scene.path, file, overwrite)
    settings = {**settings_for(case, target.parent), "obstacle": _roles(case, scene, target.suffix.lower() == ".usda")}
    if target.suffix.lower() == ".toml":
        seen = relative_path(scene.path.resolve(), target.parent.resolve())
        text = toml_text(BODY, settings | {"scene": replace(case.scene, file=seen)})
    else:
        text = usd_text(LayerHead.of(scene.path, target.parent), BODY, settings)
    return _written(target, text)


def write_image_template(case: Case, file: str | Path | None = None, *, overwrite: bool = False) -> Path:
    """Writes the settings of the case of a voxel image, and all others as comments, as a TOML file; `file`: by default
    IMAGE_case.toml beside the image.

    Raises CaseError, and OutputExistsError if the file exists and `overwrite` is not set.
    """
    require_no_case(case)
    image = image_file(case) or case.file
    target = target_of(image, file, overwrite)
    seen = relative_path(image.resolve(), target.parent.resolve())
    return _written(target, toml_text(IMAGE, {**settings_for(case, target.parent), "image": replace(case.image, file=seen)}))


def require_no_case(case: Case) -> None:
    """Raises CaseError for a file that contains settings already."""
    if case.source.file is not None:
        prims = ", ".join(sorted(set(case.source.prims.values())))
        where = f" on {prims}" if prims else ""
        raise CaseError(
            f"{case.source.file} contains the settings of a case already{where}: edit them there, or run it as it is, with "
            "options for other values"
        )


def settings_for(case: Case, folder: Path) -> Settings:
    """The parts of a case for a file in a folder, to which the files of a user's own models are relative."""
    parts: dict[str, Any] = {part.space: getattr(case, part.space) for part in PARTS}
    return {name: _relative(each, folder) if isinstance(each, CasePart) else each for name, each in parts.items()}


def target_of(scene: Path, file: str | Path | None, overwrite: bool) -> Path:
    """File of a case for a scene. Raises CaseError, OutputExistsError."""
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


def _written(target: Path, text: str) -> Path:
    with replace_file(target) as path:
        path.write_text(text, encoding="utf-8")
    return target


def _relative(part: CasePart, folder: Path) -> CasePart:
    changes = {}
    for each in fields(part):  # type: ignore[arg-type]
        value = getattr(part, each.name)
        if names_a_class(value) and each.metadata["entry"].model is not None:
            file, _, rest = value.rpartition(".py:")
            changes[each.name] = f"{relative_path(Path(f'{file}.py').resolve(), folder.resolve())}:{rest}"
    return replace(part, **changes) if changes else part  # type: ignore[type-var]


def _roles(case: Case, scene: Scene, in_usd: bool) -> dict[str, CaseObstacle]:
    """The roles by prim, that of the design obstacle first. Raises CaseError where there is none, or USD cannot express them."""
    wanted = case.design_obstacle
    others = {path: each for path, each in case.obstacle.items() if each.role != "design"}
    if wanted is None and len(scene.bodies) != 1:
        names = ", ".join(body.path for body in scene.bodies)
        raise CaseError(
            f"{len(scene.bodies)} bodies and no obstacle specified: choose one of {names}, or a prim above some of them"
        )
    paths = [scene.bodies[0].path] if wanted is None else wanted.split(",")
    if in_usd and len(paths) > 1:
        raise CaseError(f"{wanted} are several prims: name one above them, or apply the role design to each on the stage")
    for path in paths:
        scene.body(path)
    found = {**{path: case.obstacle.get(path, CaseObstacle(role="design")) for path in paths}, **others}
    if not in_usd:
        return found
    applied = [on_prim(path, each) for path, each in found.items()]
    if len({path for path, _ in applied}) < len(applied):
        raise CaseError(f"{', '.join(found)} give one prim several roles, of which it can have one: write the case as .toml")
    return {_prim_of(scene, path, each): each for path, each in applied}


def _prim_of(scene: Scene, path: str, obstacle: CaseObstacle) -> str:
    """A prim that can have settings: for one inside an instance the instance itself, because nothing below it can be edited.

    Raises CaseError for the whole scene, which is no prim, and for a part of an instance.
    """
    if path == "/":
        raise CaseError(f"{path} is the whole scene, to which no schema can be applied: name a prim, or write the case as .toml")
    stage = open_stage(scene.path)
    prim = stage.GetPrimAtPath(path)
    if not prim or not prim.IsInstanceProxy() or obstacle.collection is not None:
        return path
    body = scene.body(path)
    while prim.IsInstanceProxy():
        prim = prim.GetParent()
    above = scene.body(str(prim.GetPath()))
    if len(above.parts) != len(body.parts):
        raise CaseError(
            f"{body.path} is inside an instance, whose prims cannot have settings of their own: name {above.path} instead"
        )
    return above.path
