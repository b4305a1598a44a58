"""Format and storage of checkpoints."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import warp as wp

from ..solver import Simulation


class CheckpointStore(ABC):
    """Stored states by step number."""

    @abstractmethod
    def holds(self, state: wp.array) -> bool:
        """Whether this array itself is a stored state and must not be overwritten."""

    @abstractmethod
    def save(self, step: int, state: wp.array) -> None:
        """Stores a state."""

    @abstractmethod
    def load(self, step: int, new_array: Callable[[], wp.array]) -> wp.array:
        """Returns a stored state; `new_array()` gives an array to write it into."""

    @abstractmethod
    def delete(self, step: int) -> None:
        """Deletes a state."""


class StateCodec(ABC):
    """Conversion of the states of one simulation to and from a format."""

    @abstractmethod
    def new(self) -> wp.array:
        """Array for one packed state."""

    @abstractmethod
    def pack(self, state: wp.array, packed: wp.array) -> None:
        """Writes a state in the format."""

    @abstractmethod
    def unpack(self, packed: wp.array, state: wp.array) -> None:
        """Restores a state."""


class CheckpointFormat(ABC):
    """Format of checkpoints: a frozen value."""

    @abstractmethod
    def require(self, simulation: Simulation) -> None:
        """Raises AdjointError for a simulation whose states cannot be written in this format."""

    @abstractmethod
    def size(self, simulation: Simulation) -> int:
        """Bytes per checkpoint."""

    @abstractmethod
    def codec(self, simulation: Simulation) -> StateCodec:
        """Codec for the states of a simulation with its present geometry."""

    @abstractmethod
    def store(self, simulation: Simulation) -> CheckpointStore:
        """Empty store in the memory of the device."""


@dataclass(frozen=True)
class FullStates(CheckpointFormat):
    """Unmodified states: gradients are exact."""

    def require(self, simulation):
        """Every simulation has such states."""

    def size(self, simulation):
        return simulation.state.nbytes

    def codec(self, simulation):
        return _Copies(simulation)

    def store(self, simulation):
        return _InPlaceStore()


@dataclass(frozen=True, eq=False)
class _Copies(StateCodec):
    simulation: Simulation

    def new(self):
        return self.simulation.state.zeros()

    def pack(self, state, packed):
        wp.copy(packed, state)

    def unpack(self, packed, state):
        wp.copy(state, packed)


class _InPlaceStore(CheckpointStore):
    """Store of the arrays in which the states were computed.

    With 1,000 steps and 20 checkpoints this saves 1,900 copies besides 2,750 forward steps.
    """

    def __init__(self):
        self._states: dict[int, wp.array] = {}

    def holds(self, state):
        return any(state is stored for stored in self._states.values())

    def save(self, step, state):
        self._states[step] = state

    def load(self, step, new_array):
        return self._states[step]

    def delete(self, step):
        del self._states[step]


class PackedCheckpointStore(CheckpointStore):
    """Store of packed states, in arrays that are reused."""

    def __init__(self, codec: StateCodec):
        self._codec = codec
        self._packed: dict[int, wp.array] = {}
        self._free: list[wp.array] = []

    def holds(self, state):
        return False

    def save(self, step, state):
        self._packed[step] = self._free.pop() if self._free else self._codec.new()
        self._codec.pack(state, self._packed[step])

    def load(self, step, new_array):
        state = new_array()
        self._codec.unpack(self._packed[step], state)
        return state

    def delete(self, step):
        self._free.append(self._packed.pop(step))
