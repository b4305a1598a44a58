"""Variants of a body in one box: the walls and the outlet of a box of its own would change each one's drag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..flows import InternalFlowSetup, WindTunnelSetup

Plan = WindTunnelSetup | InternalFlowSetup


def in_one_box(plans: Sequence[Plan], device: str) -> tuple[Plan, ...]:
    """The plans with the box that holds all of theirs, on the finest of their cells; flow inside a surface has no box.

    Raises TunnelError where that does not fit in memory.
    """
    tunnels = [plan for plan in plans if isinstance(plan, WindTunnelSetup)]
    if len(tunnels) < 2 or len(tunnels) < len(plans):
        return tuple(plans)
    bounds, cell = np.array([plan.bounds for plan in tunnels]), min(plan.voxel_size for plan in tunnels)
    low, high = (tuple(map(float, corner)) for corner in (bounds[:, 0].min(axis=0), bounds[:, 1].max(axis=0)))
    return tuple(
        replace(plan.tunnel, corners=(low, high), voxel_size=cell).around(plan.bodies, plan.obstacle, device=device)
        for plan in tunnels
    )


def fluids_of(plans: Sequence[Plan]) -> str:
    """What a table of variants says where each has a fluid of its own; nothing where they have one."""
    found = sorted(plan.units.viscosity for plan in plans)
    if found[-1] <= (1.0 + 1e-6) * found[0]:
        return ""
    return (
        f"Warning: a Reynolds number by each variant's own extent makes viscosities of {found[0]:.4g} to {found[-1]:.4g} m^2/s: "
        "to compare forces in one fluid, give the case a viscosity in its place"
    )


def box_of(plan: Plan) -> str:
    """What a table of variants says of their box; nothing where there is none."""
    if not isinstance(plan, WindTunnelSetup):
        return ""
    low, high = (", ".join(f"{x:.4g}" for x in corner) for corner in plan.bounds)
    return f"in one box: ({low}) to ({high}) m, {' x '.join(map(str, plan.shape))} cells of {plan.voxel_size:.4g} m"
