"""Populations of a simulation and the memory that belongs to them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import warp as wp

from ..grid import Domain
from ..grid.memory import Pages, aligned_array
from .stepper import Stepper


class State(ABC):
    """Populations and the number of steps that they have made.

    The number of arrays is a matter of the variant: callers read `populations`, advance the state and borrow scratch memory,
    and never refer to a second array.
    """

    steps: int
    """Number of steps since the state was set."""

    @property
    @abstractmethod
    def populations(self) -> wp.array:
        """Populations after the last step, `[tile][component][cell]`: those of the flow (shifted) and of the scalars, then the
        stored velocity (see `Physics.size`). Assigning an array makes it the populations of this state, without a copy."""

    @populations.setter
    @abstractmethod
    def populations(self, array: wp.array) -> None: ...

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """Size of one population array [bytes]."""

    @abstractmethod
    def advance(self, stepper: Stepper, steps: int) -> None:
        """Advances the populations by a number of steps."""

    @abstractmethod
    def scratch(self) -> AbstractContextManager[wp.array]:
        """Context manager that lends an array as large as the populations, to be overwritten: `with state.scratch() as array`.

        Its contents are arbitrary, and the next step or borrower overwrites them.
        """

    @abstractmethod
    def zeros(self) -> wp.array:
        """A new population array at rest with density 1."""

    @abstractmethod
    def empty(self, count: int) -> list[wp.array]:
        """New population arrays in one piece of memory, with arbitrary contents."""


class DoubleBuffer(State):
    """State in two arrays: a step reads one and overwrites the other, which is scratch memory between runs."""

    def __init__(self, domain: Domain, components: int, precision: type):
        """`components`: populations and stored values per cell, `Physics.size`."""
        self._domain, self._precision = domain, precision
        self._shape = domain.tile_count + 1, components, domain.cells_per_tile
        self._pages = Pages()
        self.steps = 0
        self._populations = self.zeros()
        self._free: wp.array | None = self.zeros()

    @property
    def populations(self) -> wp.array:
        return self._populations

    @populations.setter
    def populations(self, array: wp.array) -> None:
        self._populations = array

    @property
    def nbytes(self) -> int:
        return self._populations.capacity

    def advance(self, stepper: Stepper, steps: int) -> None:
        with self.scratch() as other:
            stepper.advance_twice(self._populations, other, self.steps, steps // 2)
            if steps % 2:
                stepper.advance(self._populations, other, self.steps + steps - 1)
        if steps % 2:
            self._populations, self._free = other, self._populations
        self.steps += steps

    @contextmanager
    def scratch(self) -> Iterator[wp.array]:
        array, self._free = self._free, None
        if array is None:  # It is lent already.
            array = self.empty(1)[0]
        try:
            yield array
        finally:
            self._free = array

    def zeros(self) -> wp.array:
        array = self.empty(1)[0]
        array.zero_()
        return array

    def empty(self, count: int) -> list[wp.array]:
        tiles, components, cells = self._shape
        whole = aligned_array((count * tiles, components, cells), self._precision, self._domain.device, self._pages)
        return [whole[k * tiles : (k + 1) * tiles] for k in range(count)]  # type: ignore[return-value]
