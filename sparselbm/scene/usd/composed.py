"""Reading of a composed stage: variants are selected, skeletons posed, prims visited and read."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from sparselbm.errors import SceneError
from sparselbm.scene.usd.body import Body, merge
from sparselbm.scene.usd.confinement import refuse_strangers, strangers
from sparselbm.scene.usd.doubts import doubts_on
from sparselbm.scene.usd.expansion import require_composable
from sparselbm.scene.usd.groups import groups_of
from sparselbm.scene.usd.layer_doubts import layer_doubts
from sparselbm.scene.usd.point_count import PointCount
from sparselbm.scene.usd.reader import Reader
from sparselbm.scene.usd.report import Note, SceneReport
from sparselbm.scene.usd.skinning import pose
from sparselbm.scene.usd.stage import hushed
from sparselbm.scene.usd.traversal import PURPOSES, Walk
from sparselbm.scene.usd.variants import open_selected

if TYPE_CHECKING:
    from pxr import Usd


@dataclass(frozen=True)
class Options:
    """Arguments of `Scene.open`, which documents them."""

    time: float | None
    metres_per_unit: float | None
    segments: int
    subdivision_levels: int
    purpose: str
    variants: Mapping[str, str]
    attributes: Mapping[str, str]
    local_files_only: bool
    allow_missing: bool


def read_stage(
    path: Path, options: Options
) -> tuple[str, float, tuple[Body, ...], SceneReport, tuple[str, ...], float | None, dict[str, tuple[str, ...]]]:
    """Returns up axis, metres per unit, bodies, report, paths of all prims, time code (None: first samples), and groups."""
    from pxr import Usd, UsdGeom

    if options.purpose not in PURPOSES:
        raise SceneError(f"purpose is {options.purpose!r}: give one of {', '.join(PURPOSES)}")
    with hushed():
        if options.local_files_only:
            refuse_strangers(path)
        require_composable(path)
        stage = open_selected(path, options.variants, options.attributes)
        doubtful = _composition_doubts(path, stage, options)
        scale = _metres_per_unit(stage, options)
        posed, time = frozenset(), options.time
        code = Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time)
        sizes = options.segments, options.subdivision_levels
        walk = Walk(stage, code, scale, options.purpose, PointCount(code, *sizes))
        if walk.skeletons:
            posed, time = pose(stage, walk.skeletons, time)
            code = Usd.TimeCode(time)
            walk = Walk(stage, code, scale, options.purpose, PointCount(code, *sizes))
        reader = Reader(code, *sizes, posed)
        skipped, pieces = list(walk.skipped.values()), []
        for found in walk.found:
            body = reader.read(found)
            if isinstance(body, Note):
                skipped.append(body)
            else:
                pieces.append((found, body))
                doubtful += doubts_on(found, code, options.subdivision_levels, posed=str(found.prim.GetPath()) in posed)
        doubtful += layer_doubts(stage, pieces, scale)
        groups = groups_of(stage, [(found.prim, body.path) for found, body in pieces])
    bodies = _one_a_name([body for _, body in pieces])
    report = SceneReport.of(bodies, skipped, doubtful)
    return UsdGeom.GetStageUpAxis(stage), scale, bodies, report, tuple(walk.paths), time, groups


def _one_a_name(pieces: list[Body]) -> tuple[Body, ...]:
    """Merges the copies of a point instancer into one body."""
    groups = ((name, list(group)) for name, group in groupby(pieces, key=lambda body: body.path))
    return tuple(group[0] if len(group) == 1 else merge(name, group) for name, group in groups)


def _metres_per_unit(stage: Usd.Stage, options: Options) -> float:
    from pxr import UsdGeom

    scale = options.metres_per_unit or UsdGeom.GetStageMetersPerUnit(stage)
    if not 0.0 < scale < float("inf"):
        raise SceneError(f"/: metersPerUnit of the stage is {scale}; pass a positive length as metres_per_unit=")
    return scale


def _composition_doubts(path: Path, stage: Usd.Stage, options: Options) -> list[Note]:
    """Warnings about the stage as a whole. Raises SceneError for broken composition arcs, unless they are allowed."""
    from pxr import UsdGeom

    broken = [Note(str(error.rootSite.path), " ".join(str(error).split())) for error in stage.GetCompositionErrors()]
    if broken and not options.allow_missing:
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        raise SceneError(f"{broken[0]}{more}; mend it, or pass allow_missing=True to read the rest")
    reasons = []
    if options.metres_per_unit is None and not UsdGeom.StageHasAuthoredMetersPerUnit(stage):
        reasons.append("metersPerUnit is not authored, which means centimetres: author it if that is wrong")
    if not stage.HasAuthoredMetadata("upAxis"):
        reasons.append(f"upAxis is not authored, which means {UsdGeom.GetStageUpAxis(stage)}")
    return [*broken, *strangers(path), *(Note("/", reason) for reason in reasons)]
