"""Values of the flow past a body that are monitored and recorded."""

from __future__ import annotations

import numpy as np

from ...observe import Force, Functional, Torque
from ...observe.combination import WeightedSum
from .body import TunnelBody
from .coefficients import FlowCoefficient

_AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
FORCES = ("drag", "side force", "lift")
"""Components of the force along the axes of `Stream.frame`."""
MOMENTS = ("roll", "pitch", "yaw")
"""Moments about these axes: positive pitch lifts the front, since the axis of the side force is l x e."""


def force_along(body: str, direction: np.ndarray) -> Functional:
    """F . d on a body, from its components along the axes, so that each direction has the same kernels."""
    return _along([Force(body, axis) for axis in _AXES], direction)


def force_coefficients(body: TunnelBody, reference_force: float) -> dict[str, FlowCoefficient]:
    """Coefficients F . d / (1/2 rho u^2 A) of drag, side force and lift; `reference_force`: 1/2 rho u^2 A [N]."""
    forces = (force_along(body.name, direction) for direction in body.stream.frame)
    return {f"{name} coefficient": FlowCoefficient(each, reference_force) for name, each in zip(FORCES, forces)}


def recorded_values(body: TunnelBody, reference_force: float, origin: np.ndarray, voxel_size: float) -> dict[str, Functional]:
    """Coefficients of the force on a body, that of the drag first, force [N], moment [N m] and its coefficients; `origin`: lower
    corner of the domain [m].

    Moments refer to `TunnelBody.moment_centre`, their coefficients to 1/2 rho u^2 A L with the reference length L.
    """
    x, y, z = ((body.moment_centre - origin) / voxel_size).tolist()
    moments = [Torque(body.name, (x, y, z), axis) for axis in _AXES]
    reference_moment = reference_force * body.reference_length
    turning = (_along(moments, direction) for direction in body.stream.frame)
    return {
        **force_coefficients(body, reference_force),
        **{f"force {name}": Force(body.name, axis) for name, axis in zip("xyz", _AXES)},
        **{f"moment {name}": moment for name, moment in zip("xyz", moments)},
        **{f"{name} moment coefficient": FlowCoefficient(each, reference_moment) for name, each in zip(MOMENTS, turning)},
    }


def _along(components: list, direction: np.ndarray) -> Functional:
    terms = tuple((float(d), each) for d, each in zip(direction, components) if d != 0.0)
    return terms[0][1] if len(terms) == 1 and terms[0][0] == 1.0 else WeightedSum(terms)
