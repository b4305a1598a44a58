"""Doubt about the resolution of boundary layers."""

import math

from ...units import finer_voxel_size, is_below

_WARNING_BELOW = 1.0
"""Cells in the boundary layer. Measured at 0.4: C_d of a sphere at Re 400 on 8 cells is .80, where about .67 is due; at 0.26:
that of a plate at Re 1640 on 11 cells is .22, and .60 on 16 cells. At high Reynolds numbers all of the force may be wrong."""
_TURBULENT_ABOVE = 1e4
"""Reynolds number above which boundary layers and wakes are turbulent."""


def boundary_layer_doubt(cells_across: float, reynolds: float, voxel_size: float) -> tuple[str, ...]:
    """Doubt about a boundary layer, about L / sqrt(Re), of too few cells; empty if there are enough."""
    layer = cells_across / math.sqrt(reynolds)
    if not is_below(layer, _WARNING_BELOW):
        return ()
    finer = finer_voxel_size(voxel_size, layer, _WARNING_BELOW)
    turbulent = "" if is_below(reynolds, _TURBULENT_ABOVE) else (
        f". The first cell lies at y+ of about {y_plus(cells_across, reynolds):.2g}, where 1 is needed without a wall law: the "
        "coefficients are no prediction"
    )
    return (
        f"the boundary layer, about L / sqrt(Re), is {layer:.2g} cells thick, below {_WARNING_BELOW:g}: it is not resolved, and "
        f"forces are wrong by up to about {1.0 - layer:.0%}. Use a voxel_size of {finer:.3g} m{turbulent}",
    )


def y_plus(cells_across: float, reynolds: float) -> float:
    """Distance y+ = u_tau y / nu of the centres of the first cells from a wall, in a turbulent boundary layer of length L.

    u_tau / u = (c_f / 2)^(1/2), with c_f = 0.026 / Re^(1/7) of a flat plate. Source: White, Viscous Fluid Flow (2006), 6-6.
    """
    return math.sqrt(0.013 / reynolds ** (1.0 / 7.0)) * reynolds * 0.5 / cells_across
