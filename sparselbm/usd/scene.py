"""A scene: the solid bodies of a USD stage, or of a mesh file, in metres."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import difflib
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sparselbm.usd import foreign
from sparselbm.usd.body import Body, merge
from sparselbm.usd.errors import SceneError
from sparselbm.usd.report import Note, SceneReport


@dataclass(frozen=True, eq=False)
class Scene:
    """What was read from a file; a value, which holds no open stage."""

    path: Path
    """The file it came from."""
    up_axis: str
    """`Y` or `Z`; points are kept as the stage has them, and never turned."""
    metres_per_unit: float
    """Length of a unit of the file [m]."""
    bodies: tuple[Body, ...]
    """One a mesh, gprim or point instancer, in the order of the stage."""
    report: SceneReport
    """What was read, skipped and doubtful."""
    prim_paths: tuple[str, ...]
    """Every prim of the stage, for the sake of errors that name a near one."""

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        time: float | None = None,
        metres_per_unit: float | None = None,
        segments: int = 64,
    ) -> Scene:
        """Read a USD stage (or STL, OBJ, PLY, glTF through trimesh).

        Args:
            path: The file.
            time: Time code to read samples at; without it the first sample, or the default.
            metres_per_unit: Length of a unit [m] in place of what the file says; STL, OBJ and PLY, which say
                nothing, are taken for metres.
            segments: Corners around a sphere, cylinder, capsule or cone, at least 8.

        Raises:
            SceneError: No such file, unreadable, no surface in it, or a surface that is broken.
        """
        path = Path(path)
        if segments < 8:
            raise SceneError(f"segments = {segments} is too coarse for a round shape; give at least 8")
        if metres_per_unit is not None and not 0.0 < metres_per_unit < float("inf"):
            raise SceneError(f"metres_per_unit = {metres_per_unit}; give a positive length [m], such as 0.001")
        if not path.is_file():
            raise SceneError(f"{path}: no such file, seen from {Path.cwd()}; give the path of a scene")
        if path.suffix.lower() in foreign.SUFFIXES:
            scene = _read_foreign(path, metres_per_unit)
        else:
            scene = _read_stage(path, time, metres_per_unit, segments)
        if not scene.bodies:
            skipped = "; ".join(map(str, scene.report.skipped[:5])) or "nothing"
            raise SceneError(f"{path}: no mesh or gprim to read; add or show one (skipped: {skipped})")
        return scene

    def body(self, path: str) -> Body:
        """The body of a prim: a mesh or gprim itself, or all that stands below an Xform, in one mesh.

        Raises:
            SceneError: No such prim (near ones are named), or no surface was read from it (why is said).
        """
        wanted = "/" + str(path).strip("/")
        below = wanted.rstrip("/") + "/"
        members = [body for body in self.bodies if body.path == wanted or body.path.startswith(below)]
        if members:
            return members[0] if members[0].path == wanted else merge(wanted, members)
        note = self.report.why_skipped(wanted)
        if note:
            raise SceneError(f"{wanted}: nothing was read from this prim, because of {note}")
        if wanted in self.prim_paths:
            raise SceneError(f"{wanted}: no mesh or gprim at or below it; choose one of {self._names()}")
        near = difflib.get_close_matches(wanted, self.prim_paths, n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else f"the bodies are {self._names()}"
        raise SceneError(f"{wanted}: no such prim in {self.path}; {hint}")

    def _names(self) -> str:
        names = [body.path for body in self.bodies]
        return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _read_foreign(path: Path, metres_per_unit: float | None) -> Scene:
    doubts = [] if metres_per_unit else [Note("/", f"{path.suffix} names no unit; metres are assumed")]
    scale = metres_per_unit or 1.0
    bodies = foreign.read_bodies(path, scale)
    names = tuple(body.path for body in bodies)
    return Scene(path, foreign.up_axis(path), scale, bodies, SceneReport(names, (), tuple(doubts)), names)


def _read_stage(path: Path, time: float | None, metres_per_unit: float | None, segments: int) -> Scene:
    from pxr import Usd, UsdGeom

    from sparselbm.usd.reader import doubts, read_body
    from sparselbm.usd.stage import open_stage
    from sparselbm.usd.traversal import Walk

    stage = open_stage(path)
    code = Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time)
    scale = metres_per_unit or UsdGeom.GetStageMetersPerUnit(stage)
    walk = Walk(stage, code, scale)
    skipped, doubtful, pieces = list(walk.skipped.values()), _stage_doubts(stage, metres_per_unit), []
    for found in walk.found:
        body = read_body(found, code, segments)
        if isinstance(body, Note):
            skipped.append(body)
        else:
            pieces.append(body)
            doubtful += doubts(found, code)
    bodies = []
    for name, group in groupby(pieces, key=lambda body: body.path):
        members = list(group)
        bodies.append(members[0] if len(members) == 1 else merge(name, members))
    report = SceneReport(
        tuple(body.path for body in bodies), tuple(dict.fromkeys(skipped)), tuple(dict.fromkeys(doubtful))
    )
    return Scene(path, UsdGeom.GetStageUpAxis(stage), scale, tuple(bodies), report, tuple(walk.paths))


def _stage_doubts(stage, metres_per_unit: float | None) -> list[Note]:
    from pxr import UsdGeom

    reasons = [f"composition: {error}" for error in stage.GetCompositionErrors()]
    if metres_per_unit is None and not UsdGeom.StageHasAuthoredMetersPerUnit(stage):
        reasons.append("metersPerUnit is not authored, which means centimetres; metres_per_unit= says otherwise")
    if not stage.HasAuthoredMetadata("upAxis"):
        reasons.append(f"upAxis is not authored, which means {UsdGeom.GetStageUpAxis(stage)}")
    return [Note("/", reason) for reason in reasons]
