"""Kept states as files."""

import shutil
import tempfile
import weakref
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import AdjointError
from ..estimate.device import gibibytes
from ..solver import Simulation
from .budget import parse_bytes
from .state_codec import CheckpointFormat, CheckpointStore


@dataclass(frozen=True)
class Disk:
    """A budget on a disk, for the states that are read least."""

    folder: str | Path
    """Where a folder for the files is made, which is removed at the end, also of a run that failed."""
    size: int | str = "50 GiB"
    """Budget for the kept states: bytes, or a text with a unit."""

    def __post_init__(self):
        parse_bytes(self.size, "Disk: size")

    def require(self, needed: int) -> None:
        """Raises AdjointError where there is no such folder, or not enough room in it."""
        if not Path(self.folder).is_dir():
            raise AdjointError(f"Disk: no folder {str(self.folder)!r}; create it, or name another")
        free = shutil.disk_usage(self.folder).free
        if needed > 0.95 * free:
            raise AdjointError(
                f"Disk: {gibibytes(needed)} needed in {str(self.folder)!r}, {gibibytes(free)} are free: "
                "give a smaller size, HalfPrecision, or another disk"
            )


class DiskCheckpointStore(CheckpointStore):
    """One file a state, written and read through one buffer. The files go with it, or with the program."""

    def __init__(self, disk: Disk, storage: CheckpointFormat, simulation: Simulation):
        self._packing = storage.packing(simulation)
        self._buffer = self._packing.new()
        self._sums: dict[int, int] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="sparselbm-states-", dir=disk.folder))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def _file(self, step: int) -> Path:
        return self._folder / f"{step}.state"

    def holds(self, state):
        return False

    def keep(self, step, state):
        self._packing.pack(state, self._buffer)
        values = self._buffer.numpy()
        self._sums[step] = zlib.crc32(values.data)
        values.tofile(self._file(step))

    def take(self, step, spare):
        values = self._read(step)
        self._buffer.assign(values)
        state = spare()
        self._packing.unpack(self._buffer, state)
        return state

    def _read(self, step: int) -> np.ndarray:
        file, held = self._file(step), self._buffer.numpy()
        values = np.fromfile(file, dtype=held.dtype) if file.exists() else np.empty(0, held.dtype)
        if values.size != held.size or zlib.crc32(values.data) != self._sums[step]:
            raise AdjointError(
                f"the state after {step} steps, {file}, is not what was written there: look at the disk, or use Checkpointed "
                "without one"
            )
        return values.reshape(held.shape)

    def drop(self, step):
        self._file(step).unlink()
        del self._sums[step]
