"""Readers of each format under the fuzzer, with a check of what they accept: each returns a reason if it is nonsense.

Nonsense is: points that are not finite or beyond 1e7 m, indices beyond the points, surfaces without faces or area, volumes and
images without voxels, with a size or a place that is not finite, or without one finite value; settings of a case that are not
finite; waveforms whose times fall or whose values are not finite; a state of a run whose arrays differ from the written ones.
"""

import dataclasses
import math
from functools import partial
from pathlib import Path

import numpy as np

from sparselbm.case import Case
from sparselbm.case.source import Source
from sparselbm.case.waveform_file import read_waveform
from sparselbm.cli.app import app
from sparselbm.cli.exits import exit_code_of
from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.files.state_file import read_state
from sparselbm.scene.images import Storage, read_image
from sparselbm.scene.usd import Scene

FARTHEST = 1e7


def inspected(path: Path) -> str:
    """The whole way of `sparselbm inspect`, whose exit codes are 0 and 2; other exceptions than refusals pass."""
    code = exit_code_of(partial(app, ["inspect", str(path), "--reynolds", "20", "--device", "cpu"]))
    return "" if code in (0, 2) else f"exit code {code}"


def scene(path: Path) -> str:
    return _scene(path) or inspected(path)


def _scene(path: Path) -> str:
    for body in Scene.open(path).bodies:
        points, faces = body.mesh.points, body.mesh.faces
        if not np.isfinite(points).all() or np.abs(points).max() > FARTHEST:
            return f"points of {body.path} are {np.abs(points).max()}"
        if not len(faces) or faces.min() < 0 or faces.max() >= len(points) or not 0.0 < body.mesh.area < math.inf:
            return f"faces of {body.path} are no surface"
    return ""


def image(path: Path) -> str:
    found = read_image(path, Storage(shape=(6, 5, 4)))
    if not found.values.size or not np.isfinite(found.values.astype(float)).any():
        return "no finite voxel"
    placed = (found.voxel_size or 1.0, *found.origin)
    return "" if all(abs(x) <= FARTHEST for x in placed) and placed[0] > 0.0 else f"voxels of {placed}"


def volume(path: Path) -> str:
    found = read_nvdb(path)
    return "" if np.isfinite(found.values[found.mask]).all() and math.isfinite(found.voxel_size) else "values that are not finite"


def case(path: Path) -> str:
    found = Case.open(path)
    for value in _numbers(found):
        if not math.isfinite(value):
            return f"a setting is {value}"
    return inspected(path)


def waveform(path: Path) -> str:
    _, found = read_waveform(path.name, {"flowRate": "m3/s"}, None, "opening", Source(path))
    values = np.array([found.times, found.values], dtype=float)
    return "" if np.isfinite(values).all() and (np.diff(values[0]) >= 0.0).all() else "times or values are out of order"


def state(path: Path) -> str:
    read_state(path)
    return ""


def _numbers(value):
    """All numbers in a tree of dataclasses, mappings and tuples."""
    if isinstance(value, float):
        yield value
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from _numbers(getattr(value, each.name))
    elif isinstance(value, dict):
        for each in value.values():
            yield from _numbers(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _numbers(each)
