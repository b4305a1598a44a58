"""Adjoint method that stores a few states and recomputes the others."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import warp as wp

from ..errors import AdjointError
from ..solver import Simulation
from .budget import parse_bytes
from .disk import Disk, DiskCheckpointStore
from .method import AdjointMethod, require_memory
from .replay import Replay
from .state_codec import CheckpointFormat, FullStates
from .stored import Stored
from .work import GradientWork

_ARRAYS = 4
"""Population arrays besides the checkpoints: two for the steps and two lambdas."""


@dataclass(frozen=True)
class Checkpointed(AdjointMethod):
    """Binomial checkpointing within a memory budget: the fewest repeated steps for the number of states that fit.

    With s checkpoints and r repetitions it reaches (s + r)! / (s! r!) steps; if all states fit, it is `Stored`. With a disk, the
    checkpoints that are read most often are those in memory. A second backward pass repeats the run.
    Sources: Griewank & Walther, ACM Trans. Math. Softw. 26 (2000) 19 (Revolve); Stumm & Walther, SIAM J. Sci. Comput. 31
    (2009) 1946 (memory and disk). The schedule is `MultistageCheckpointSchedule` of `checkpoint_schedules`, which has a closed
    form (10,000 steps with 100 checkpoints: 0.1 s), unlike its `Revolve` (1600 steps with 10 checkpoints: 23 s).
    """

    memory: int | str = "2 GiB"
    """Budget for the checkpoints in memory: bytes, or a text with a unit."""
    disk: Disk | None = None
    """Second level of storage, slower and larger."""
    storage: CheckpointFormat = field(default_factory=FullStates)
    """Format of the checkpoints."""

    def __post_init__(self):
        parse_bytes(self.memory)

    def states(self, simulation: Simulation) -> int:
        """Number of states that fit in the memory. Raises AdjointError if there is none."""
        size = self.storage.size(simulation)
        count = parse_bytes(self.memory) // size
        if count < 1:
            raise AdjointError(
                f"Checkpointed(memory={self.memory!r}): one state has {size} bytes, so that the memory must be at least that"
            )
        return count

    def _stores_all(self, simulation: Simulation, steps: int) -> bool:
        return self.storage == FullStates() and self.states(simulation) > steps

    def _levels(self, simulation: Simulation, steps: int) -> tuple[int, int]:
        """Number of checkpoints in memory and on disk; a schedule can use at most one less than the number of steps."""
        most = max(steps - 1, 1)
        in_memory = min(self.states(simulation), most)
        room = parse_bytes(self.disk.size) // self.storage.size(simulation) if self.disk else 0
        return in_memory, min(room, most - in_memory)

    def work(self, simulation, steps):
        from checkpoint_schedules import Copy, Forward, Move, StorageType

        if self._stores_all(simulation, steps):
            return Stored().work(simulation, steps)
        in_memory, on_disk = self._levels(simulation, steps)
        forward, moved = 1, 0
        for action in _schedule(steps, in_memory, on_disk):
            match action:
                case Forward() if not action.write_adj_deps:
                    forward += action.n1 - action.n0
                    moved += action.write_ics and action.storage == StorageType.DISK
                case Copy() | Move():
                    moved += action.from_storage == StorageType.DISK
        size = self.storage.size(simulation)
        memory = in_memory * size + _ARRAYS * simulation.state.nbytes
        return GradientWork(memory, on_disk * size, moved * size, steps, forward, steps)

    def run(self, simulation, evaluation, steps, window):
        from checkpoint_schedules import StorageType

        if self._stores_all(simulation, steps):
            return Stored().run(simulation, evaluation, steps, window)
        self.storage.require(simulation)
        in_memory, on_disk = self._levels(simulation, steps)
        size = self.storage.size(simulation)
        require_memory(simulation, in_memory * size, f"storing {in_memory} states")
        stores = {StorageType.RAM: self.storage.store(simulation)}
        if self.disk is not None and on_disk:
            self.disk.require(on_disk * size)
            stores[StorageType.DISK] = DiskCheckpointStore(self.disk, self.storage, simulation)
        replay = Replay(simulation, steps, window, lambda: _schedule(steps, in_memory, on_disk), stores)
        wp.copy(simulation.state.populations, replay.forward(evaluation))
        simulation.state.steps += steps
        return replay


def _schedule(steps: int, in_memory: int, on_disk: int) -> Iterator:
    from checkpoint_schedules import MultistageCheckpointSchedule

    return iter(MultistageCheckpointSchedule(steps, in_memory, on_disk, trajectory="revolve"))
