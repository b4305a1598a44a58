"""Velocity field of a rigid body."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .model_parameter import ModelParameter, vector_parameters


@dataclass(frozen=True)
class RigidVelocity:
    """Rigid-body velocity u(x) = v + Omega x (x - x_0), in lattice units."""

    velocity: tuple[float, ...]
    """v [cells / step], one value per axis."""
    rotation: tuple[float, ...]
    """Omega [radians / step]: three values, or in two dimensions the one about z."""
    centre: tuple[float, ...]
    """x_0 [cells from the domain's lower corner], one value per axis."""

    @classmethod
    def at_rest(cls, dimension: int) -> "RigidVelocity":
        """Returns a velocity of zero."""
        return cls((0.0,) * dimension, (0.0,) * (3 if dimension == 3 else 1), (0.0,) * dimension)

    def parameters(self) -> tuple[ModelParameter, ...]:
        """Its numbers: `velocity_x`, ..., `rotation_z`, ..., `centre_x`, ..."""
        axes, about = "xyz"[: len(self.velocity)], "xyz"[-len(self.rotation) :]
        return (
            *vector_parameters("velocity", self.velocity, axes, "cells/step", "velocity of the body"),
            *vector_parameters("rotation", self.rotation, about, "radians/step", "rotation of the body"),
            *vector_parameters("centre", self.centre, axes, "cells", "a point of the body's axis"),
        )

    def check(self, dimension: int) -> None:
        """Raises ValueError if a value does not fit the dimension or is not finite."""
        sizes = {"velocity": dimension, "rotation": 3 if dimension == 3 else 1, "centre": dimension}
        for name, size in sizes.items():
            value = getattr(self, name)
            if len(value) != size or not np.isfinite(value).all():
                raise ValueError(f"RigidVelocity({name}={value}): pass {size} finite numbers in {dimension} dimensions")


def rigid_velocity(value, place: Sequence) -> list:
    """Velocity u(x) = v + Omega x (x - x_0) at a point; `value(name)` returns the values of `RigidVelocity.parameters`."""
    d = len(place)
    r = [x - value(f"centre_{axis}") for axis, x in zip("xyz", place, strict=False)]
    v = [value(f"velocity_{axis}") for axis in "xyz"[:d]]
    if d == 2:
        O = value("rotation_z")
        return [v[0] - O * r[1], v[1] + O * r[0]]
    O = [value(f"rotation_{axis}") for axis in "xyz"]
    turned = [O[1] * r[2] - O[2] * r[1], O[2] * r[0] - O[0] * r[2], O[0] * r[1] - O[1] * r[0]]
    return [a + b for a, b in zip(v, turned, strict=True)]
