"""Collision model and velocity set of a flow: as specified, or chosen by the cell Reynolds number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...errors import UnitsError
from ...geometry import SolidFraction
from ...lattice import D3Q19, D3Q27, Lattice
from ...models.collision import TRT, CentralMoment, Collision, Cumulant, RecursiveRegularised
from ...models.collision.cell_reynolds import CellReynoldsLimits
from ...models.wall import BounceBack
from ...units import is_below, rounded_down

_DEFAULTS: tuple[tuple[Collision, Lattice], ...] = (
    (TRT(), D3Q19), (CentralMoment(), D3Q19), (Cumulant(), D3Q27), (RecursiveRegularised(), D3Q27),
)
"""In the order in which they are tried: TRT keeps walls in place at every viscosity, and D3Q27 takes 1.4 times the memory."""


@dataclass(frozen=True)
class Inflow:
    """Surroundings of the inlets, which determine how large a cell Reynolds number is stable."""

    words: str
    """Description for messages, such as "at an inlet between free-slip sides"."""
    limit: Callable[[CellReynoldsLimits], float]
    """Selects the limit that applies."""
    remedy: str = ""
    """Surroundings in which a larger one is stable, for messages."""
    isotropic: float = math.inf
    """Largest cell Reynolds number at which D3Q19 is accurate. Its sixth moments are not isotropic, so that the inertia of a
    flow along walls drives cross flow: a tilted pipe at Re 60 gains 1.3 % of its flow on 12 cells, with D3Q27 it loses 0.1 %."""

    @property
    def turned(self) -> Inflow:
        """The same for a stream that enters through two or three sides."""
        return replace(
            self, words=f"{self.words}, of an oblique stream", limit=lambda limits: min(self.limit(limits), limits.oblique)
        )

    def past(self, wall: SolidFraction | BounceBack) -> Inflow:
        """The same around a body: where its wall is interpolated on links, their limit applies too."""
        if isinstance(wall, SolidFraction) or not wall.resolves_position:
            return self
        return Inflow(
            f"{self.words}, around a body whose wall is on links", lambda limits: min(self.limit(limits), limits.links),
            "the partially saturated wall",
        )


SLIP = Inflow("at an inlet between free-slip sides", lambda limits: limits.slip)
WALLS = Inflow("at an inlet that meets no-slip sides", lambda limits: limits.walls)
RIM = Inflow(
    "at an inlet whose velocity jumps at the wall", lambda limits: limits.rim, "a developed (laminar) profile at every inlet",
    isotropic=3.0,
)
DEVELOPED = Inflow("at an inlet with a developed profile", lambda limits: limits.developed, isotropic=3.0)


@dataclass(frozen=True)
class Method:
    """Collision model and velocity set of a flow."""

    collision: Collision
    lattice: Lattice
    reason: str
    """Reason for the choice, in a few words."""
    beside: tuple[str, ...] = ()
    """Models beside the collision, such as Smagorinsky(constant=0.1)."""

    @classmethod
    def of(
        cls, collision: Collision | None, lattice: Lattice | None, cell_reynolds: float, inflow: Inflow, *,
        reason: str = "as specified",
    ) -> Method:
        """Returns the first of the admitted methods that is stable at the cell Reynolds number u / nu [1 / cell].

        Collision model or velocity set are fixed where they are given; `reason`: where both are. If no method is stable, it
        is the one with the largest limit, which `instability` reports. Above the limit at which D3Q19 is accurate, D3Q27 leads.
        """
        if collision is not None and lattice is not None:
            return cls(collision, lattice, reason)
        admitted = list(_admitted(collision, lattice)) or [cls(collision or TRT(), lattice or D3Q19, "")]
        first, isotropic = admitted[0], not is_below(inflow.isotropic, cell_reynolds)
        if not isotropic:
            admitted.sort(key=lambda each: each.lattice is D3Q19)
        stable = [each for each in admitted if not is_below(each.limit(inflow), cell_reynolds)]
        chosen = stable[0] if stable else max(admitted, key=lambda each: each.limit(inflow))
        side = "within" if chosen is first else "above"
        limit = f"of {first.limit(inflow):g} of {first.name}"
        if chosen.lattice is D3Q27 and not isotropic:
            limit = f"of {inflow.isotropic:g} up to which D3Q19 is accurate inside walls"
        return cls(chosen.collision, chosen.lattice, f"u / nu is {cell_reynolds:.3g} per cell, {side} the limit {limit}")

    @property
    def name(self) -> str:
        """Collision model and velocity set, such as "TRT on D3Q19", with the models beside it."""
        return f"{type(self.collision).__name__} on {self.lattice}" + (f" with {', '.join(self.beside)}" if self.beside else "")

    def require_supported(self) -> None:
        """Raises UnitsError if the collision model cannot be used with the velocity set."""
        if found := _refusal(self.collision, self.lattice):
            raise UnitsError(found)

    def __str__(self) -> str:
        return f"{self.name} ({self.reason})"

    @property
    def record(self) -> dict[str, Any]:
        """Names and reason, for summaries."""
        beside = {"models": list(self.beside)} if self.beside else {}
        return {
            "collision": type(self.collision).__name__, "lattice": str(self.lattice), "method_reason": self.reason, **beside
        }

    def limit(self, inflow: Inflow) -> float:
        """Largest stable cell Reynolds number [1 / cell]; infinite if it was not measured."""
        limits = self.collision.cell_reynolds_limits.get(self.lattice)
        return math.inf if limits is None else inflow.limit(limits)

    def instability(self, cell_reynolds: float, inflow: Inflow, voxel_size: float) -> str | None:
        """Message about a cell Reynolds number above the limit, with value, limit and remedy; None if it is within it."""
        limit = self.limit(inflow)
        if not is_below(limit, cell_reynolds):
            return None
        finer = _with_three_digits(voxel_size * limit / cell_reynolds)
        others = [each for each in _DEFAULT_METHODS if not is_below(each.limit(inflow), cell_reynolds)]
        names = ", ".join(each.name for each in others)
        return (
            f"u / nu is {cell_reynolds:.4g} per cell, above the limit of {limit:g} up to which {self.name} is stable "
            f"{inflow.words}, at any lattice velocity: use a voxel_size of at most {finer:g} m (now {voxel_size:.4g} m), "
            + (f"a more stable collision ({names}), " if others else "") + (f"{inflow.remedy}, " if inflow.remedy else "")
            + "or a lower Reynolds number"
        )


_DEFAULT_METHODS = tuple(Method(collision, lattice, "") for collision, lattice in _DEFAULTS)


def _admitted(given: Collision | None, velocities: Lattice | None) -> Iterator[Method]:
    """The methods that a given collision model or velocity set leaves open, in the order in which they are tried."""
    if given is not None:
        pairs = [(given, lattice) for lattice in (D3Q19, D3Q27)]
    elif velocities is not None:
        pairs = [(collision, velocities) for collision in dict.fromkeys(collision for collision, _ in _DEFAULTS)]
    else:
        pairs = list(_DEFAULTS)
    for collision, lattice in pairs:
        if _refusal(collision, lattice) is None:
            yield Method(collision, lattice, "")


def _refusal(collision: Collision, lattice: Lattice) -> str | None:
    """Reason for which the collision model cannot be used with the velocity set; None if it can."""
    try:
        collision.collide(lattice, [0.0] * lattice.size, 0.1, [0.0] * lattice.dimension)
    except ValueError as error:
        return str(error)
    return None


def _with_three_digits(value: float) -> float:
    """The value rounded down to three significant digits, so that advice that is followed satisfies the limit."""
    return rounded_down(value, 2 - math.floor(math.log10(value)))
