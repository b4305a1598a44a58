"""Populations of a simulation and the memory that belongs to them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

import warp as wp

from ..grid import Domain
from ..grid.memory import Pages, aligned_array, tile_array
from .stepper import Stepper
from .uninterrupted import uninterrupted


class State(ABC):
    """Populations and the number of steps that they have made.

    The number of arrays is a matter of the variant: callers read `populations`, advance the state and borrow scratch memory,
    and never refer to a second array.
    """

    populations: wp.array
    """Populations after the last step, `[tile][component][cell]`: those of the flow (shifted) and of the scalars, then the stored
    velocity (see `Physics.size`). An array that is assigned becomes the populations of this state, without a copy."""
    steps: int
    """Number of steps since the state was set."""

    def __init__(self, domain: Domain, components: int, precision: type):
        """`components`: populations and stored values per cell, `Physics.size`."""
        self._domain, self._precision = domain, precision
        self._shape = domain.tile_count + 1, components, domain.cells_per_tile
        self._pages = Pages()
        self.populations, self.steps = self.zeros(), 0

    @property
    def nbytes(self) -> int:
        """Size of one population array [bytes]."""
        return self.populations.capacity

    @abstractmethod
    def advance(self, stepper: Stepper, steps: int) -> None:
        """Advances the populations by a number of steps."""

    @contextmanager
    def scratch(self) -> Iterator[wp.array]:
        """Lends an array as large as the populations, to be overwritten: `with state.scratch() as array`.

        Its contents are arbitrary, and later steps or borrowers may overwrite them.
        """
        yield self.empty(1)[0]

    def zeros(self) -> wp.array:
        """A new population array at rest with density 1."""
        array = self.empty(1)[0]
        array.zero_()
        return array

    def empty(self, count: int) -> list[wp.array]:
        """New population arrays in one piece of memory, with arbitrary contents."""
        tiles, components, cells = self._shape
        whole = aligned_array((count * tiles, components, cells), self._precision, self._domain.device, self._pages)
        return [whole[k * tiles : (k + 1) * tiles] for k in range(count)]  # type: ignore[return-value]


class InPlace(State):
    """State in one array, which pairs of steps overwrite; and a second one of the stored velocity alone, if there is one."""

    def __init__(self, domain: Domain, components: int, precision: type, stored_velocity: int):
        """`stored_velocity`: number of its components, `Physics.stored_velocity_size`."""
        super().__init__(domain, components, precision)
        self._velocities = tile_array(domain, stored_velocity, precision) if stored_velocity else None

    def advance(self, stepper: Stepper, steps: int) -> None:
        groups, done = stepper.steps_in_place(self.populations, self._velocities, self.steps, steps), 1
        while done:
            with uninterrupted():
                done = next(groups, 0)
                self.steps += done


class DoubleBuffer(State):
    """State in two arrays: a step reads one and overwrites the other, which is scratch memory between runs."""

    def __init__(self, domain: Domain, components: int, precision: type):
        super().__init__(domain, components, precision)
        self._free: wp.array | None = self.zeros()

    def advance(self, stepper: Stepper, steps: int) -> None:
        with self.scratch() as other:
            stepper.advance_twice(self.populations, other, self.steps, steps // 2)
            if steps % 2:
                stepper.advance(self.populations, other, self.steps + steps - 1)
        if steps % 2:
            self.populations, self._free = other, self.populations
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
