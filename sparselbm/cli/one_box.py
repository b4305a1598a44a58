"""Common box for the variants of a body, so that differences in drag are not due to different boxes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..flows import FlowSetup, WindTunnelSetup


def in_one_box(setups: Sequence[FlowSetup]) -> tuple[FlowSetup, ...]:
    """The set-ups with a common box that contains the box of each, on the smallest of their cells; a fluid volume has no box.

    Raises WindTunnelError if that does not fit in memory.
    """
    tunnels = [setup for setup in setups if isinstance(setup, WindTunnelSetup)]
    if len(tunnels) < 2 or len(tunnels) < len(setups):
        return tuple(setups)
    bounds, cell = np.array([setup.bounds for setup in tunnels]), min(setup.voxel_size for setup in tunnels)
    low, high = (tuple(map(float, corner)) for corner in (bounds[:, 0].min(axis=0), bounds[:, 1].max(axis=0)))
    return tuple(
        setup.with_options(corners=(low, high), voxel_size=cell) for setup in tunnels
    )


def fluids_of(setups: Sequence[FlowSetup]) -> tuple[str, ...]:
    """Doubt if the variants have different viscosities, else nothing."""
    found = sorted(setup.units.viscosity for setup in setups)
    if found[-1] <= (1.0 + 1e-6) * found[0]:
        return ()
    return (
        f"the Reynolds number refers to the extent of each variant, so the viscosities are {found[0]:.4g} to "
        f"{found[-1]:.4g} m^2/s: to compare forces in the same fluid, give --viscosity in its place",
    )


def box_of(setup: FlowSetup) -> str:
    """Description of the common box; nothing if there is none."""
    if not isinstance(setup, WindTunnelSetup):
        return ""
    low, high = (", ".join(f"{x:.4g}" for x in corner) for corner in setup.bounds)
    return f"in one box: ({low}) to ({high}) m, {' x '.join(map(str, setup.shape))} cells of {setup.voxel_size:.4g} m"
