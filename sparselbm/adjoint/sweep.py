"""The backward sweep: one step back, an objective's injection, and what is gathered on the way."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import warp as wp

from ..grid.memory import squared_norm, summed, sums_array, tile_array
from ..kernels.adjoint import GradientTargets, adjoint_kernel, differences_transpose_kernel
from ..kernels.observables import integral_adjoint_kernel
from ..kernels.step import stream_kernel, unstream_kernel
from ..kernels.sweep import Sweep
from ..models.physics import TileClass
from ..models.wall.partially_saturated import SOLID_THRESHOLD
from ..observe import Observable
from ..solver import Simulation
from .gradient_guard import GradientGuard, GrowthMonitor

_LOOK = 100
"""Steps back between two looks, of whoever follows them and of the meter."""


@dataclass(frozen=True, eq=False)
class Seed:
    """What is added to lambda at a state: a kernel that increases it, and what `wrt` names, by `factor` times a gradient."""

    kernel: Callable
    """Made from (physics, tiles, target, *arguments, wrt), such as `integral_adjoint_kernel`."""
    arguments: tuple = ()
    adjoint: wp.array | None = None
    """The kernel's own `adjoint`, `[tile][size][cell]`."""
    factor: float = 1.0
    tiles: Callable[[], np.ndarray] | None = None
    """Gives the indices of the tiles outside of which it adds nothing; None: all."""


