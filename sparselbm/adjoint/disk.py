"""Checkpoints as files."""

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
    """Budget on a disk, for the checkpoints that are read least often."""

    folder: str | Path
    """Existing folder in which a folder for the files is created. It is removed at the end, also after an error."""
    size: int | str = "50 GiB"
    """Budget for the checkpoints: bytes, or a text with a unit."""

    def __post_init__(self):
        parse_bytes(self.size, "Disk: size")

    def require(self, needed: int) -> None:
        """Raises AdjointError if the folder does not exist or has too little free space."""
        if not Path(self.folder).is_dir():
            raise AdjointError(f"Disk: the folder {str(self.folder)!r} does not exist: create it, or name another")
        free = shutil.disk_usage(self.folder).free
        if needed > 0.95 * free:
            raise AdjointError(
                f"Disk: {gibibytes(needed)} needed in {str(self.folder)!r}, but only {gibibytes(free)} are free: "
                "use a smaller size, HalfPrecision, or another disk"
            )


class DiskCheckpointStore(CheckpointStore):
    """One file per checkpoint, written and read through one buffer. The files are removed with the store, or at exit."""

    def __init__(self, disk: Disk, storage: CheckpointFormat, simulation: Simulation):
        self._codec = storage.codec(simulation)
        self._buffer = self._codec.new()
        self._sums: dict[int, int] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="sparselbm-states-", dir=disk.folder))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def _file(self, step: int) -> Path:
        return self._folder / f"{step}.state"

    def holds(self, state):
        return False

    def save(self, step, state):
        self._codec.pack(state, self._buffer)
        values = self._buffer.numpy()
        self._sums[step] = zlib.crc32(values.data)
        values.tofile(self._file(step))

    def load(self, step, new_array):
        values = self._read(step)
        self._buffer.assign(values)
        state = new_array()
        self._codec.unpack(self._buffer, state)
        return state

    def _read(self, step: int) -> np.ndarray:
        file, held = self._file(step), self._buffer.numpy()
        values = np.fromfile(file, dtype=held.dtype) if file.exists() else np.empty(0, held.dtype)
        if values.size != held.size or zlib.crc32(values.data) != self._sums[step]:
            raise AdjointError(
                f"the state after {step} steps, {file}, differs from what was written: check the disk, or use Checkpointed "
                "without a disk"
            )
        return values.reshape(held.shape)

    def delete(self, step):
        self._file(step).unlink()
        del self._sums[step]
