"""Results page for a browser: a folder with an `index.html`.

All data are in the script `data.js`, since browsers do not load other files for a page opened from disk.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import numpy as np

from ...errors import PageError
from ...files.write import claim_folder, remove_unfinished, replace_file
from ...scene.usd import open_stage
from ..draw.surface import SENSITIVITY, SENSITIVITY_LABEL
from ..fields import field_named
from ..reader import Results
from ..stage.camera import first_view
from ..stage.root import drawings_of, group_of
from ..stage.shapes import DrawnPrim, shapes_at
from .names import short_names
from .store import Store, bounds_of
from .timeline import Timeline, headline

SCRIPTS = ("three.min.js", "views.js", "cursor.js", "viewer.js", "style.css", "index.html")
_ROOM = 0.05
"""Distance by which drawings may lie outside of a body that encloses them, relative to its size."""
MARK = '<meta name="generator" content="sparselbm view">'
"""Line of the `index.html` of a page."""


def write_page(results: str | Path, folder: str | Path, *, overwrite: bool = False, follow: bool = False) -> Path:
    """Writes the page of a results folder; returns the path of its `index.html`.

    `follow`: whether a browser that has the page from a server loads it again when its data change.

    An earlier page in the folder is replaced; no other file is removed. Raises ResultsError if the folder has no results or more
    than one case, PageError if there are no drawings or they are too large, and OutputExistsError if the page's folder has other
    files and no page, unless `overwrite`.
    """
    read = Results.open(results)
    stage = open_stage(read.stage)
    timeline, drawings, store = Timeline.of(read, stage), drawings_of(stage), Store()
    frames = [shapes_at(stage, moment.code) for moment in timeline.moments]
    if not any(frames):
        raise PageError(f"{read.stage} has no mesh, curve or point: run the case again with --draw")
    view, opening = first_view(stage), frames[timeline.start]
    shapes = _by_prim(frames, drawings, store, _enclosing(opening, drawings))
    page = {
        "title": read.name, "headline": headline(read), "up": stage.GetMetadata("upAxis"), "along": _along(read),
        **asdict(timeline), "shapes": shapes, "labels": _labels(frames), "legends": _legends(read), "bounds": _bounds(frames),
        "body": body_bounds(str(read.summary.get("obstacle", "")), opening), "view": view and asdict(view), "follow": follow,
    }
    folder = claim_folder(folder, overwrite=overwrite or _is_page(Path(folder)))
    remove_unfinished(folder, "data.js", *SCRIPTS)
    with replace_file(folder / "data.js") as path:
        data = base64.b64encode(b"".join(store.pieces)).decode("ascii")
        path.write_text(f'const PAGE = {json.dumps(page)};\nconst DATA = "{data}";\n', encoding="utf-8")
    for name in SCRIPTS:
        with replace_file(folder / name) as path:
            path.write_text(files("sparselbm.results.page").joinpath(name).read_text(encoding="utf-8"), encoding="utf-8")
    return folder / "index.html"


def _is_page(folder: Path) -> bool:
    """Whether a folder has a page that `write_page` has written."""
    index = folder / "index.html"
    return index.is_file() and MARK in index.read_text(encoding="utf-8", errors="replace")


def _by_prim(frames: Sequence[Sequence[DrawnPrim]], drawings: str, store: Store, enclosing: set[str]) -> list[dict]:
    """Every prim that is visible at some time, with its arrays at each time, or null."""
    prims: dict[str, dict] = {}
    for number, frame in enumerate(frames):
        for shape in frame:
            entry = {
                "path": shape.path, "group": group_of(shape.path, drawings), "kind": shape.corners, "opacity": shape.opacity,
                "frames": [None] * len(frames), "encloses": shape.path in enclosing,
            }
            prims.setdefault(shape.path, entry)["frames"][number] = store.add_shape(shape)
    return [{**prim, "name": name} for prim, name in zip(prims.values(), short_names(list(prims), drawings), strict=True)]


def _enclosing(frame: Sequence[DrawnPrim], drawings: str) -> set[str]:
    """Bodies around all drawings, such as the wall of a vessel: opaque, they would hide them."""
    drawn = [bounds_of(shape) for shape in frame if group_of(shape.path, drawings)]
    if not drawn:
        return set()
    low, high = np.min(drawn, axis=(0, 1)), np.max(drawn, axis=(0, 1))
    found = set()
    for shape in frame:
        ends = bounds_of(shape)
        room = _ROOM * np.ptp(ends, axis=0).max()
        if not group_of(shape.path, drawings) and (ends[0] <= low + room).all() and (ends[1] >= high - room).all():
            found.add(shape.path)
    return found


def _labels(frames: Sequence[Sequence[DrawnPrim]]) -> dict[str, list[str]]:
    """Words and unit of every field, by name."""
    names = sorted({name for frame in frames for shape in frame for name in shape.fields})
    texts = {name: SENSITIVITY_LABEL if name == SENSITIVITY else field_named(name).label for name in names}
    return {name: [text.partition(" [")[0], text.partition(" [")[2].removesuffix("]")] for name, text in texts.items()}


def _legends(read: Results) -> list[dict]:
    """Name and picture of each colour bar."""
    inside = read.folder.resolve()  # A link to elsewhere would publish that file.
    start, found = f"{read.name}_legend_", []
    for path in sorted(read.folder.glob("*_legend_*.png")):
        if path.resolve().is_relative_to(inside):
            name = path.stem.removeprefix(start).replace("_", " ")
            found.append({"name": name, "picture": base64.b64encode(path.read_bytes()).decode("ascii")})
    return found


def _bounds(frames: Sequence[Sequence[DrawnPrim]]) -> list[list[float]]:
    """Lowest and highest corner of all shapes at all times [m]."""
    ends = np.array([bounds_of(shape) for frame in frames for shape in frame])
    return [ends[:, 0].min(axis=0).tolist(), ends[:, 1].max(axis=0).tolist()]


def body_bounds(path: str, frame: Sequence[DrawnPrim]) -> list[list[float]] | None:
    """Lowest and highest corner [m] of the body at a path, or of the mesh that stands for it; None if it is not drawn."""
    meant = re.compile(rf"{re.escape(path)}(/.*|_(.*_)?optimised)?")
    ends = [bounds_of(shape) for shape in frame if path and meant.fullmatch(shape.path)]
    return None if not ends else [np.min(ends, axis=(0, 1)).tolist(), np.max(ends, axis=(0, 1)).tolist()]


def _along(read: Results) -> list[float]:
    """Direction of the stream; x if the results name none."""
    found = read.summary.get("run", {}).get("setup", {}).get("direction")
    return [float(each) for each in found] if isinstance(found, list) and len(found) == 3 else [1.0, 0.0, 0.0]
