"""What was read from a scene, what was left out and why, and what deserves a second look."""

from __future__ import annotations

from dataclasses import dataclass


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
class SceneReport:
    """The account of one reading; `print(report)` gives it line by line."""

    read: tuple[str, ...]
    """Paths of the meshes, gprims and point instancers that became bodies."""
    skipped: tuple[Note, ...]
    """Prims with geometry, or whole branches, that were left out."""
    doubtful: tuple[Note, ...]
    """What was read by an assumption that the author of the scene may not share."""

    def __str__(self) -> str:
        lines = [f"read      {path}" for path in self.read]
        lines += [f"skipped   {note}" for note in self.skipped]
        lines += [f"doubtful  {note}" for note in self.doubtful]
        return "\n".join(lines)

    def why_skipped(self, path: str) -> Note | None:
        """The note on `path`, or on the branch that it stands in; None if it was not skipped."""
        for note in self.skipped:
            if path == note.path or path.startswith(note.path.rstrip("/") + "/"):
                return note
        return None
