"""Common box for the variants of a body, so that differences in drag are not due to different boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..flows import InternalFlowSetup, WindTunnelSetup

Plan = WindTunnelSetup | InternalFlowSetup


def in_one_box(plans: Sequence[Plan], device: str) -> tuple[Plan, ...]:
    """The set-ups with a common box that contains the box of each, on the smallest of their cells; a fluid volume has no box.

    Raises WindTunnelError if that does not fit in memory.
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
    """Warning if the variants have different viscosities, else nothing."""
    found = sorted(plan.units.viscosity for plan in plans)
    if found[-1] <= (1.0 + 1e-6) * found[0]:
        return ""
    return (
        f"Warning: the Reynolds number refers to the extent of each variant, so the viscosities are {found[0]:.4g} to "
        f"{found[-1]:.4g} m^2/s: to compare forces in the same fluid, give --viscosity in its place"
    )


def box_of(plan: Plan) -> str:
    """Description of the common box; nothing if there is none."""
    if not isinstance(plan, WindTunnelSetup):
        return ""
    low, high = (", ".join(f"{x:.4g}" for x in corner) for corner in plan.bounds)
    return f"in one box: ({low}) to ({high}) m, {' x '.join(map(str, plan.shape))} cells of {plan.voxel_size:.4g} m"
