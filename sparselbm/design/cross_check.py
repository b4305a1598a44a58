"""Designs that gain by the wall's model, not by their shape: found by another wall, and refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..errors import SimulationError, WindTunnelError
from ..flows import WindTunnelRun
from ..geometry.deformation import BoundDeformation
from ..models.wall import BounceBack, Bouzidi
from .optimizer import DesignRecord, OptimizeResult


@dataclass(frozen=True, kw_only=True)
class CrossCheck:
    """Evaluates designs again with walls on links, which neither leak nor vanish, however thin the body is.

    A solid fraction is a soft wall: a fin thinner than a cell leaks, and its drag falls with its thickness. Such a gain
    is no gain. With C the study's drag coefficient and C' that of the other wall, on the same cells, a design x counts
    as refused where

        (C'(x) / C'(x_0)) / (C(x) / C(x_0)) - 1 > tolerance,

    where, that is, the drag has fallen further than it should have against that of the start x_0.
    """

    every: int | None = None
    """Iterations between two checks; None: the best design only, at the end."""
    tolerance: float = 0.05
    """Share of the drag that the two walls may disagree by."""
    wall: BounceBack = field(default_factory=Bouzidi)
    """The other wall."""

    def __post_init__(self):
        if not (0.0 < self.tolerance < math.inf and (self.every is None or self.every >= 1)):
            raise WindTunnelError(
                f"a cross-check every {self.every} iterations within {self.tolerance}: both must be above 0 "
                "(every=None: at the end)"
            )


@dataclass(frozen=True)
class CrossCheckResult:
    """A design seen by both walls."""

    iteration: int
    drag: float
    """C_d, relative to that of the start, with the study's wall."""
    checked: float
    """The same with the other wall; NaN where that flow blew up, which confirms and refuses nothing."""
    tolerance: float

    @property
    def difference(self) -> float:
        """checked / drag - 1: above 0 where the study's wall makes the design look better than it is."""
        return self.checked / self.drag - 1.0

    @property
    def refused(self) -> bool:
        """Whether the difference is beyond the tolerance."""
        return self.difference > self.tolerance

    @property
    def unconfirmed(self) -> bool:
        """Whether the drag has fallen with the study's wall, and has not with the other."""
        return self.drag < 1.0 <= self.checked

    def __str__(self) -> str:
        return (
            f"iteration {self.iteration}: drag {self.drag:.3f} of the start's, {self.checked:.3f} with the wall checked "
            f"against, difference {self.difference:+.1%}, limit {self.tolerance:.1%}"
        )


class CrossChecker:
    """The checks of one optimisation of one flow, or of several with the same variables."""

    def __init__(self, option: CrossCheck, flows: Sequence[WindTunnelRun], deformations: Sequence[BoundDeformation]):
        self._option, self._flows, self._deformations = option, flows, deformations
        self._start: tuple[np.ndarray, np.ndarray] | None = None
        self._others_at_start: np.ndarray | None = None
        self.found: list[CrossCheckResult] = []
        """Every check, in order; the start is not among them."""

    @property
    def refused(self) -> bool:
        """Whether a design was refused."""
        return any(each.refused for each in self.found)

    def watch(self, record: DesignRecord, drags: Sequence[float] | np.ndarray) -> None:
        """Takes an iteration with the C_d of its flows, the start first. Raises StopIteration where it is refused."""
        if self._start is None:
            self._start = record.x, np.asarray(drags)
        elif self._option.every is not None and record.iteration % self._option.every == 0:
            self._look(record, drags)
            if self.refused:
                raise StopIteration(self.reason)

    def confirmed(self, result: OptimizeResult, drags: Callable[[DesignRecord], Sequence[float] | np.ndarray]) -> OptimizeResult:
        """The result, if no check refuses its design; else the last design that was confirmed, or the start."""
        best = next(each for each in result.history if np.array_equal(each.x, result.x))
        seen = {0, *(each.iteration for each in self.found)}
        if result.stopped != "interrupted" and not self.refused and best.iteration not in seen:
            try:
                self._look(best, drags(best))
            except KeyboardInterrupt:
                return replace(result, stopped="interrupted", message="interrupted while the best design was checked")
        if not self.refused:
            return result
        bad = {each.iteration for each in self.found if each.refused}
        sound = result.history[max({0, *(each.iteration for each in self.found)} - bad)]
        return replace(
            result, x=sound.x, objective=sound.objective, constraints=sound.constraints, feasible=sound.feasible,
            stopped="refused", message=self.reason,
        )  # fmt: skip

    @property
    def reason(self) -> str:
        """What a study says of the design that was refused."""
        worst = max((each for each in self.found if each.refused), key=lambda each: each.difference)
        return (
            f"refused: the design gains by the wall, not by its shape ({worst}). Its body has become too thin for the solid "
            "fraction: ask for a MinimumThickness of two cells, take finer voxels, or narrow the limit of the deformation"
        )

    def _look(self, record: DesignRecord, drags: Sequence[float] | np.ndarray) -> None:
        assert self._start is not None
        x, first = self._start
        if self._others_at_start is None:
            self._others_at_start = self._others(x)
        checked = _relative(self._others(record.x), self._others_at_start)
        for drag, other in zip(_relative(np.asarray(drags), first), checked):
            self.found.append(CrossCheckResult(record.iteration, float(drag), float(other), self._option.tolerance))

    def _others(self, x: np.ndarray) -> np.ndarray:
        return np.array([self._other(flow, d.points(x)) for flow, d in zip(self._flows, self._deformations)])

    def _other(self, flow: WindTunnelRun, points: np.ndarray) -> float:
        """The objective with the other wall; NaN where its flow blows up."""
        try:
            return WindTunnelRun(
                flow.plan, flow.steady_run, flow.device, flow.on_progress, wall=self._option.wall, points=points,
                objective=flow.objective, factor=flow.factor,
            ).value()  # fmt: skip
        except SimulationError:
            return math.nan


def _relative(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Objectives relative to the start: below 1 for an improvement, also where objectives are negative."""
    return np.where(first > 0.0, values / first, first / values)
