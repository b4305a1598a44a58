"""The backward sweep: one step back, an objective's injection, and what is gathered on the way."""

import functools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import warp as wp

from ..launch import TileSweep
from ..memory import summed, sums_array, tile_array
from ..objective import Objective
from ..physics import TileClass
from ..simulation import Simulation
from ..step import Wrt, adjoint_kernel, integral_adjoint_kernel, stream_kernel, unstream_kernel


_DAMPED = 0.999
"""Solid fraction beyond which populations are hardly damped, so that nothing settles there, and nobody sees it."""


class AdjointError(ValueError):
    """A gradient that cannot be given."""


class Reverse:
    """Carries lambda = d J / d (incoming populations) from the last state to the first.

        lambda_t = (d collide / d f_t)^T S^T lambda_{t+1} + w_t d h / d f_t

    with S the streaming, a permutation, so that S^T is a gather as well: no atomics, and the same bits on every run.
    Beside lambda it gathers d J / d eps and d J / d parameters. Two population arrays, however many steps. With
    `everywhere`, d J / d eps is gathered in tiles without solid as well, where no surface can feel it. `on_back` is told the
    steps gone back, every hundred.
    """

    def __init__(
        self,
        simulation: Simulation,
        objective: Objective | None,
        *,
        wrt: Wrt,
        everywhere: bool = False,
        on_back: Callable[[int], None] | None = None,
    ):
        self.simulation = simulation
        self.objective = objective
        self._wrt, self._everywhere = wrt, everywhere
        self._steps, self._on_back = 0, on_back
        self.adjoint = simulation.new_state()
        """lambda, `[tile][q][cell]`."""
        self.spare = simulation.new_state()
        """A second array of that kind, overwritten by each step back."""
        self.solid_adjoint = tile_array(simulation.domain, 1, simulation.precision) if wrt.solid else None
        """d J / d eps of every cell."""
        self._fields_adjoint = simulation.fields.new_adjoint() if wrt.fields else None
        self._sums = sums_array(simulation.domain, len(simulation.physics.parameters)) if wrt.parameters else None

    @property
    def _gathered(self) -> dict[str, wp.array | None]:
        return {
            "solid": self.simulation.solid, "solid_adjoint": self.solid_adjoint, "fields_adjoint": self._fields_adjoint,
            "sums": self._sums,
        }  # fmt: skip

    @functools.cached_property
    def _full(self) -> TileSweep:
        return self._step_back(self._wrt)

    @functools.cached_property
    def _bare(self) -> TileSweep:
        return self._step_back(Wrt())

    @functools.cached_property
    def _inject(self) -> TileSweep | None:
        return self._injection(self._wrt)

    @functools.cached_property
    def _inject_bare(self) -> TileSweep | None:
        return self._injection(Wrt())

    def _step_back(self, wrt: Wrt) -> TileSweep:
        simulation = self.simulation

        def kernel_of(tiles: TileClass):
            seen = replace(tiles, solid=tiles.solid or self._everywhere)
            return adjoint_kernel(simulation.physics, seen, simulation.target, wrt)

        return simulation.sweep(kernel_of)

    def _injection(self, wrt: Wrt) -> TileSweep | None:
        if self.objective is None:
            return None
        tiles = None if self._everywhere else self.objective.tiles(self.simulation)
        return self.simulation.general_sweep(integral_adjoint_kernel, self.objective, wrt, tiles=tiles)

    def inject(self, state: wp.array, weight: float, step: int, gather: bool = True) -> None:
        """Adds `weight` times the objective's gradient at the state after `step` steps; without `gather` to lambda alone."""
        sweep = self._inject if gather else self._inject_bare
        if sweep is not None and weight:
            self.simulation.set_time(step)
            sweep(source=state, target=self.adjoint, weight=weight, **self._gathered)

    def back(self, state: wp.array, step: int, gather: bool = True) -> None:
        """One step back, to `state`, the one after `step` steps; without `gather` lambda alone is carried."""
        self.simulation.set_time(step)
        sweep = self._full if gather else self._bare
        sweep(source=state, adjoint=self.adjoint, target=self.spare, weight=1.0, **self._gathered)
        self.adjoint, self.spare = self.spare, self.adjoint
        self._steps += 1
        if self._on_back is not None and self._steps % 100 == 0:
            self._on_back(self._steps)

    def gathered(self) -> tuple[np.ndarray, ...]:
        """Copies of what has been gathered, as far as asked for: d J / d eps of cells not nearly solid, d J / d parameters."""
        solid = ()
        if self.solid_adjoint is not None and self.simulation.solid is not None:
            solid = (np.where(self.simulation.solid.numpy() < _DAMPED, self.solid_adjoint.numpy(), 0.0),)
        fields = () if self._fields_adjoint is None else (self._fields_adjoint.numpy().copy(),)
        return (*solid, *fields, *(() if self._sums is None else (self.parameter_gradient(),)))

    def clear_gathered(self) -> None:
        """Sets what has been gathered to zero."""
        for array in (self.solid_adjoint, self._fields_adjoint, self._sums):
            if array is not None:
                array.zero_()

    def start_from(self, state_adjoint: wp.array) -> None:
        """Sets lambda from d J / d (last state): S is a permutation, so that S^T S gives it back."""
        self.simulation.general_sweep(stream_kernel)(source=state_adjoint, target=self.adjoint)

    def initial_adjoint(self) -> wp.array:
        """d J / d (first state) = S^T lambda, `[tile][q][cell]`; overwrites the spare array."""
        self.simulation.general_sweep(unstream_kernel)(adjoint=self.adjoint, target=self.spare)
        return self.spare

    def points_gradient(self, obstacle: str) -> np.ndarray:
        """d J / d points of an obstacle [1 / m], (n, 3)."""
        geometry = next(g for g in self.simulation.geometry if g.name == obstacle)
        return geometry.pullback(self.solid_adjoint)  # type: ignore[arg-type]

    def field_gradient(self, name: str) -> np.ndarray:
        """d J / d field, (n, cells); 0 in tiles where all of the models' fields are 0, which are not kept."""
        return self.simulation.fields.spread(self._fields_adjoint, name)  # type: ignore[arg-type]

    def parameter_gradient(self, name: str | None = None) -> np.ndarray:
        """d J / d parameter, a 0-d array, or of all parameters, (P,)."""
        names = self.simulation.physics.parameters
        values = summed(self._sums, self.simulation.domain, len(names))  # type: ignore[arg-type]
        return values if name is None else np.asarray(values[names.index(name)])
