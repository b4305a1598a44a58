"""What was read from a scene, what was left out and why, and what deserves a second look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sparselbm.scene.usd.body import Body


@dataclass(frozen=True)
class Note:
    """One remark on one prim."""

    path: str
    """Path of the prim, `/` for the stage as a whole."""
    reason: str
    """Why it was skipped, or what is doubtful."""

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True)
class Used:
    """A body that was read."""

    path: str
    """Of its mesh, gprim or point instancer."""
    volume: float
    """Enclosed volume [m^3]; of an open surface the volume of the cones from the centre of its box."""
    area: float
    """Of its surface [m^2]."""
    centre: tuple[float, float, float]
    """Centre of the enclosed volume [m]."""

    @classmethod
    def of(cls, body: Body) -> Used:
        """Centre: the mean of (a + b + c) / 4 over the faces, weighted by a . A / 3 = a . (b x c) / 6 with area vectors A."""
        mesh = body.mesh
        middle = mesh.bounds.mean(axis=0)
        a, b, c = (corner - middle for corner in mesh.corners)
        volumes = np.einsum("fi,fi->f", a, mesh.area_vectors) / 3.0
        whole = volumes.sum()
        x, y, z = (middle + (volumes @ (a + b + c) / 4.0 / whole if whole else 0.0)).tolist()
        return cls(body.path, mesh.volume, mesh.area, (x, y, z))

    def __str__(self) -> str:
        return f"{self.path}: volume {self.volume:.6g} m^3, area {self.area:.6g} m^2"


@dataclass(frozen=True)
class SceneReport:
    """The account of one reading; `print(report)` gives it line by line."""

    used: tuple[Used, ...]
    """The meshes, gprims and point instancers that became bodies."""
    skipped: tuple[Note, ...]
    """Prims with geometry, or whole branches, that were left out."""
    doubtful: tuple[Note, ...]
    """What was read by an assumption that the author of the scene may not share."""

    @classmethod
    def of(cls, bodies: Iterable[Body], skipped: Iterable[Note], doubtful: Iterable[Note]) -> SceneReport:
        """The account of these bodies and notes, each note once."""
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
        """The note on `path`, or on the branch that it stands in; None if it was not skipped."""
        for note in self.skipped:
            if path == note.path or path.startswith(note.path.rstrip("/") + "/"):
                return note
        return None
