"""Creeping flow through the pores of a voxel image: from SI units to a checked set-up."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import warp as wp

from ...errors import PorousMediumError, require_positive
from ...estimate.memory import MemoryPerCell
from ...geometry import TriangleMesh
from ...geometry.pores import PoreSpace
from ...grid import Domain
from ...lattice import D3Q19, Lattice
from ...models.collision import TRT, Collision
from ...models.wall import BounceBack
from ...observe import Coefficient, Functional, Integral
from ...units import Units
from ..flow import Flow
from ..setup import FlowSetup
from .image_sides import ImageSides, SealedSides
from .permeability import ErrorEstimate, Permeability

NARROW = 4
"""Width of a throat [voxels] below which a warning is printed."""
CREEPING = 0.1
"""Reynolds number of the pores up to which a flow counts as creeping."""
_LEAST_LENGTH = 4
"""Smallest number of voxels along the flow between faces with a pressure."""
_PRESSURE = 12.0
"""Time in which the pressure decays, in L^2 nu / w^2; measured in overlapping spheres with a porosity of 0.2."""
_SHAPE = 20.0
"""Mean velocity u = G w^2 / (c nu) in a pore of width w; c is 12 between plates, 28 in a square duct, 32 in a tube."""


@dataclass(frozen=True, kw_only=True)
class PorousMedium:
    """Creeping flow through a voxel image, for its permeability; a cell is a voxel.

    Walls are halfway between pore and solid voxels (halfway bounce-back), and TRT makes the permeability independent of the
    viscosity. With the magic parameter 1/8 the flow rate between plates along the grid is exact on any number of voxels;
    with 3/16 the velocities at the centres are, whose sum exceeds the flow rate by 1 / (2 h^2) over h voxels. The permeability
    does not depend on `viscosity` and `density`, which scale the velocities and pressures of the results.
    """

    voxel_size: float
    """Edge of a voxel [m]."""
    axes: tuple[int, ...] = (0,)
    """Axes along which the permeability is computed, one run each."""
    sides: ImageSides = field(default_factory=SealedSides)
    """Condition at the faces of the image."""
    error_estimate: ErrorEstimate | None = None
    """Second run of each axis, from which the error of the permeability is estimated; None: no second run."""
    viscosity: float = 1e-6
    """Kinematic viscosity nu [m^2 / s]; default: water."""
    density: float = 1000.0
    """Density of the fluid [kg / m^3]."""
    reynolds: float = 0.01
    """Expected Reynolds number u w / nu with the mean velocity u in the pores and their typical width w, by which the pressure
    gradient is chosen."""
    lattice_viscosity: float | None = None
    """Kinematic viscosity on the lattice [cells^2 / step]; None: the one with which velocity and pressure become steady at about
    the same time, at least 0.02 and at most 1/6."""
    collision: Collision = field(default_factory=lambda: TRT(magic=1.0 / 8.0))
    """Collision model."""
    lattice: Lattice = D3Q19
    """Velocity set."""
    precision: type = wp.float32
    """Floating-point type of the populations: wp.float32 or wp.float64."""

    def check(self) -> None:
        """Raises PorousMediumError for numbers that are not finite and above 0, and for a Reynolds number above the limit."""
        units = {"voxel_size": "m", "viscosity": "m^2/s", "density": "kg/m^3", "reynolds": ""}
        for name, unit in units.items():
            require_positive(name, getattr(self, name), unit, PorousMediumError)
        if self.lattice_viscosity is not None:
            require_positive("lattice_viscosity", self.lattice_viscosity, "cells^2/step", PorousMediumError)
        if self.reynolds > CREEPING:
            raise PorousMediumError(
                f"the Reynolds number is {self.reynolds:g}, above the limit of {CREEPING:g}: permeability is that of creeping "
                "flow; use 0.01"
            )

    def in_image(
        self, pore: np.ndarray, *, origin: tuple[float, float, float] = (0.0, 0.0, 0.0), read_as: str = "",
        device: wp.DeviceLike = None,
    ) -> PorousMediumSetup:
        """Returns the checked set-up of the flow along the first of the axes that fluid can flow along.

        `pore`: mask of the pores, (nx, ny, nz) bool; `origin`: lower corner of the image [m]; `read_as`: how the mask was made,
        which is printed. Raises PorousMediumError if no path of pores leads along any of the axes, GeometryError, UnitsError.
        """
        self.check()
        pores = PoreSpace(pore, self.sides.periodic)
        axis = next((each for each in self.axes if pores.connected_porosity[each]), self.axes[0])
        return _checked(PorousMediumSetup(self, pores, axis, origin, read_as, device=device))


@dataclass(frozen=True, eq=False)
class PorousMediumSetup(FlowSetup):
    """Set-up of a flow through an image, made by `PorousMedium.in_image`."""

    options: PorousMedium
    pores: PoreSpace
    """Pores of the image, with isolated ones."""
    axis: int
    """Axis of the flow."""
    origin: tuple[float, float, float]
    """Lower corner of the image [m]."""
    read_as: str
    """How the pores were found."""
    obstacle: str = field(default="", kw_only=True)

    @cached_property
    def domain(self) -> Domain:
        """Cells in the pores through which fluid can flow along the axis."""
        return Domain.from_voxels(
            self.pores.connected(self.axis), voxel_size=self.options.voxel_size, origin=self.origin,
            periodic=(self.options.sides.periodic,) * 3, device=self.device,
        )

    @cached_property
    def typical_width(self) -> float:
        """Median width of the pores [voxels]: see `geometry.pores.widths`."""
        return self.pores.typical_width(self.axis)

    @cached_property
    def narrowest_width(self) -> int:
        """Width of the narrowest throat on the widest path [voxels]."""
        return self.pores.narrowest_width(self.axis)

    @property
    def lattice_viscosity(self) -> float:
        """Kinematic viscosity on the lattice [cells^2 / step]: see `flow_through_steps` for the two times that balance."""
        if self.options.lattice_viscosity is not None:
            return self.options.lattice_viscosity
        balanced = self.typical_width**2 / (math.pi * math.sqrt(_PRESSURE) * self.pores.pore.shape[self.axis])
        return min(max(balanced, 0.02), 1.0 / 6.0)

    @property
    def isolated_share(self) -> float:
        """Share of the pores that the flow along the axis does not reach."""
        return 1.0 - self.pores.connected_porosity[self.axis] / self.pores.porosity

    @property
    def gradient(self) -> float:
        """Pressure gradient, or body force per volume, at density 1 [lattice units]: the one of the expected Reynolds number."""
        return _SHAPE * self.lattice_viscosity * self.units.lattice_velocity / self.typical_width**2

    @property
    def units(self) -> Units:
        """Conversion between SI and lattice units; the velocity is that in the pores at the expected Reynolds number."""
        o = self.options
        width = self.typical_width
        return Units(
            voxel_size=o.voxel_size, velocity=o.reynolds * o.viscosity / (width * o.voxel_size), viscosity=o.viscosity,
            density=o.density, lattice_velocity=o.reynolds * self.lattice_viscosity / width,
        )

    @property
    def headline(self) -> str:
        """One-line summary of the run."""
        return (
            f"image along {'xyz'[self.axis]}: {self.domain.fluid_cells:,} connected pore voxels in {self.tiles:,} tiles, "
            f"{self.options.collision} on {self.options.lattice.name}"
        )

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the image [m], (2, 3)."""
        low = np.array(self.origin)
        return np.array([low, low + self.options.voxel_size * np.array(self.pores.pore.shape)])

    @property
    def least_cells(self) -> int:
        """Number of pore voxels."""
        return int(np.count_nonzero(self.pores.pore))

    @property
    def tiles(self) -> int:
        """Number of tiles."""
        return self.domain.tile_count

    @property
    def cells(self) -> int:
        """Number of cells of all tiles, which determines memory and time."""
        return self.tiles * self.domain.cells_per_tile

    @property
    def memory_per_cell(self) -> MemoryPerCell:
        """Memory per cell [bytes]."""
        return MemoryPerCell.of(self.options.lattice, self.options.collision, self.options.precision)

    @property
    def flow_through_steps(self) -> int:
        """Eight times the slowest decay: of the velocity between plates, w^2 / (pi^2 nu), of the pressure along the image, or of
        sound, a step per voxel.

        The pressure diffuses with k c_s^2 / (nu phi), over the length L in L^2 nu phi / (pi^2 k c_s^2), about 12 L^2 nu / w^2.
        """
        width, length = self.typical_width, self.pores.pore.shape[self.axis]
        pressure = _PRESSURE * length**2 * self.lattice_viscosity / width**2
        return math.ceil(8.0 * max(width**2 / (math.pi**2 * self.lattice_viscosity), pressure, length))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about narrow throats, and about collision models whose walls move with the viscosity."""
        found = []
        if self.narrowest_width < NARROW:
            found.append(
                f"the widest path along {'xyz'[self.axis]} has a throat of {self.narrowest_width} voxels, below {NARROW}: the "
                "permeability has an error of tens of per cent; use an image with smaller voxels, or divide the voxels"
            )
        if not isinstance(self.options.collision, TRT):
            found.append(
                f"the permeability depends on the viscosity with {self.options.collision}: use TRT, which has exact walls"
            )
        return tuple(found)

    @property
    def surface_doubts(self) -> tuple[str, ...]:
        """None: an image has no surface."""
        return ()

    @property
    def dimensions(self) -> dict[str, str]:
        """Size, porosity and widths of the pores, as rows of a table."""
        shape, size = self.pores.pore.shape, self.options.voxel_size
        through = zip("xyz", self.pores.connected_porosity)
        along = ", ".join(f"{axis} {share:.2%}" if share else f"{axis} none" for axis, share in through)
        wide = self.typical_width * size
        return {
            "image": f"{' x '.join(map(str, shape))} voxels of {size:.4g} m, {' x '.join(f'{n * size:.4g}' for n in shape)} m",
            **({"read as": self.read_as} if self.read_as else {}),
            "porosity": f"{self.pores.porosity:.2%}; connected along {along}",
            "isolated pores": f"{self.isolated_share:.2%} of the pores are not connected along {'xyz'[self.axis]} and left out",
            "pore width": f"typically {self.typical_width:g} voxels ({wide:.4g} m), {self.narrowest_width} at the narrowest "
            "throat of the widest path",
            "sides": self.options.sides.words,
        }

    @property
    def default_objective(self) -> Functional:
        """Permeability along the axis [voxel^2]."""
        return Coefficient(Integral(_ALONG[self.axis]), self._reference)

    @property
    def monitored(self) -> dict:
        """Nothing but the permeability."""
        return {}

    @property
    def recorded(self) -> dict[str, Functional]:
        """The permeability [voxel^2]."""
        return {"permeability": self.default_objective}

    @property
    def reference_pressure(self) -> float:
        """Pressure that corresponds to the lattice density 1: 0."""
        return 0.0

    def require_valid(self) -> None:
        """Raises PorousMediumError if the image is too short."""
        name, shape = "xyz"[self.axis], self.pores.pore.shape
        if not self.options.sides.periodic and shape[self.axis] < _LEAST_LENGTH:
            raise PorousMediumError(
                f"the image has {shape[self.axis]} voxels along {name}, below the limit of {_LEAST_LENGTH} between two faces "
                "with a pressure: use a longer image, or periodic sides"
            )
        self.units.check()

    def require_path(self) -> None:
        """Raises PorousMediumError if no path of pores leads along the axis."""
        name = "xyz"[self.axis]
        if not self.pores.connected_porosity[self.axis]:
            others = [other for other, share in zip("xyz", self.pores.connected_porosity) if share]
            raise PorousMediumError(
                f"the permeability along {name} is 0, because no path of pores connects the faces across it (porosity "
                f"{self.pores.porosity:.2%}, paths along {' and '.join(others) or 'no axis'}): check which voxels are pores, or "
                "choose another axis"
            )

    def require_movable(self) -> TriangleMesh:
        """Raises PorousMediumError: an image has no surface that moves."""
        raise PorousMediumError("the walls of an image lie between voxels and do not move, so there is no shape to optimise")

    def require_place(self, points: np.ndarray) -> None:
        """Raises PorousMediumError: see `require_movable`."""
        self.require_movable()

    def require_rebuild(self) -> None:
        """Raises PorousMediumError: the walls of an image are halfway between voxels."""
        raise PorousMediumError("the walls of an image are halfway between voxels: no other wall model can be used")

    def memory_error(self, shortage: str) -> PorousMediumError:
        """Error that advises a part of the image instead of larger voxels."""
        return PorousMediumError(f"in the image, {shortage}, or a part of the image")

    @property
    def runs(self) -> tuple[PorousMediumSetup, ...]:
        """Set-ups along each of the axes that fluid can flow along; along the others the permeability is 0."""
        through = self.pores.connected_porosity
        return tuple(replace(self, axis=axis) for axis in self.options.axes if through[axis])

    def with_lattice_viscosity(self, factor: float) -> PorousMediumSetup:
        """Returns the checked set-up with the viscosity on the lattice times a factor, which has another relaxation time."""
        options = replace(self.options, lattice_viscosity=factor * self.lattice_viscosity)
        options.check()
        return _checked(replace(self, options=options))

    def refined(self, factor: float) -> PorousMediumSetup:
        """Returns the checked set-up on voxels smaller by a whole factor, or on voxels twice as large for 1/2."""
        if factor == 0.5:
            pores = self.pores.coarsened()
        elif factor >= 1.0 and factor == int(factor):
            pores = self.pores.refined(int(factor))
        else:
            raise PorousMediumError(f"voxels cannot be divided by {factor:g}: pass a whole number, or 1/2")
        options = replace(self.options, voxel_size=self.voxel_size / factor)
        return _checked(replace(self, options=options, pores=pores))

    def in_double_precision(self) -> PorousMediumSetup:
        """Returns the same set-up in double precision."""
        return replace(self, options=replace(self.options, precision=wp.float64))

    def build(self, *, wall: BounceBack | None = None, points: np.ndarray | None = None) -> Flow:
        """Returns the flow at rest. Raises PorousMediumError for another wall, and for points: see `require_movable`."""
        if wall is not None:
            self.require_rebuild()
        if points is not None:
            self.require_movable()
        o = self.options
        return Flow(self, o.sides.simulation(
            self.domain, self.axis, self.gradient, viscosity=self.lattice_viscosity, lattice=o.lattice, collision=o.collision,
            precision=o.precision,
        ))

    def permeability(self, flow: Flow) -> Permeability:
        """Permeability of the current state of a flow of this set-up."""
        velocity = flow.simulation.velocity()[self.domain.fluid].astype(np.float64)
        x, y, z = (float(each) for each in velocity.sum(axis=0) / self._reference)
        speed = float(np.linalg.norm(velocity, axis=1).mean())
        reynolds = speed * self.typical_width / self.lattice_viscosity
        return Permeability(self.axis, self.voxel_size, (x, y, z), reynolds)

    @property
    def _reference(self) -> float:
        """Sum of the velocities in an image with a permeability of 1 voxel^2: N G / nu."""
        return self.pores.pore.size * self.gradient / self.lattice_viscosity


def _checked(setup: PorousMediumSetup) -> PorousMediumSetup:
    """The set-up, once it is known that it can be run; without a path there is no width, on which all else depends."""
    setup.require_path()
    setup.check()
    return setup


_ALONG = (lambda rho, u: u[0], lambda rho, u: u[1], lambda rho, u: u[2])
"""Velocity along each axis."""
