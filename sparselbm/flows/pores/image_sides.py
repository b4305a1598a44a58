"""Conditions at the faces of a voxel image, and the force or pressure that drives the flow."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...grid import Domain
from ...lattice import CS2
from ...models.boundary import Face, LinkPressure
from ...solver import Simulation


class ImageSides(ABC):
    """Condition at the six faces of an image, with what drives the flow: a frozen value."""

    periodic: ClassVar[bool]
    """Whether the image repeats along all axes."""
    words: ClassVar[str]
    """The conditions for a reader."""

    @abstractmethod
    def simulation(self, domain: Domain, axis: int, gradient: float, **options) -> Simulation:
        """The simulation of a flow along an axis, in its initial state.

        `gradient`: pressure gradient or force per volume that drives it, at density 1 [lattice units]; `options`: those of
        `Simulation`.
        """


@dataclass(frozen=True)
class SealedSides(ImageSides):
    """Pressure difference between the two faces across the flow; the four other faces are no-slip walls.

    This is how cores are measured in the laboratory. The pressures hold in the centres of the first and the last layer of
    voxels; the velocity along the faces is free. The flow is within some per cent that of the image followed by its mirror image,
    in half the memory.
    """

    periodic = False
    words = "pressure difference between the faces across the flow; the other faces are walls"

    def simulation(self, domain, axis, gradient, **options):
        length = domain.shape[axis] - 1
        densities = 1.0 + gradient / CS2 * (0.5 * length - np.clip(domain.cell_indices()[..., axis], 0, length))
        ends = (1.0 + 0.5 * sign * gradient * length / CS2 for sign in (1, -1))
        boundaries = [LinkPressure(Face(axis, end), density) for end, density in enumerate(ends)]
        simulation = Simulation(domain, boundaries=boundaries, **options)
        simulation.set_state(densities)
        return simulation


@dataclass(frozen=True)
class PeriodicSides(ImageSides):
    """Body force in an image that repeats along all axes, such as a unit cell or a generated packing."""

    periodic = True
    words = "body force; the image repeats along all axes"

    def simulation(self, domain, axis, gradient, **options):
        force = np.where(np.arange(3) == axis, gradient, 0.0)
        simulation = Simulation(domain, force=tuple(force), **options)
        # With half a step of the force the velocity is 0: without it the flow oscillates from step to step, undamped.
        simulation.set_state(1.0, -0.5 * force)
        return simulation
