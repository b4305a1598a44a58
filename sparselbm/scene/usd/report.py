"""Report on a scene: prims read, prims skipped with reasons, and doubtful ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sparselbm.scene.usd.body import Body


@dataclass(frozen=True)
class Note:
    """Remark on one prim."""

    path: str
    """Path of the prim, `/` for the stage as a whole."""
    reason: str
    """Reason for skipping, or what is doubtful."""

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def size_text(extent: np.ndarray) -> str:
    """An extent (3,) [m] for a message."""
    return " x ".join(f"{x:.4g}" for x in extent) + " m"


@dataclass(frozen=True)
class Used:
    """Body that was read."""

    path: str
    """Path of its mesh, gprim or point instancer."""
    volume: float
    """Enclosed volume [m^3]; for an open surface that of the cones from the centre of its box."""
    area: float
    """Surface area [m^2]."""
    centre: tuple[float, float, float]
    """Centre of the enclosed volume [m]."""
    size: tuple[float, float, float]
    """Extent along x, y and z [m]."""

    @classmethod
    def of(cls, body: Body) -> Used:
        """Summarises a body. The centre is the mean of (a + b + c) / 4 over faces, weighted by a . (b x c) / 6."""
        mesh = body.mesh
        middle = mesh.bounds.mean(axis=0)
        a, b, c = (corner - middle for corner in mesh.corners)
        volumes = np.einsum("fi,fi->f", a, mesh.area_vectors) / 3.0
        whole = volumes.sum()
        x, y, z = (middle + (volumes @ (a + b + c) / 4.0 / whole if whole else 0.0)).tolist()
        width, depth, height = np.ptp(mesh.bounds, axis=0).tolist()
        return cls(body.path, mesh.volume, mesh.area, (x, y, z), (width, depth, height))

    def __str__(self) -> str:
        return f"{self.path}: {size_text(np.array(self.size))}, volume {self.volume:.6g} m^3, area {self.area:.6g} m^2"


@dataclass(frozen=True)
class SceneReport:
    """Report on reading a scene; `print(report)` lists it line by line."""

    used: tuple[Used, ...]
    """Meshes, gprims and point instancers that became bodies."""
    skipped: tuple[Note, ...]
    """Prims with geometry, or whole branches, that were skipped."""
    doubtful: tuple[Note, ...]
    """Assumptions that the author of the scene may not share."""

    @classmethod
    def of(cls, bodies: Iterable[Body], skipped: Iterable[Note], doubtful: Iterable[Note]) -> SceneReport:
        """Creates the report from bodies and notes, with duplicate notes removed."""
        used = tuple(Used.of(body) for body in bodies)
        return cls(used, tuple(dict.fromkeys(skipped)), tuple(dict.fromkeys(doubtful)))

    @property
    def read(self) -> tuple[str, ...]:
        """Paths of the bodies."""
        return tuple(used.path for used in self.used)

    def __str__(self) -> str:
        lines = [f"read      {used}" for used in self.used]
        lines += [f"skipped   {note}" for note in self.skipped]
        lines += [f"doubtful  {note}" for note in self.doubtful]
        return "\n".join(lines)

    def why_skipped(self, path: str) -> Note | None:
        """Note on `path` or on the branch that contains it; None if it was not skipped."""
        for note in self.skipped:
            if path == note.path or path.startswith(note.path.rstrip("/") + "/"):
                return note
        return None
