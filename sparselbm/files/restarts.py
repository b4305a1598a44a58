"""Restart files, from which an interrupted run continues bit for bit."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from ..errors import RestartError
from .state_file import State, read_state, write_state

_KEPT = 2
"""Number of restart files that are kept: the older one serves where the newer one is damaged."""
_FORMAT = 1


class Resumable(ABC):
    """Part of a run that has a state of its own, such as a flow, a recorder or the files of results."""

    @abstractmethod
    def saved(self) -> State:
        """The present state; its arrays are written before the run goes on, so that they need not be copied."""

    @abstractmethod
    def restore(self, state: State) -> None:
        """Brings this part to a state that `saved` has returned in another process."""


class Restarts(ABC):
    """Place where the parts of a run are stored while it is running."""

    @abstractmethod
    def add(self, name: str, part: Resumable) -> bool:
        """Adds a part; in a resumed run its state is restored at once. Returns whether it was."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Removes a part."""

    @abstractmethod
    def point(self) -> None:
        """Writes all parts if it is due. To be called where the run can be continued from the states of its parts."""

    @contextmanager
    def part(self, name: str, part: Resumable) -> Iterator[bool]:
        """A part that is removed at the end of the context, also after an error; yields whether its state was restored."""
        try:
            yield self.add(name, part)
        finally:
            self.remove(name)


class NoRestarts(Restarts):
    """A run that cannot be resumed."""

    def add(self, name, part):
        return False

    def remove(self, name):
        pass

    def point(self):
        pass


class RestartWriter(Restarts):
    """Writes restart files to a folder at intervals of wall time, and resumes a run from the newest one that is intact.

    Each file is written under a temporary name, flushed and renamed; the last two are kept. A file that cannot be written, such
    as on a full disk, gives a warning: the run goes on, and the former files remain.
    """

    def __init__(
        self, folder: str | Path, identity: Mapping[str, Any], *, every: float, resume: bool = False,
        urgent: Callable[[], bool] = lambda: False,
    ):
        """`identity`: plain values that a resumed run must share, such as its settings; `every`: smallest time between two files
        [s], infinite for none; `urgent`: whether a file is due at once, because the run is about to be stopped.

        With `resume`, raises RestartError if the folder has no intact restart file, or one of a run with another identity.
        """
        self._folder, self._identity, self._every = Path(folder), dict(identity), every
        self.urgent = urgent
        self.source: Path | None = None
        """File from which the run is resumed; None: it is not."""
        self._parts: dict[str, Resumable] = {}
        self._states: dict[str, State] = self._read() if resume else {}
        self._written = monotonic()

    @property
    def files(self) -> list[Path]:
        """Restart files, the oldest first."""
        return restart_files(self._folder)

    def add(self, name, part):
        self._parts[name] = part
        state = self._states.pop(name, None)
        if state is not None:
            part.restore(state)
        return state is not None

    def remove(self, name):
        self._parts.pop(name, None)

    def point(self):
        if (self.urgent() and self._every < float("inf")) or monotonic() - self._written >= self._every:
            self._write()
            self._written = monotonic()

    def clear(self) -> None:
        """Removes the restart files of a finished run, and their folder if it is then empty."""
        if self._folder.is_dir():
            for path in [*self.files, *self._unfinished]:
                path.unlink(missing_ok=True)
            if not any(self._folder.iterdir()):
                self._folder.rmdir()

    @property
    def _unfinished(self) -> list[Path]:
        """Files that a process that was killed had not completed."""
        return list(self._folder.glob(".restart_*.npz"))

    def _write(self) -> None:
        files = self.files
        number = 1 + (int(files[-1].stem.rpartition("_")[2]) if files else 0)
        path = self._folder / f"restart_{number:06d}.npz"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            parts = {name: part.saved() for name, part in self._parts.items()}
            write_state(path, {"format": _FORMAT, "identity": self._identity, "parts": parts})
        except OSError as error:
            warnings.warn(
                f"{path}: the restart file could not be written ({error.strerror or error}); the run goes on, and former files "
                "remain: make room on the disk", stacklevel=3,
            )
            return
        for old in [*files[: 1 - _KEPT], *self._unfinished]:
            old.unlink(missing_ok=True)

    def _read(self) -> dict[str, State]:
        """Parts in the newest intact file."""
        files = self.files
        if not files:
            raise RestartError(f"{self._folder} has no restart file: start the run without resuming it (--resume)")
        for path in reversed(files):
            try:
                found = read_state(path)
                stored, parts = {"format": found["format"], **found["identity"]}, found["parts"]
            except (RestartError, KeyError, TypeError) as error:
                warnings.warn(f"{path} is damaged, so that an older restart file is used ({error})", stacklevel=4)
                continue
            if fault := difference(stored, {"format": _FORMAT, **self._identity}, ""):
                raise RestartError(f"the run in {self._folder} cannot be resumed: {fault}")
            self.source = path
            return parts
        raise RestartError(
            f"all restart files in {self._folder} are damaged ({', '.join(each.name for each in files)}): start the run again"
        )


def restart_files(folder: str | Path) -> list[Path]:
    """Restart files in a folder, the oldest first."""
    return sorted(Path(folder).glob("restart_*.npz"))


def difference(stored: Any, present: Any, place: str) -> str:
    """First value that differs, as a sentence; an empty text if all are equal. `place`: name of the values."""
    if isinstance(stored, Mapping) and isinstance(present, Mapping):
        for name in {**stored, **present}:
            if fault := difference(stored.get(name), present.get(name), f"{place}.{name}" if place else str(name)):
                return fault
        return ""
    if stored == present:
        return ""
    was, now = ("not set" if each is None else repr(each) for each in (stored, present))
    return f"{place} is {now}, but was {was} when the run began: use the former one, or start another run without resuming"
