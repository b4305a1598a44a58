"""How kept states are written down, and where they lie."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import warp as wp

from ..solver import Simulation


class CheckpointStore(ABC):
    """Kept states by the step that they belong to."""

    @abstractmethod
    def holds(self, state: wp.array) -> bool:
        """Whether this very array is a kept state, and must not be overwritten."""

    @abstractmethod
    def keep(self, step: int, state: wp.array) -> None:
        """Keeps a state."""

    @abstractmethod
    def take(self, step: int, spare: Callable[[], wp.array]) -> wp.array:
        """A kept state; `spare()` gives an array to write it into."""

    @abstractmethod
    def drop(self, step: int) -> None:
        """Forgets a state."""


class StateCodec(ABC):
    """How the states of one simulation are written down."""

    @abstractmethod
    def new(self) -> wp.array:
        """An array for one kept state."""

    @abstractmethod
    def pack(self, state: wp.array, kept: wp.array) -> None:
        """Writes a state down."""

    @abstractmethod
    def unpack(self, kept: wp.array, state: wp.array) -> None:
        """Reads it back."""


class CheckpointFormat(ABC):
    """How kept states are written down: a frozen value."""

    @abstractmethod
    def require(self, simulation: Simulation) -> None:
        """Raises AdjointError for a simulation whose states cannot be written so."""

    @abstractmethod
    def size(self, simulation: Simulation) -> int:
        """Bytes of a kept state."""

    @abstractmethod
    def packing(self, simulation: Simulation) -> StateCodec:
        """The same for the states of a simulation, and the geometry that it has now."""

    @abstractmethod
    def shelf(self, simulation: Simulation) -> CheckpointStore:
        """An empty shelf in the device's memory."""


@dataclass(frozen=True)
class FullStates(CheckpointFormat):
    """As they are: gradients are exact."""

    def require(self, simulation):
        """Every simulation has such states."""

    def size(self, simulation):
        return simulation.state.nbytes

    def packing(self, simulation):
        return _Copies(simulation)

    def shelf(self, simulation):
        return _WhereTheyAre()


@dataclass(frozen=True, eq=False)
class _Copies(StateCodec):
    simulation: Simulation

    def new(self):
        return self.simulation.state.zeros()

    def pack(self, state, kept):
        wp.copy(kept, state)

    def unpack(self, kept, state):
        wp.copy(state, kept)


class _WhereTheyAre(CheckpointStore):
    """States stay in the arrays they were computed in.

    With 1,000 steps on 20 states that spares 1,900 copies beside 2,750 forward steps.
    """

    def __init__(self):
        self._kept: dict[int, wp.array] = {}

    def holds(self, state):
        return any(state is kept for kept in self._kept.values())

    def keep(self, step, state):
        self._kept[step] = state

    def take(self, step, spare):
        return self._kept[step]

    def drop(self, step):
        del self._kept[step]


class PackedCheckpointStore(CheckpointStore):
    """States written down by a packing, in arrays that are used again."""

    def __init__(self, packing: StateCodec):
        self._packing = packing
        self._kept: dict[int, wp.array] = {}
        self._free: list[wp.array] = []

    def holds(self, state):
        return False

    def keep(self, step, state):
        self._kept[step] = self._free.pop() if self._free else self._packing.new()
        self._packing.pack(state, self._kept[step])

    def take(self, step, spare):
        state = spare()
        self._packing.unpack(self._kept[step], state)
        return state

    def drop(self, step):
        self._free.append(self._kept.pop(step))