class BackwardSweep:
    """Carries lambda = d J / d (incoming populations) from the last state to the first.

        lambda_t = (d collide / d f_t)^T S^T lambda_{t+1} + w_t d h / d f_t

    with S the streaming, a permutation, so that S^T is a gather as well: no atomics, and the same bits on every run. Where
    cells see velocities of their neighbours, mu = d J / d (those differences) goes along with lambda: d x d numbers a cell.
    Beside lambda it gathers what `wrt` names: d J / d eps, fields, delta, parameters. Two population arrays, however many
    steps. With `everywhere`, d J / d eps is gathered in tiles without solid as well, where no surface can feel it. `seeds` are
    injected beside the objective. `on_back` is told the steps gone back, every hundred; `trust` refuses a lambda that grows
    while nothing is fed into it.
    """

    def __init__(
        self,
        simulation: Simulation,
        objective: Observable | None,
        *,
        wrt: GradientTargets,
        everywhere: bool = False,
        on_back: Callable[[int], None] | None = None,
        trust: GradientGuard | None = None,
        seeds: Sequence[Seed] = (),
    ):
        self.simulation = simulation
        self._seeds = [*seeds]
        if objective is not None:
            self._seeds.append(Seed(integral_adjoint_kernel, (objective,), tiles=lambda: objective.tiles(simulation)))
        self._wrt, self._everywhere = wrt, everywhere
        self._steps, self._on_back = 0, on_back
        self._at: int | None = None
        self.trust, self._meter = trust, GrowthMonitor(trust) if trust else None
        self.check: Callable[[], None] = lambda: None
        """Called after `on_back`, which is a user's own: raises AdjointError where that has changed what is read."""
        self.adjoint = simulation.new_state()
        """lambda, `[tile][q][cell]`."""
        self.spare = simulation.new_state()
        """A second array of that kind, overwritten by each step back."""
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
        simulation = self.simulation

        def kernel_of(tiles: TileClass):
            seen = replace(tiles, solid=tiles.solid or self._everywhere)
            return adjoint_kernel(simulation.physics, seen, simulation.target, wrt)

        return simulation.sweep(kernel_of)

    def sweep(self, kernel: Callable) -> Callable[..., None]:
        """A pass of a kernel over all tiles, made from (physics, tiles, target, wrt), that gathers what `wrt` names.

        It takes place at the step that lambda has been carried back to.
        """
        return functools.partial(self.simulation.general_sweep(kernel, self._wrt), step=self._at, **self._gathered)

    def _injections(self, wrt: GradientTargets) -> list[Sweep]:
        return [
            self.simulation.general_sweep(
                seed.kernel, *seed.arguments, wrt, tiles=None if self._everywhere else seed.tiles
            )
            for seed in self._seeds
        ]

    def inject(self, state: wp.array, weight: float, step: int, gather: bool = True) -> None:
        """Adds `weight` times the gradients of objective and seeds at the state after `step` steps; without `gather` to lambda
        alone."""
        if not (weight and self._seeds):
            return
        targets = {"target": self.adjoint, "differences_target": self._differences}
        for seed, sweep in zip(self._seeds, self._inject if gather else self._inject_bare, strict=True):
            sweep(step=step, source=state, adjoint=seed.adjoint, weight=weight * seed.factor, **targets, **self._gathered)
        if self._meter is not None:
            self._meter.restart()

    def back(self, state: wp.array, step: int, gather: bool = True) -> None:
        """One step back, to `state`, the one after `step` steps; without `gather` lambda alone is carried."""
        sweep, self._at = self._full if gather else self._bare, step
        adjoints = {"adjoint": self.adjoint, "differences_adjoint": self._differences}
        targets = {"target": self.spare, "differences_target": self._spare_differences}
        sweep(step=step, source=state, weight=1.0, **adjoints, **targets, **self._gathered)
        self.adjoint, self.spare = self.spare, self.adjoint
        self._differences, self._spare_differences = self._spare_differences, self._differences
        self._steps += 1
        if self._steps % _LOOK == 0:
            self._look()

    def _look(self) -> None:
        if self._meter is not None and self._seeds:
            self._meter.look(squared_norm(self.adjoint) ** 0.5, self._steps)
        if self._on_back is not None:
            self._on_back(self._steps)
            self.check()

    def gathered(self) -> tuple[np.ndarray, ...]:
        """Copies of what has been gathered, as far as asked for; d J / d eps of cells that are not wholly solid."""
        solid = ()
        if self.solid_adjoint is not None and self.simulation.solid is not None:
            solid = (np.where(self.simulation.solid.numpy() < SOLID_THRESHOLD, self.solid_adjoint.numpy(), 0.0),)
        fields = () if self._fields_adjoint is None else (self._fields_adjoint.numpy().copy(),)
        links = () if self._fractions_adjoint is None else (self.simulation.walls.held(self._fractions_adjoint).copy(),)
        return (*solid, *fields, *links, *(() if self._sums is None else (self.parameter_gradient(),)))

    def clear_gathered(self) -> None:
        """Sets what has been gathered to zero."""
        for array in (self.solid_adjoint, self._fields_adjoint, self._fractions_adjoint, self._sums):
            if array is not None:
                array.zero_()

    def clear(self) -> None:
        """Sets lambda to zero; what has been gathered stays."""
        self.adjoint.zero_()
        if self._differences is not None:
            self._differences.zero_()

    def start_from(self, state_adjoint: wp.array) -> None:
        """Sets lambda from d J / d (last state): S is a permutation, so that S^T S gives it back."""
        self.clear()
        self.simulation.general_sweep(stream_kernel)(source=state_adjoint, target=self.adjoint)

    def initial_adjoint(self) -> wp.array:
        """d J / d (first state) = S^T lambda, `[tile][q][cell]`; overwrites the spare array."""
        self.simulation.general_sweep(unstream_kernel)(adjoint=self.adjoint, target=self.spare)
        if self._differences is not None:
            transpose = self.simulation.general_sweep(differences_transpose_kernel)
            transpose(differences_adjoint=self._differences, target=self.spare)
        return self.spare

    def points_gradient(self, obstacle: str) -> np.ndarray:
        """d J / d points of an obstacle [1 / m], (n, 3)."""
        for geometry in self.simulation.geometry:
            if geometry.name == obstacle:
                return geometry.pullback(self.solid_adjoint)  # type: ignore[arg-type]
        return self.simulation.walls.pullback(obstacle, self._fractions_adjoint)  # type: ignore[arg-type]

    def fractions_gradient(self) -> np.ndarray:
        """d J / d delta of every link, (n, Q, cells); 0 in tiles without walls of obstacles on their links."""
        return self.simulation.walls.spread(self._fractions_adjoint)  # type: ignore[arg-type]

    def field_gradient(self, name: str) -> np.ndarray:
        """d J / d field, (n, cells); 0 in tiles where all of the models' fields are 0, which are not kept."""
        return self.simulation.fields.spread(self._fields_adjoint, name)  # type: ignore[arg-type]

    def parameter_gradient(self, name: str | None = None) -> np.ndarray:
        """d J / d parameter, a 0-d array, or of all parameters, (P,)."""
        names = self.simulation.physics.parameters
        values = summed(self._sums)  # type: ignore[arg-type]
        return values if name is None else np.asarray(values[names.index(name)])
