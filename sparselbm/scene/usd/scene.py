"""Scenes: the solid bodies of a USD stage or a mesh file, in metres."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sparselbm.errors import SceneError
from sparselbm.files.reading import refusals, require_readable
from sparselbm.scene.usd import foreign
from sparselbm.scene.usd.body import Body, merge
from sparselbm.scene.usd.report import Note, SceneReport, Used


@dataclass(frozen=True, eq=False)
class Scene:
    """Contents of a scene file; a value without an open stage."""

    path: Path
    """Source file."""
    up_axis: str
    """Vertical axis, `Y` or `Z`; points are not rotated."""
    metres_per_unit: float
    """Length of a unit of the file [m]."""
    bodies: tuple[Body, ...]
    """One body per mesh, gprim or point instancer, in the order of the stage."""
    report: SceneReport
    """Report on what was read, skipped and doubtful."""
    prim_paths: tuple[str, ...]
    """Paths of all prims of the stage, for suggestions in errors."""
    variants: Mapping[str, str] = field(default_factory=dict)
    """Variant selections that replace those of the file, such as {"/Car:wheels": "wide"}."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Attribute values that replace those of the file, such as {"/Car/Flap.xformOp:rotateY": "15"}."""
    time: float | None = None
    """Time code at which the bodies were read; None: the first sample of each attribute."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Paths of bodies by the path of a material or a collection: see `groups_of`."""

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        time: float | None = None,
        metres_per_unit: float | None = None,
        segments: int = 64,
        subdivision_levels: int = 0,
        purpose: str = "render",
        variants: Mapping[str, str] | None = None,
        attributes: Mapping[str, str] | None = None,
        local_files_only: bool = False,
        allow_missing: bool = False,
    ) -> Scene:
        """Reads a USD stage (or STL, OBJ, PLY, glTF through trimesh, or a level set in .nvdb or .vdb).

        Args:
            path: The file.
            time: Time code to read samples at; without it the first sample, or the default.
            metres_per_unit: Length of a unit [m] in place of what the file says; STL, OBJ, PLY and volumes, which say
                nothing, are taken for metres.
            segments: Corners around a sphere, cylinder, capsule or cone, at least 8.
            subdivision_levels: Refinements of Catmull-Clark meshes, whose points then lie on the limit surface, with the creases
                and corners that are authored; 2 or 3 are good. Each takes four times the points. 0 reads the cage as it is.
            purpose: Purpose of the prims to read beside `default`: render, proxy (simplified shapes) or guide.
            variants: Choices in place of the file's, such as {"/Car:wheels": "wide"}, in the order they are to be made.
            attributes: Values of attributes in place of the file's, as texts: see `set_attributes`.
            local_files_only: Refuse a stage that refers to files outside of its folder (they are doubtful otherwise).
            allow_missing: Read what can be composed where references or payloads are missing or cyclic, and call it doubtful.

        Raises:
            SceneError: if the file does not exist, is unreadable or has no surface, or a prim is invalid; the prim is named.
        """
        path = Path(path)
        if segments < 8:
            raise SceneError(f"segments = {segments} is too coarse for a round shape; give at least 8")
        if not 0 <= subdivision_levels <= 6:
            raise SceneError(f"subdivision_levels is {subdivision_levels}: give 0 (the cage) to 6 (4096 faces per face)")
        if time is not None and not math.isfinite(time):
            raise SceneError(f"time is {time}; use a time code of the stage, such as 1")
        if metres_per_unit is not None and not 0.0 < metres_per_unit < float("inf"):
            raise SceneError(f"metres_per_unit is {metres_per_unit}; use a positive length [m], such as 0.001")
        require_readable(path, SceneError)
        if not path.is_file():
            raise SceneError(f"{path}: no such file (working directory {Path.cwd()}); pass the path of a scene")
        if path.suffix.lower() in foreign.SUFFIXES:
            for kind, there in (("variants", variants), ("attributes", attributes)):
                if there:
                    raise SceneError(f"{path}: {path.suffix} files have no {kind}, so {', '.join(there)} cannot be set")
            with refusals(path, SceneError):
                scene = _read_foreign(path, metres_per_unit, local_files_only)
        else:
            from sparselbm.scene.usd.composed import Options, read_stage

            options = Options(
                time, metres_per_unit, segments, subdivision_levels, purpose, dict(variants or {}), dict(attributes or {}),
                local_files_only, allow_missing,
            )
            with refusals(path, SceneError):
                up_axis, scale, bodies, report, paths, read_at, groups = read_stage(path, options)
            scene = Scene(path, up_axis, scale, bodies, report, paths, options.variants, options.attributes, read_at, groups)
        if not scene.bodies:
            skipped = "; ".join(map(str, scene.report.skipped[:5])) or "nothing"
            raise SceneError(f"{path}: no mesh or gprim to read; add or show one (skipped: {skipped})")
        return scene

    def body(self, path: str) -> Body:
        """Returns the body of a prim: a mesh or gprim itself, or everything below an Xform, in one mesh.

        `path`: the prim, `/` for the whole scene, a material or a collection (see `groups`) for all its bodies, or several of
        them separated by commas, which are one body then.

        Raises:
            SceneError: if a prim does not exist (similar ones are named), or no surface was read from it (with the reason).
        """
        names = self.prims(path)
        whole = ",".join(names)
        same = next((body for body in self.bodies if body.path == whole), None)
        if same is not None:
            return same
        for name in names:
            if not any(_is_within(body.path, name) for body in self.bodies):
                raise self._missing(name)
        return merge(whole, [body for body in self.bodies if any(_is_within(body.path, name) for name in names)])

    def without(self, *paths: str) -> Scene:
        """Returns the scene without the bodies at and below some prims, which its report lists as skipped.

        Raises SceneError for prims that do not exist or from which nothing was read.
        """
        names, skipped = [name for path in paths for name in self.prims(path)], list(self.report.skipped)
        for name in names:
            note = Note(name, "it is left out, as specified")
            if note not in skipped:
                self.body(name)
                skipped.append(note)
        kept = tuple(body for body in self.bodies if not any(_is_within(body.path, name) for name in names))
        remaining = {body.path for body in kept}
        used = tuple(each for each in self.report.used if each.path in remaining)
        return replace(self, bodies=kept, report=replace(self.report, used=used, skipped=tuple(skipped)))

    def joined(self, path: str) -> Scene:
        """Returns the scene with everything at and below some prims as one body: see `body`."""
        whole, names = self.body(path), self.prims(path)
        others = [body for body in self.bodies if not any(_is_within(body.path, name) for name in (whole.path, *names))]
        bodies = (whole, *others)
        return replace(self, bodies=bodies, report=replace(self.report, used=tuple(map(Used.of, bodies))))

    def prims(self, path: str) -> list[str]:
        """Returns the paths of prims that a path names: see `body`."""
        rooted = ["/" + each.strip().strip("/") for each in path.split(",")]
        return list(dict.fromkeys(name for each in rooted for name in self.groups.get(each, (each,))))

    def _missing(self, wanted: str) -> SceneError:
        note = self.report.why_skipped(wanted)
        if note:
            return SceneError(f"{wanted}: nothing was read from this prim: {note}")
        if wanted in self.prim_paths:
            return SceneError(f"{wanted}: there is no mesh or gprim at or below it; use one of {self._names()}")
        near = difflib.get_close_matches(wanted, self.prim_paths, n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else f"the bodies are {self._names()}"
        return SceneError(f"{wanted}: no such prim in {self.path}; {hint}")

    def _names(self) -> str:
        names = [body.path for body in self.bodies]
        return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _is_within(path: str, prim: str) -> bool:
    """Whether a path is that of a prim, or below it."""
    return path == prim or path.startswith(prim.rstrip("/") + "/")


def _read_foreign(path: Path, metres_per_unit: float | None, local_files_only: bool) -> Scene:
    bodies = foreign.read_bodies(path, metres_per_unit or 1.0, local_files_only=local_files_only)
    is_known = metres_per_unit is not None or foreign.names_unit(path)
    doubts = [] if is_known else [Note("/", foreign.assumed_unit(path, bodies))]
    report = SceneReport.of(bodies, (), doubts)
    return Scene(path, foreign.up_axis(path), metres_per_unit or 1.0, bodies, report, report.read)
