"""Contents of the results of a case: fields, and the region and times of volumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..case import Case
from ..case.motions import begin_code
from ..errors import CaseError
from ..flows import FlowSetup
from ..quantities import vector_text
from ..results.draw import Drawing, VolumeGrids, with_fields
from ..results.fields import field_named
from ..scene.usd import prim_bounds


def stored_drawings(case: Case, drawings: Sequence[Drawing], setup: FlowSetup) -> tuple[Drawing, ...]:
    """The drawings with the fields of the case, and volumes of its region at its times. Raises CaseError for a region outside of
    the domain, SceneError for a prim that does not exist."""
    found = with_fields(drawings, [field_named(name) for name in case.output.fields or ()])
    region = _region(case, setup)
    every = 1 if case.output.volumes_every is None else round(case.output.volumes_every / (case.time.output_every or 1.0))
    return tuple(replace(each, region=region, every=every) if isinstance(each, VolumeGrids) else each for each in found)


def _region(case: Case, setup: FlowSetup) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    output, source = case.output, case.source
    name = "volumeLower" if output.volume_prim is None else "volumePrim"
    if output.volume_prim is not None:
        region = prim_bounds(
            case.file, output.volume_prim, source.place("output", name), variants=case.scene.variants or {},
            attributes=case.scene.attributes or {}, time=begin_code(case.obstacle, case.scene),
        )
    elif output.volume_lower is not None and output.volume_upper is not None:
        region = np.array([output.volume_lower, output.volume_upper])
    else:
        return None
    low, high = np.clip(region, *setup.bounds)
    if (high - low < setup.voxel_size).any():
        raise CaseError(
            f"{source.place('output', name)}: the box from {vector_text(region[0])} to {vector_text(region[1])} m has less than "
            f"a cell of {setup.voxel_size:.4g} m in common with the domain from {vector_text(setup.bounds[0])} to "
            f"{vector_text(setup.bounds[1])} m: enlarge or move it"
        )
    return tuple(region[0].tolist()), tuple(region[1].tolist())
