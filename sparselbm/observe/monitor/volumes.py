"""Volumes of flow fields, written while the simulation runs."""

import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from ...errors import OutputExistsError, VolumeError
from ...files.grid import TileGrid
from ...files.nvdb import write_nvdb
from ...files.vdb import write_vdb
from ...units import Units
from ..snapshot import Snapshot
from .monitor import Monitor, Sampler
from .schedule import Schedule

_GRIDS = ("velocity", "pressure", "solid")
"""Grids of NanoVDB files; scalars are in OpenVDB files only."""


class VolumeFormat(ABC):
    """File format of the grids of one instant."""

    suffix: str
    """File name extension, with its dot."""

    @abstractmethod
    def paths(self, folder: Path, prefix: str, step: int) -> tuple[Path, ...]:
        """Paths of the files of a step, numbered so that viewers read them as a sequence."""

    @abstractmethod
    def write(self, paths: Sequence[Path], grids: Sequence[TileGrid]) -> None:
        """Writes velocity, pressure and scalars; each file is written under a temporary name first, then renamed."""


@dataclass(frozen=True)
class Vdb(VolumeFormat):
    """OpenVDB: one file per step, PREFIX_00000100.vdb, with the grids `velocity`, `pressure` and `solid`, and scalars."""

    compress: bool = True
    suffix = ".vdb"

    def paths(self, folder, prefix, step):
        return (folder / f"{prefix}_{step:08d}.vdb",)

    def write(self, paths, grids):
        write_vdb(paths[0], grids, compress=self.compress)


@dataclass(frozen=True)
class Nvdb(VolumeFormat):
    """NanoVDB: three files per step, PREFIX_velocity_00000100.nvdb, and those of `pressure` and `solid`."""

    compress: bool = False
    suffix = ".nvdb"

    def paths(self, folder, prefix, step):
        return tuple(folder / f"{prefix}_{name}_{step:08d}.nvdb" for name in _GRIDS)

    def write(self, paths, grids):
        for path, grid in zip(paths, (each for each in grids if each.name in _GRIDS), strict=True):
            write_nvdb(path, grid, compress=self.compress)


class VolumeWriter:
    """Writes snapshots in a separate thread, in their order; use it in a `with` block, or call `close`.

    `memory`: limit of the snapshots that wait or are being written [bytes]; `add` waits if another would exceed it (writing
    itself temporarily needs about the same amount). Errors in the thread are raised by the next `add` or by `close`, as
    VolumeError. Raises OutputExistsError for a folder with such files, unless `overwrite`; then they are removed.
    """

    def __init__(
        self, folder: str | os.PathLike[str], *, format: VolumeFormat = Vdb(), prefix: str = "flow", memory: int = 1 << 30,
        overwrite: bool = False,
    ):
        self.folder, self.format, self.prefix, self.memory = Path(folder), format, prefix, memory
        self._overwrite = overwrite
        self.folder.mkdir(parents=True, exist_ok=True)
        former = sorted(self.folder.glob(f"{prefix}_*{format.suffix}"))
        if former and not overwrite:
            raise OutputExistsError(
                f"{self.folder} already holds {former[0].name} ({len(former)} such files): choose another folder or prefix, "
                "or pass overwrite=True."
            )
        for path in former:
            path.unlink()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="volumes")
        self._pending: deque[tuple[Future, int]] = deque()
        self._closed = False

    def add(self, snapshot: Snapshot, step: int) -> float:
        """Passes a snapshot to the thread; returns the time spent waiting for memory [s]."""
        if self._closed:
            raise VolumeError("the writer is closed: create another one")
        size = snapshot.velocity.nbytes + snapshot.pressure.nbytes + snapshot.solid.nbytes
        if snapshot.domain.dimension != 3:
            raise VolumeError("volumes have three dimensions, but the domain has 2: record layers or probes instead")
        if size > self.memory:
            raise VolumeError(f"a snapshot has {size:,} bytes, more than memory={self.memory:,}: pass at least {size}")
        paths = self.format.paths(self.folder, self.prefix, step)
        if any(path.exists() for path in paths) and not self._overwrite:
            raise OutputExistsError(f"{paths[0]} is already there: choose another folder or prefix, or pass overwrite=True.")
        began = perf_counter()
        self._collect(size)
        self._pending.append((self._pool.submit(self._write, paths, snapshot), size))
        return perf_counter() - began

    def _write(self, paths: Sequence[Path], snapshot: Snapshot) -> None:
        try:
            self.format.write(paths, snapshot.grids())
        except Exception as error:
            raise VolumeError(f"{paths[0]} could not be written: {error}") from error

    def _collect(self, size: int) -> None:
        """Removes finished snapshots from the queue, in order, and waits until there is room for `size` bytes."""
        while self._pending:
            held = sum(each for _, each in self._pending)
            if held + size <= self.memory and not self._pending[0][0].done():
                return
            future, _ = self._pending.popleft()
            future.result()

    def close(self) -> None:
        """Waits until everything is written; a second call has no effect. Raises the first VolumeError."""
        self._closed = True
        self._pool.shutdown(wait=True)
        errors = [error for future, _ in self._pending if (error := future.exception()) is not None]
        self._pending.clear()
        if errors:
            raise errors[0]

    def __enter__(self) -> "VolumeWriter":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self.close()
        except VolumeError as failure:
            if error is None:
                raise
            error.add_note(f"Also: {failure}")  # The error that ended the run comes first.


@dataclass(frozen=True)
class Volumes(Monitor):
    """Velocity and pressure of all cells as volumes [SI]: column `seconds_held`, the time for which each delayed the run."""

    writer: VolumeWriter
    units: Units
    every: Schedule

    def columns(self, simulation):
        return ("seconds_held",)

    def bind(self, simulation):
        if simulation.domain.dimension != 3:
            raise VolumeError("volumes have three dimensions, but the domain has 2: record layers or probes instead")
        return _VolumeSampler(self, simulation)


class _VolumeSampler(Sampler):
    def __init__(self, monitor: Volumes, simulation):
        self._monitor, self._simulation = monitor, simulation

    def take(self):
        began = perf_counter()
        self._monitor.writer.add(Snapshot.of(self._simulation, self._monitor.units), self._simulation.steps)
        return (perf_counter() - began,)
