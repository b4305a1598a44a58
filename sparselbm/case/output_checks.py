"""Checks of what the results of a case contain."""

from __future__ import annotations

from collections.abc import Collection

from ..errors import CaseError
from ..results.fields import FIELDS
from ..results.reader import OF_THE_FLOW, SOLID
from .entry import spelt
from .parts import CaseOutput, CaseTime
from .source import Source

_ROUNDING = 1e-6


def require_output(output: CaseOutput, time: CaseTime, scalars: Collection[str], source: Source) -> None:
    """Raises CaseError for unknown fields, scalars with the name of another field, half a box, and for an interval of volumes
    that is not one of outputs."""
    taken = (*OF_THE_FLOW, SOLID)
    for name in scalars:
        if name in taken:
            raise CaseError(
                f"{source.place('scalar', 'diffusivity', name)}: the scalar {name!r} has the name of another field; use any but "
                f"{', '.join(taken)}"
            )
    known = [*(each.name for each in FIELDS), *scalars]
    for name in output.fields or ():
        if name not in known:
            raise CaseError(f"{source.place('output', 'fields')} has {name!r}: allowed are {', '.join(known)}")
    for name, value, other in (
        ("volume_lower", output.volume_lower, output.volume_upper), ("volume_upper", output.volume_upper, output.volume_lower)
    ):
        if value is None and other is not None:
            raise CaseError(f"{source.place('output', spelt(name))} is missing: give both corners of the box, or neither")
    if output.volumes_every is None:
        return
    place, every = source.place("output", "volumesEvery"), time.output_every
    if every is None:
        raise CaseError(
            f"{place} is {output.volumes_every:g} s, but {source.place('time', 'outputEvery')} is missing, so that fields are "
            "written at the end only: give both, or remove it"
        )
    frames = output.volumes_every / every
    if frames < 1.0 - _ROUNDING or abs(frames - round(frames)) > _ROUNDING * frames:
        raise CaseError(
            f"{place} is {output.volumes_every:g} s, which is not a multiple of {source.place('time', 'outputEvery')}, "
            f"{every:g} s: use such as {max(round(frames), 1) * every:g} s"
        )
