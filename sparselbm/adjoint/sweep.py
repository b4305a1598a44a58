"""Backward sweep: steps back, injection of objectives, and gathered gradients."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import warp as wp

from ..grid.memory import squared_norm, summed, sums_array, tile_array
from ..kernels.adjoint import GradientTargets, adjoint_kernel, differences_transpose_kernel
from ..kernels.context import Target
from ..kernels.observables import integral_adjoint_kernel
from ..kernels.step import stream_kernel, unstream_kernel
from ..kernels.sweep import Sweep
from ..models.physics import Physics, TileClass
from ..models.wall.partially_saturated import SOLID_THRESHOLD
from ..observe import Functional
from ..observe.evaluation import Slopes
from ..solver import Simulation
from .gradient_guard import GradientGuard, GrowthMonitor

_REPORT_INTERVAL = 100
"""Steps back between two calls of the callback and checks of the growth."""


@dataclass(frozen=True, eq=False)
class Seed:
    """Term of lambda at a state: a kernel that adds `factor` times a gradient to lambda and to the targets of `wrt`."""

    kernel: Callable
    """Factory with the arguments (physics, tiles, target, *arguments, wrt), such as `integral_adjoint_kernel`."""
    arguments: tuple = ()
    adjoint: wp.array | None = None
    """Array that the kernel reads as `adjoint`, `[tile][size][cell]`."""
    factor: Callable[[wp.array, int], float] = lambda state, step: 1.0
    """Factor of the gradient at the state after `step` steps."""
    tiles: Callable[[], np.ndarray] | None = None
    """Returns the indices of the tiles outside of which it adds nothing; None: all."""


def functional_seeds(simulation: Simulation, functional: Functional, factor: float = 1.0) -> list[Seed]:
    """Seeds of `factor` times a functional: the gradient of each of its sums, times d J / d sum at the state."""
    slopes = Slopes(simulation, functional)
    return [
        Seed(
            integral_adjoint_kernel, (observable,), tiles=functools.partial(observable.tiles, simulation),
            factor=lambda state, step, k=k: factor * float(slopes(state, step)[k]),
        )
        for k, observable in enumerate(functional.sums)
    ]


class Requested(Protocol):
    """Gradient that was asked for."""

    def gradient(self, sweep: "BackwardSweep") -> np.ndarray:
        """Returns the gradient from what the sweep has gathered."""
        ...


class BackwardSweep:
    """Carries lambda = d J / d (incoming populations) from the last state to the first.

        lambda_t = (d collide / d f_t)^T S^T lambda_{t+1} + w_t d h / d f_t

    with S the streaming, a permutation, so that S^T is a gather as well: no atomics, and the same bits on every run. Where
    cells read velocities of their neighbours, mu = d J / d (those differences) accompanies lambda: d x d numbers per cell.
    Besides lambda it gathers the targets of `wrt`: d J / d eps, fields, delta, parameters. Memory: two population arrays,
    independent of the number of steps. With `everywhere`, d J / d eps is gathered in tiles without solid as well, on which no
    surface depends. `seeds` are injected besides the objective. `on_back` is called with the number of steps back, every hundred
    steps; `guard` refuses a lambda that grows while nothing is injected. `requested`: the gradients that are read from the sweep,
    whose error an iterative method estimates; empty: those of all cells, fields and parameters of `wrt`.
    """

    def __init__(
        self,
        simulation: Simulation,
        objective: Functional | None,
        *,
        wrt: GradientTargets,
        everywhere: bool = False,
        on_back: Callable[[int], None] | None = None,
        guard: GradientGuard | None = None,
        seeds: Sequence[Seed] = (),
        requested: Sequence[Requested] = (),
    ):
        self.simulation = simulation
        self._requested = tuple(requested)
        self.errors: tuple[np.ndarray, ...] | None = None
        """Estimated absolute error of each number of `gradients`; None: exact to rounding."""
        self._seeds = [*seeds, *(functional_seeds(simulation, objective) if objective is not None else ())]
        self._wrt, self._everywhere = wrt, everywhere
        self._steps, self._on_back = 0, on_back
        self._at: int | None = None
        self.guard, self._growth = guard, GrowthMonitor(guard) if guard else None
        self.check: Callable[[], None] = lambda: None
        """Called after the user's callback `on_back`: raises AdjointError if that has changed inputs of the run."""
        self.adjoint = simulation.state.zeros()
        """lambda, `[tile][q][cell]`."""
        self.spare = simulation.state.zeros()
        """Second array of the same kind, overwritten by each step back."""
        axes = simulation.lattice.dimension * bool(simulation.physics.stored_velocity_size)
        self._differences, self._spare_differences = (
            tile_array(simulation.domain, axes * simulation.physics.stored_velocity_size, simulation.precision) if axes else None
            for _ in range(2)
        )
        self.solid_adjoint = tile_array(simulation.domain, 1, simulation.precision) if wrt.solid else None
        """d J / d eps of every cell."""
        self._fields_adjoint = simulation.fields.new_adjoint() if wrt.fields else None
        self._fractions_adjoint = simulation.walls.new_adjoint() if wrt.fractions else None
        self._sums = sums_array(simulation.domain, len(simulation.physics.parameters)) if wrt.parameters else None

    @property
    def _gathered(self) -> dict[str, wp.array | None]:
        return {
            "solid_adjoint": self.solid_adjoint, "fields_adjoint": self._fields_adjoint,
            "fractions_adjoint": self._fractions_adjoint, "sums": self._sums,
        }

    @functools.cached_property
    def _full(self) -> Sweep:
        return self._step_back(self._wrt)

    @functools.cached_property
    def _bare(self) -> Sweep:
        return self._step_back(GradientTargets())

    @functools.cached_property
    def _inject(self) -> list[Sweep]:
        return self._injections(self._wrt)

    @functools.cached_property
    def _inject_bare(self) -> list[Sweep]:
        return self._injections(GradientTargets())

    def _step_back(self, wrt: GradientTargets) -> Sweep:
        everywhere = self._everywhere  # A factory that held this object would make a cycle, and the run's memory outlive it.

        def factory(physics: Physics, tiles: TileClass, target: Target):
            return adjoint_kernel(physics, replace(tiles, solid=tiles.solid or everywhere), target, wrt)

        return self.simulation.passes.by_class(factory)

    def gathering(self, kernel: Callable) -> Callable[..., None]:
        """Pass of a kernel over all tiles, created with (physics, tiles, target, wrt), that gathers the targets of `wrt`.

        It is launched at the step to which lambda has been carried back.
        """
        return functools.partial(self.simulation.passes.general(kernel, self._wrt), step=self._at, **self._gathered)

    def _injections(self, wrt: GradientTargets) -> list[Sweep]:
        return [
            self.simulation.passes.general(
                seed.kernel, *seed.arguments, wrt, tiles=None if self._everywhere else seed.tiles
            )
            for seed in self._seeds
        ]

    def inject(self, state: wp.array, weight: float, step: int, gather: bool = True) -> None:
        """Adds `weight` times the gradients of objective and seeds at the state after `step` steps; without `gather` only to
        lambda."""
        if not (weight and self._seeds):
            return
        targets = {"target": self.adjoint, "differences_target": self._differences}
        for seed, sweep in zip(self._seeds, self._inject if gather else self._inject_bare, strict=True):
            factor = weight * seed.factor(state, step)
            sweep(step=step, source=state, adjoint=seed.adjoint, weight=factor, **targets, **self._gathered)
        if self._growth is not None:
            self._growth.restart()

    def back(self, state: wp.array, step: int, gather: bool = True) -> None:
        """One step back, to `state`, the state after `step` steps; without `gather` only lambda is computed."""
        sweep, self._at = self._full if gather else self._bare, step
        adjoints = {"adjoint": self.adjoint, "differences_adjoint": self._differences}
        targets = {"target": self.spare, "differences_target": self._spare_differences}
        sweep(step=step, source=state, weight=1.0, **adjoints, **targets, **self._gathered)
        self.adjoint, self.spare = self.spare, self.adjoint
        self._differences, self._spare_differences = self._spare_differences, self._differences
        self._steps += 1
        if self._steps % _REPORT_INTERVAL == 0:
            self._report()

    def _report(self) -> None:
        if self._growth is not None and self._seeds:
            self._growth.check(squared_norm(self.adjoint) ** 0.5, self._steps)
        if self._on_back is not None:
            self._on_back(self._steps)
            self.check()

    def gathered(self) -> tuple[np.ndarray, ...]:
        """Copies of the gathered gradients of the targets; d J / d eps only of cells that are not wholly solid."""
        solid = ()
        if self.solid_adjoint is not None and self.simulation.solids.fractions is not None:
            solid = (np.where(self.simulation.solids.fractions.numpy() < SOLID_THRESHOLD, self.solid_adjoint.numpy(), 0.0),)
        fields = () if self._fields_adjoint is None else (self._fields_adjoint.numpy().copy(),)
        links = () if self._fractions_adjoint is None else (self.simulation.walls.held(self._fractions_adjoint).copy(),)
        return (*solid, *fields, *links, *(() if self._sums is None else (self.parameter_gradient(),)))

    def gradients(self) -> tuple[np.ndarray, ...]:
        """The requested gradients, in fp64, or `gathered` if none were specified."""
        if not self._requested:
            return self.gathered()
        return tuple(np.asarray(each.gradient(self), dtype=np.float64) for each in self._requested)

    def clear_gathered(self) -> None:
        """Sets the gathered gradients to zero."""
        for array in (self.solid_adjoint, self._fields_adjoint, self._fractions_adjoint, self._sums):
            if array is not None:
                array.zero_()

    def clear(self) -> None:
        """Sets lambda to zero, without changing the gathered gradients."""
        self.adjoint.zero_()
        if self._differences is not None:
            self._differences.zero_()

    def start_from(self, state_adjoint: wp.array) -> None:
        """Sets lambda from d J / d (last state): S is a permutation, so that S^T S = 1."""
        self.clear()
        self.simulation.passes.general(stream_kernel)(source=state_adjoint, target=self.adjoint)

    def initial_adjoint(self) -> wp.array:
        """d J / d (first state) = S^T lambda, `[tile][q][cell]`; overwrites the spare array."""
        self.simulation.passes.general(unstream_kernel)(adjoint=self.adjoint, target=self.spare)
        if self._differences is not None:
            transpose = self.simulation.passes.general(differences_transpose_kernel)
            transpose(differences_adjoint=self._differences, target=self.spare)
        return self.spare

    def points_gradient(self, obstacle: str) -> np.ndarray:
        """d J / d points of an obstacle [1 / m], (n, 3)."""
        if geometry := self.simulation.solids.find(obstacle):
            return geometry.pullback(self.solid_adjoint)  # type: ignore[arg-type]
        return self.simulation.walls.pullback(obstacle, self._fractions_adjoint)  # type: ignore[arg-type]

    def fractions_gradient(self) -> np.ndarray:
        """d J / d delta of every link, (n, Q, cells); 0 in tiles without link walls of obstacles."""
        return self.simulation.walls.spread(self._fractions_adjoint)  # type: ignore[arg-type]

    def field_gradient(self, name: str) -> np.ndarray:
        """d J / d field, (n, cells); 0 in tiles where all fields of the models are 0, which are not stored."""
        return self.simulation.fields.spread(self._fields_adjoint, name)  # type: ignore[arg-type]

    def parameter_gradient(self, name: str | None = None) -> np.ndarray:
        """d J / d parameter, a 0-d array, or of all parameters, (P,)."""
        names = self.simulation.physics.parameters
        values = summed(self._sums)  # type: ignore[arg-type]
        return values if name is None else np.asarray(values[names.index(name)])
