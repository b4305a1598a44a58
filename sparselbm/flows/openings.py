"""Inlets and outlets of an internal flow, and their state."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import InternalFlowError
from ..geometry.cap import Cap
from ..models.boundary import Profile
from ..observe import OpeningFlows
from ..observe.openings import nearest_cap
from ..units import CELLS_WARNING_BELOW, Units, coarse_error, finer_voxel_size, is_below

INLETS, OUTLETS = "inlets", "outlets"
"""Names of the two patches in the simulation of an internal flow."""


@dataclass(frozen=True, kw_only=True)
class Inlet:
    """Inlet cap with inflow along its normal, at a mean velocity or a flow rate."""

    velocity: float | None = None
    """Mean velocity over the cap [m / s]."""
    flow_rate: float | None = None
    """Flow rate [m^3 / s], instead of the velocity."""
    developed: bool = False
    """Whether the profile is the developed laminar flow of the cap's shape (see `Cap.developed`); False: uniform."""

    def __post_init__(self):
        given = [value for value in (self.velocity, self.flow_rate) if value is not None]
        if len(given) != 1 or not (math.isfinite(given[0]) and given[0] > 0.0):
            raise InternalFlowError(
                f"the inlet has the velocity {self.velocity} and the flow rate {self.flow_rate}: pass exactly one of "
                "them, above 0"
            )


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """Pressure outlet: fluid leaves or enters through a cap with a prescribed pressure."""

    pressure: float = 0.0
    """Pressure [Pa]; only differences between outlets drive the flow."""


@dataclass(frozen=True)
class PortState:
    """Flow rate and pressure at an opening."""

    flow_rate: float
    """Flow rate [m^3 / s] at the density of rest: positive into the fluid volume."""
    pressure: float
    """Mean pressure over the opening [Pa]."""


def port_states(openings: OpeningFlows, units: Units, reference_pressure: float) -> dict[str, PortState]:
    """Current flow rates and pressures by opening; `reference_pressure`: that of the lattice density 1 [Pa]."""
    flows, pressures = openings.take()
    return {
        name: PortState(
            units.velocity_to_si(flows[name]) * units.voxel_size**2, units.pressure_to_si(pressures[name]) + reference_pressure
        )
        for name in openings.cells
    }


def internal_dimensions(bounds: np.ndarray, caps: Mapping[str, Cap], reference: str) -> dict[str, str]:
    """Sizes as rows of a table: of the surface between two corners [m], of its openings, and the length of the Reynolds number.

    `reference`: name of the opening whose hydraulic diameter that length is.
    """
    return {
        "size": f"{' x '.join(f'{x:.4g}' for x in np.ptp(bounds, axis=0))} m",
        **{
            f"opening {name}": f"{cap.area:.4g} m^2, hydraulic diameter {cap.hydraulic_diameter:.4g} m"
            for name, cap in caps.items()
        },
        "reference length": f"{caps[reference].hydraulic_diameter:.4g} m, hydraulic diameter of {reference}",
    }


def coarse_openings(cells_across: float, voxel_size: float) -> tuple[str, ...]:
    """Doubt about a narrowest opening of too few cells; empty if there are enough."""
    if not is_below(cells_across, CELLS_WARNING_BELOW):
        return ()
    finer = finer_voxel_size(voxel_size, cells_across, CELLS_WARNING_BELOW)
    return (
        f"the narrowest opening is {cells_across:.5g} cells across, below {CELLS_WARNING_BELOW:g}: pressure drops, wall shear "
        f"and flow rates of outlets are wrong by up to about {coarse_error(cells_across):.0%}. Use a voxel_size of {finer:.3g} m",
    )


def require_links(caps: Mapping[str, Cap], areas: Mapping[str, np.ndarray], voxel_size: float) -> None:
    """Raises InternalFlowError for a cap whose links cover too little or too much of it; `areas`: of its cells [cells^2]."""
    for name, cap in caps.items():
        share = areas[name].sum() * voxel_size**2 / cap.area
        if not 0.7 < share < 1.3:
            raise InternalFlowError(
                f"the links through {name} cover {share:.0%} of its area, but 70 % to 130 % is required: let it "
                "end on the rim of the surface, or use smaller voxels"
            )


@dataclass(frozen=True, eq=False)
class CapVelocities(Profile):
    """Velocity at some caps, each along its normal, uniform or developed; in other units than the cells of the points."""

    caps: tuple[Cap, ...]
    developed: tuple[bool, ...]
    """Whether the flow of each cap is developed (see `Cap.developed`)."""
    means: tuple[float, ...]
    """Mean velocity at each cap, relative to the condition's parameters, which are equal."""
    origin: tuple[float, ...]
    """Lower corner of the domain [m]."""
    voxel_size: float
    """[m]."""

    def factors(self, centres, shape, step):
        points = np.asarray(self.origin) + self.voxel_size * centres
        owner, result = nearest_cap(points, list(self.caps)), np.zeros((len(points), 3))
        for k, (cap, developed, mean) in enumerate(zip(self.caps, self.developed, self.means, strict=True)):
            here = owner == k
            result[here] = mean * speeds(cap, points[here], self.voxel_size, developed=developed)[:, None] * cap.normal
        return result


def ones(centres: np.ndarray) -> np.ndarray:
    """Placeholder profile for values that are known once the links are."""
    return np.ones(len(centres))


def speeds(cap: Cap, points: np.ndarray, voxel_size: float, *, developed: bool) -> np.ndarray:
    """Velocity along the normal of a cap at points (k, 3) [m], relative to its mean over the cap, (k,).

    A uniform one falls to 0 within about half a cell of the wall, in proportion to the developed flow there: with a jump at the
    rim, the wall took up 1.3 % to 1.8 % of the flow at 12 cells across. At a curved cap it is uniform throughout.
    """
    if developed:
        return cap.developed(points)
    if not cap.is_flat:
        return np.ones(len(points))
    return np.minimum(cap.developed(points) * cap.hydraulic_diameter / (4.0 * voxel_size), 1.0)
