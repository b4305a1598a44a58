"""Bodies of a case that move: along the time samples of their prims, or freely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..errors import CaseError, MotionError, SceneError
from ..flows import BodyMotion, FreeBody, TimeSamples
from .collection_roles import is_collection
from .entry import spelt
from .parts import CaseObstacle, CaseTime, SceneFile
from .source import Source

if TYPE_CHECKING:
    from ..scene.usd import Scene, TransformSamples

_OF_FREE = ("density", "translate", "rotate", "initial_velocity", "initial_angular_velocity")
"""Settings of a free body."""


def moving_prims(obstacles: Mapping[str, CaseObstacle]) -> tuple[str, ...]:
    """Paths of the prims that move."""
    return tuple(path for path, each in obstacles.items() if each.motion != "none")


def require_motions(obstacles: Mapping[str, CaseObstacle], time: CaseTime, surface: str | None, source: Source) -> None:
    """Raises CaseError for motions that contradict other settings, before the scene is read."""
    for path, each in obstacles.items():
        for name in _OF_FREE:
            if each.motion != "free" and getattr(each, name) != getattr(CaseObstacle(), name):
                raise CaseError(
                    f"{source.place('obstacle', spelt(name), path)} is {getattr(each, name)}, but the motion is {each.motion}: "
                    "set the motion to free, or remove it"
                )
        if each.motion == "none":
            continue
        place = f"{source.place('obstacle', 'motion', path)} is {each.motion}, but"
        if surface is not None:
            raise CaseError(
                f"{place} the case has the fluid volume {surface}, in which other bodies are ignored: use a box around the "
                "bodies, or remove it"
            )
        if is_collection(path):
            raise CaseError(f"{place} the members of a collection are no rigid body: give the motion to a prim above them")
        if each.role not in ("fixed", "design"):
            raise CaseError(f"{place} the role is {each.role}: only a body in the flow moves; set the role to fixed")
        if each.role == "design" and sum(other.role == "design" for other in obstacles.values()) > 1:
            raise CaseError(
                f"{place} several prims have the role design, and are one body: give role and motion to a prim above them"
            )
        if time.duration is None:
            raise CaseError(
                f"{place} {source.place('time', 'duration')} is missing: the flow around a moving body does not become steady; "
                "give the duration"
            )
        if each.motion == "free" and each.density is None:
            raise CaseError(f"{place} {source.place('obstacle', 'density', path)} is missing: give the density [kg/m3]")
        for other in obstacles:
            if other != path and path.startswith(other.rstrip("/") + "/") and obstacles[other].motion != "none":
                raise CaseError(f"{place} {other} above it moves too, and all prims below it as one body: keep one of them")


def begin_code(obstacles: Mapping[str, CaseObstacle], scene: SceneFile) -> float | None:
    """Time code at which the scene is read and the run begins: that of the case, else with time samples the start time code of
    the stage, 0 without one. None: the first samples."""
    if scene.time is not None or all(each.motion != "timeSamples" for each in obstacles.values()):
        return scene.time
    from ..scene.usd import open_stage

    return float(open_stage(scene.file or "").GetStartTimeCode())


def moving_bodies(
    obstacles: Mapping[str, CaseObstacle], scene: Scene, time: CaseTime, source: Source
) -> dict[str, BodyMotion]:
    """Motions by the name of a body. Raises CaseError where a prim has none that can be used."""
    return {path: _motion(path, obstacles[path], scene, time, source) for path in moving_prims(obstacles)}


def motion_notes(obstacles: Mapping[str, CaseObstacle], scene: Scene, time: CaseTime) -> Iterator[str]:
    """Notes on bodies that are held because their time samples begin after the run, or end before it."""
    for path in moving_prims(obstacles):
        if obstacles[path].motion != "timeSamples":
            continue
        times, duration = _samples(path, scene).times, time.duration or 0.0
        if times[0] > 0.0:
            yield f"{path}: its time samples begin {times[0]:.4g} s after the run; until then it is held at the first one"
        if times[-1] < duration * (1.0 - 1e-6):
            yield (
                f"{path}: its time samples end at {times[-1]:.4g} s, before the run at {duration:.4g} s; from then on it is held "
                "at the last one"
            )


def placed(error: MotionError, source: Source) -> CaseError:
    """The error of a set-up, whose message begins with the path of a prim and the name of a setting, with the place of it."""
    path, _, rest = str(error).partition(": ")
    name, _, what = rest.partition(" ")
    return CaseError(f"{source.place('obstacle', name, path)} {what}")


def _motion(path: str, obstacle: CaseObstacle, scene: Scene, time: CaseTime, source: Source) -> BodyMotion:
    if obstacle.motion == "free":
        assert obstacle.density is not None, "see `require_motions`"
        return FreeBody(
            density=obstacle.density, translate=_axes(obstacle.translate), rotate=_axes(obstacle.rotate),
            velocity=obstacle.initial_velocity, angular_velocity=obstacle.initial_angular_velocity,
        )
    try:
        found = _samples(path, scene).until(time.duration or 0.0)
        return TimeSamples(times=tuple(found.times.tolist()), poses=tuple(found.poses))
    except (SceneError, MotionError) as error:
        raise CaseError(f"{source.place('obstacle', 'motion', path)} is timeSamples: {error}") from error


def _samples(path: str, scene: Scene) -> TransformSamples:
    from ..scene.usd import TransformSamples

    return TransformSamples.of(
        scene.path, path, time=scene.time, begin=scene.time, metres_per_unit=scene.metres_per_unit, variants=scene.variants,
        attributes=scene.attributes,
    )


def _axes(word: str) -> tuple[bool, bool, bool]:
    """Whether each axis is in a word such as xy."""
    return "x" in word, "y" in word, "z" in word
