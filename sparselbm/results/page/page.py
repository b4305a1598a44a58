"""Results page: a folder with an `index.html`.

All data are in the script `data.js`, since browsers do not load other files for a page opened from disk.
"""

import base64
import json
import shutil
from dataclasses import asdict
from importlib.resources import files
from itertools import product
from pathlib import Path

import numpy as np

from ...errors import PageError
from ...files.write import claim_folder, replace_file
from ...scene.usd import open_stage
from ..reader import Results
from ..stage.camera import first_view
from ..stage.colour import for_screen
from ..stage.root import drawings_of, group_of
from ..stage.shapes import DrawnPrim, shapes_at

MOST_BYTES = 1 << 28
"""Largest size of the arrays of a page [bytes]: browsers need half a minute to read as much."""
MOST_FRAMES = 200
SCRIPTS = ("three.min.js", "viewer.js", "index.html")
OWNED = (*SCRIPTS, "data.js", "*_legend_*.png")
"""File names of a page."""




def write_page(results: str | Path, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Writes the page of a results folder; returns the path of its `index.html`.

    Raises ResultsError if the folder has no results or more than one case, PageError if there are no drawings or they are too
    large, and OutputExistsError if the page's folder is not empty, unless `overwrite`; then an earlier page is removed.
    """
    read = Results.open(results)
    stage = open_stage(read.stage)
    times = _times(stage)
    store = _Store()
    shapes = _by_prim([shapes_at(stage, time) for time in times], drawings_of(stage), store)
    if not shapes:
        raise PageError(f"{read.stage} has no mesh, curve or point: run the case again with --draw")
    inside = read.folder.resolve()  # A link to elsewhere would publish that file.
    legends = [each for each in sorted(read.folder.glob("*_legend_*.png")) if each.resolve().is_relative_to(inside)]
    view = first_view(stage)
    page = {
        "title": read.name, "up": stage.GetMetadata("upAxis"), "times": times, "shapes": shapes,
        "history": [[row["iteration"], row["objective"]] for row in read.history],
        "legends": [legend.name for legend in legends], "bounds": store.bounds, "view": view and asdict(view),
    }
    folder = claim_folder(folder, overwrite=overwrite, owned=OWNED)
    for legend in legends:
        shutil.copyfile(legend, folder / legend.name)
    with replace_file(folder / "data.js") as path:
        data = base64.b64encode(b"".join(store.pieces)).decode("ascii")
        path.write_text(f'const PAGE = {json.dumps(page)};\nconst DATA = "{data}";\n')
    for name in SCRIPTS:
        with replace_file(folder / name) as path:
            path.write_text(files("sparselbm.results.page").joinpath(name).read_text(encoding="utf-8"), encoding="utf-8")
    return folder / "index.html"


def _times(stage) -> list[float | None]:
    """Whole time codes of the stage, evenly thinned to the limit of a page; [None] without a time range."""
    if not stage.HasAuthoredTimeCodeRange():
        return [None]
    whole = np.arange(np.ceil(stage.GetStartTimeCode()), stage.GetEndTimeCode() + 1e-9)
    return whole[np.unique(np.linspace(0, len(whole) - 1, min(len(whole), MOST_FRAMES)).round().astype(int))].tolist()


class _Store:
    """Concatenated arrays, each stored once."""

    def __init__(self):
        self.pieces: list[bytes] = []
        self._places: dict[bytes, int] = {}
        self._size = 0
        self._corners = np.zeros((0, 3))

    def add(self, array: np.ndarray) -> int:
        """Stores an array; returns its offset [bytes], a multiple of 4."""
        data = array.tobytes()
        data += bytes(-len(data) % 4)
        if data not in self._places:
            self._places[data] = self._size
            self.pieces.append(data)
            self._size += len(data)
            if self._size > MOST_BYTES:
                raise PageError(
                    f"the drawings are larger than {MOST_BYTES >> 20} MiB, the limit of a page: use fewer drawings "
                    "(--draw), or open the stage in a USD viewer"
                )
        return self._places[data]

    def add_shape(self, shape: DrawnPrim) -> dict:
        """Stores positions, colours and indices; returns their offsets and sizes, and those of copies."""
        ends = np.stack([shape.positions.min(axis=0), shape.positions.max(axis=0)])
        entry = {
            "positions": self.add(shape.positions), "colours": self.add(for_screen(shape.colours)),
            "indices": self.add(shape.indices), "points": len(shape.positions), "corners": len(shape.indices),
            "width": shape.width,
        }
        if shape.copies is not None:
            matrices = shape.copies.matrices
            # WebGL matrices are column-major.
            entry["matrices"] = self.add(np.ascontiguousarray(matrices.swapaxes(1, 2), dtype=np.float32))
            entry |= {"tints": self.add(for_screen(shape.copies.colours)), "copies": len(matrices)}
            box = np.array(list(product(*ends.T)))
            ends = np.einsum("mij,kj->mki", matrices[:, :3, :3], box) + matrices[:, None, :3, 3]
        ends = ends.reshape(-1, 3)
        self._corners = np.concatenate([self._corners, [ends.min(axis=0), ends.max(axis=0)]])
        return entry

    @property
    def bounds(self) -> list[list[float]]:
        """Lowest and highest corner of everything stored [m]."""
        return [self._corners.min(axis=0).tolist(), self._corners.max(axis=0).tolist()]


def _by_prim(frames: list[list[DrawnPrim]], drawings: str, store: _Store) -> list[dict]:
    """Every prim that is visible at some time, with its arrays at each time, or null."""
    prims: dict[str, dict] = {}
    for number, frame in enumerate(frames):
        for shape in frame:
            entry = {
                "path": shape.path, "group": group_of(shape.path, drawings), "kind": shape.corners, "opacity": shape.opacity,
                "frames": [None] * len(frames),
            }
            prims.setdefault(shape.path, entry)["frames"][number] = store.add_shape(shape)
    return list(prims.values())
