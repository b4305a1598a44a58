"""Results as one folder with an `index.html`.

All data stand in `data.js`, a script: browsers refuse to fetch other files beside a page that was opened from a disk.
"""

import base64
import csv
import json
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np

from ..io.files import replace_file
from ..usd import open_stage
from ..usd.shapes import Shape, shapes_at

MOST_BYTES = 1 << 28
"""Of arrays on a page: browsers take half a minute to read as much."""
MOST_FRAMES = 200


class PageError(ValueError):
    """Results that cannot be shown."""


def write_page(results: Path, folder: Path) -> Path:
    """Writes the page of a folder of results; its `index.html`.

    Raises PageError where the folder holds no results or more than one case, or where these are too large.
    """
    stages = sorted(results.glob("*_results.usda"))
    if len(stages) != 1:
        raise PageError(
            f"{results} holds {len(stages)} files *_results.usda: give the folder of one run, as `sparselbm run` leaves it"
        )
    stage = open_stage(stages[0])
    times = _times(stage)
    store = _Store()
    shapes = _by_prim([shapes_at(stage, time) for time in times], store)
    if not shapes:
        raise PageError(f"{stages[0]} shows no mesh, curve or point: run it again with something to --draw")
    legends = sorted(results.glob("*_legend_*.png"))
    page = {
        "title": stages[0].name.removesuffix("_results.usda"), "up": stage.GetMetadata("upAxis"),
        "times": times, "shapes": shapes, "history": _history(results / "history.csv"),
        "legends": [legend.name for legend in legends], "bounds": store.bounds,
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for legend in legends:
        shutil.copyfile(legend, folder / legend.name)
    with replace_file(folder / "data.js") as path:
        data = base64.b64encode(b"".join(store.pieces)).decode("ascii")
        path.write_text(f'const PAGE = {json.dumps(page)};\nconst DATA = "{data}";\n')
    for name in ("viewer.js", "index.html"):
        with replace_file(folder / name) as path:
            path.write_text(files("sparselbm.view").joinpath(name).read_text(encoding="utf-8"), encoding="utf-8")
    return folder / "index.html"


def _times(stage) -> list[float | None]:
    """All whole time codes that a viewer plays, or so many of them, evenly spread, as a page takes; [None] without a range."""
    if not stage.HasAuthoredTimeCodeRange():
        return [None]
    whole = np.arange(np.ceil(stage.GetStartTimeCode()), stage.GetEndTimeCode() + 1e-9)
    return whole[np.unique(np.linspace(0, len(whole) - 1, min(len(whole), MOST_FRAMES)).round().astype(int))].tolist()


class _Store:
    """Arrays one behind the other; what was met before is kept once."""

    def __init__(self):
        self.pieces: list[bytes] = []
        self._places: dict[bytes, int] = {}
        self._size = 0
        self._corners = np.zeros((0, 3))

    def add(self, array: np.ndarray) -> int:
        """Where the array begins [bytes], a multiple of 4."""
        data = array.tobytes()
        data += bytes(-len(data) % 4)
        if data not in self._places:
            self._places[data] = self._size
            self.pieces.append(data)
            self._size += len(data)
            if self._size > MOST_BYTES:
                raise PageError(
                    f"the drawings are larger than {MOST_BYTES >> 20} MiB, the most that a page takes: --draw less, "
                    "or open the stage in a viewer of USD"
                )
        return self._places[data]

    def add_shape(self, shape: Shape) -> list[int]:
        """Places of positions, colours and indices, and the numbers of points and indices."""
        self._corners = np.concatenate([self._corners, [shape.positions.min(axis=0), shape.positions.max(axis=0)]])
        places = [self.add(each) for each in (shape.positions, shape.colours, shape.indices)]
        return [*places, len(shape.positions), len(shape.indices)]

    @property
    def bounds(self) -> list[list[float]]:
        """Lowest and highest corner of all that was added [m]."""
        return [self._corners.min(axis=0).tolist(), self._corners.max(axis=0).tolist()]


def _by_prim(frames: list[list[Shape]], store: _Store) -> list[dict]:
    """Every prim that is shown at some time, with its arrays at each, or null."""
    prims: dict[str, dict] = {}
    for number, frame in enumerate(frames):
        for shape in frame:
            entry = {"path": shape.path, "corners": shape.corners, "clear": shape.opacity < 1.0, "frames": [None] * len(frames)}
            prims.setdefault(shape.path, entry)["frames"][number] = store.add_shape(shape)
    return list(prims.values())


def _history(path: Path) -> list[list[float]]:
    """Iteration and objective of each row of history.csv; none without the file."""
    if not path.is_file():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return [[float(row["iteration"]), float(row["objective"])] for row in csv.DictReader(file)]
