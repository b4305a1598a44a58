"""Visible shapes of each design of a study, or of each output time of a flow over time, with the flow that belongs to it."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...scene.usd import open_stage
from ..reader import Results
from ..stage.playback import ITERATIONS_PER_SECOND
from ..stage.root import drawings_of, group_of
from .shapes import Surface, shapes_of

if TYPE_CHECKING:
    from pxr import Usd

SECONDS_A_DESIGN = 1.0 / ITERATIONS_PER_SECOND
"""Time from one design to the next in animations [s]."""
ROUNDING = 1e-6
"""Difference between time codes that are the same."""


@dataclass(frozen=True, eq=False)
class Designs:
    """Shapes of each design or output time, k = 0, 1, ..., n - 1; one for a run that has neither."""

    up_axis: str
    """Y or Z."""
    bodies: tuple[tuple[Surface, ...], ...]
    """The bodies of each."""
    drawings: tuple[tuple[Surface, ...], ...]
    """Drawings of the flow of each; none where that flow was not drawn."""
    labels: tuple[str, ...]
    """Name of each, such as `iteration 3`."""
    seconds: tuple[float, ...]
    """Time of each in an animation [s], from 0."""

    @classmethod
    def of(cls, results: Results, most: int | None = None) -> Designs:
        """Shapes of the results in a folder; `most`: largest number of designs or times, which are then evenly chosen from all,
        the best design among them."""
        codes = _chosen(results, most)
        shown = codes.index(results.best) if results.best in codes else len(codes) - 1
        found = [shapes_of(results, code) for code in codes]
        bodies = tuple(tuple(each for each in shapes if not each.is_drawing) for _, shapes in found)
        stage = open_stage(results.stage)
        drawings = tuple(
            _owned(stage, [each for each in shapes if each.is_drawing], code, shown=number == shown)
            for number, (code, (_, shapes)) in enumerate(zip(codes, found))
        )
        changes = any(not _same(one, each) for state in bodies[1:] for one, each in zip(bodies[0], state))
        if not changes and sum(map(bool, drawings)) < 2:
            up_axis, shapes = shapes_of(results, results.shown)
            split = [tuple(each for each in shapes if each.is_drawing == kind) for kind in (False, True)]
            return cls(up_axis, (split[0],), (split[1],), (results.name,), (0.0,))
        return cls(found[0][0], bodies, drawings, *_times(results, codes))


def _chosen(results: Results, most: int | None) -> tuple[float, ...]:
    codes = results.moments
    if most is None or len(codes) <= most:
        return codes
    chosen = {codes[round(k)] for k in np.linspace(0, len(codes) - 1, most - 1)}
    return tuple(each for each in codes if each in chosen or each == results.best)


def _times(results: Results, codes: Sequence[float]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Names and times of designs or output times: the latter play as the stage does."""
    if len(results.codes) > 1:
        times, rate = dict(zip(results.codes, results.times)), open_stage(results.stage).GetTimeCodesPerSecond()
        return tuple(f"t = {times[code]:.4g} s" for code in codes), tuple((code - codes[0]) / rate for code in codes)
    return tuple(f"iteration {code:g}" for code in codes), tuple(SECONDS_A_DESIGN * k for k in range(len(codes)))


def _owned(stage: Usd.Stage, drawings: Sequence[Surface], code: float, *, shown: bool) -> tuple[Surface, ...]:
    """The drawings of a design's own flow; `shown`: whether this is the design whose flow was drawn for all times.

    Between the times at which a flow was drawn, a stage shows blends of the drawings before and after.
    """
    return tuple(
        each for each in drawings if (has_samples(stage, each.name, code) if has_samples(stage, each.name) else shown)
    )


def has_samples(stage: Usd.Stage, path: str, code: float | None = None) -> bool:
    """Whether a drawing has time samples at a time code (None: at any), on its prim or on the instancer that copies it."""
    from pxr import Gf, Sdf

    interval = Gf.Interval.GetFullInterval() if code is None else Gf.Interval(code - ROUNDING, code + ROUNDING)
    drawings = drawings_of(stage)
    prims = [stage.GetPrimAtPath(each) for each in Sdf.Path(path).GetPrefixes() if group_of(str(each), drawings)]
    return any(
        attribute.GetTimeSamplesInInterval(interval) for prim in prims if prim for attribute in prim.GetAuthoredAttributes()
    )


def _same(one: Surface, other: Surface) -> bool:
    """Whether two surfaces are equal."""
    return one.name == other.name and all(
        np.array_equal(getattr(one, part), getattr(other, part)) for part in ("points", "faces", "colours")
    )
