"""Rotating frame of reference."""

from dataclasses import dataclass, field

from ...units import Unit
from ..in_si import in_si
from ..model_parameter import vector_parameters
from .model import BodyForce


@dataclass(frozen=True)
class RotatingFrame(BodyForce):
    """Coriolis and centrifugal force F = -rho (2 Omega x u + Omega x (Omega x r)), with r = x - x_0.

    u includes half of the force. With a = F / rho and b = (j + F_before / 2) / rho - Omega x (Omega x r) / 2,
    u = b + a / 2 with the Coriolis force has the exact solution u = (b - Omega x b + Omega (Omega . b)) / (1 + Omega^2).
    It must be the last of the forces. Parameters: `frame_rotation_x`, ... (in two dimensions only `frame_rotation_z`) and
    `frame_centre_x`, ...
    """

    rotation: tuple[float, ...] = field(metadata=in_si(Unit(s=-1)))
    """Omega [radians / step]: three values, or in two dimensions the one about z."""
    centre: tuple[float, ...] = field(metadata=in_si(Unit(m=1), is_place=True))
    """x_0 [cells from the domain's lower corner], one value per axis."""

    def parameters(self, dimension):
        axes = "xyz" if dimension == 3 else "z"
        return (
            *vector_parameters("frame_rotation", self.rotation, axes, "radians/step", "rotation of the frame"),
            *vector_parameters("frame_centre", self.centre, "xyz"[:dimension], "cells", "a point of the frame's axis"),
        )

    def fields(self, dimension):
        return {}

    def at(self, cell, before):
        d = len(before)
        numbers = [cell.parameter(number.name) for number in self.parameters(d)]
        Omega = numbers[:3] if d == 3 else [0.0, 0.0, numbers[0]]
        r = [cell.centre(k) - x for k, x in enumerate(numbers[-d:])] + [0.0] * (3 - d)
        centrifugal = [-1.0 * x for x in cross(Omega, cross(Omega, r))]
        bare = [(j + 0.5 * F) / cell.density for j, F in zip(cell.momentum, before, strict=True)] + [0.0] * (3 - d)
        b = [x + 0.5 * c for x, c in zip(bare, centrifugal, strict=True)]
        along = sum(O * x for O, x in zip(Omega, b, strict=True))
        turned = cross(Omega, b)
        share = 1.0 / (1.0 + sum(O * O for O in Omega))
        u = [share * (x - t + O * along) for x, t, O in zip(b, turned, Omega, strict=True)]
        return [2.0 * cell.density * (u[k] - bare[k]) for k in range(d)]


def cross(a, b) -> list:
    """Cross product a x b."""
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
