"""Values of the flow past a body that are monitored and recorded."""

from __future__ import annotations

import numpy as np

from ..observe import Force, Functional, Torque
from .coefficients import FlowCoefficient
from .tunnel_body import TunnelBody

_AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def force_coefficients(body: TunnelBody, reference_force: float) -> dict[str, FlowCoefficient]:
    """Coefficients F . e / (1/2 rho u^2 A) of all components of the force on a body; `reference_force`: 1/2 rho u^2 A [N]."""
    names = ["force coefficient " + axis for axis in "xyz"]
    names[body.axis] = "drag coefficient"
    return {name: FlowCoefficient(Force(body.name, axis), reference_force) for name, axis in zip(names, _AXES)}


def recorded_values(body: TunnelBody, reference_force: float, origin: np.ndarray, voxel_size: float) -> dict[str, Functional]:
    """Coefficients of the force on a body, that of the drag first, force [N] and moment [N m]; `origin`: lower corner of the
    domain [m].

    Moments refer to `TunnelBody.moment_centre`.
    """
    coefficients = force_coefficients(body, reference_force)
    x, y, z = ((body.moment_centre - origin) / voxel_size).tolist()
    return {
        "drag coefficient": coefficients["drag coefficient"], **coefficients,
        **{f"force {name}": Force(body.name, axis) for name, axis in zip("xyz", _AXES)},
        **{f"moment {name}": Torque(body.name, (x, y, z), axis) for name, axis in zip("xyz", _AXES)},
    }
