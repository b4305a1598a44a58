"""From a case to flow inside a surface: what goes with it, and the conditions at its openings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import CaseError
from ..flows import Inlet, Outlet
from .openings import tunnel_sides
from .parts import CaseOpening
from .source import Source

if TYPE_CHECKING:
    from .case import Case


def surface_of(case: Case) -> str | None:
    """Path of the prim whose inside is the fluid; None: there is none, and the flow is past a body.

    Raises CaseError for what does not go with it: several of them, a design, sides of a box; openings without it, or one kind
    of them alone.
    """
    roles, place = {path: each.role for path, each in case.obstacle.items()}, case.source.place
    surfaces = [path for path, role in roles.items() if role == "inside"]
    if not surfaces:
        for path in case.opening:
            raise CaseError(
                f"{place('opening', 'kind', path)} is {case.opening[path].kind}, and no prim has the role inside: give the "
                "surface around the fluid SparselbmObstacleAPI with sparselbm:obstacle:role = inside"
            )
        return None
    inside = place("obstacle", "role", surfaces[0])
    for path, role in roles.items():
        if path != surfaces[0] and role != "ignored":
            raise CaseError(
                f"{inside} is inside, and {place('obstacle', 'role', path)} is {role}: one surface holds the fluid and nothing "
                "else stands in it; join the surfaces in the scene, or make the other ignored"
            )
    if case.boundary != tunnel_sides():
        side = next(iter(case.boundary))
        raise CaseError(
            f"{inside} is inside, and {place('boundary', 'kind', side)} speaks of a box that there is not: apply "
            "SparselbmOpeningAPI to the prims of its caps"
        )
    box = ("upstream", "downstream", "side", "lower", "upper")
    for name in box:
        if getattr(case.domain, name) != getattr(type(case.domain)(), name):
            raise CaseError(f"{inside} is inside, and {place('domain', name)} speaks of a box that there is not: take it out")
    for kind in ("inlet", "outlet"):
        if all(each.kind != kind for each in case.opening.values()):
            raise CaseError(f"{inside} is inside, and no opening is an {kind}: apply SparselbmOpeningAPI to a cap, kind {kind}")
    return surfaces[0]


def conditions_of(openings: Mapping[str, CaseOpening], source: Source) -> dict[str, Inlet | Outlet]:
    """What holds at each cap, by its path. Raises CaseError for an inlet without velocity and flow rate."""
    return {path: _condition(path, each, source) for path, each in openings.items()}


def _condition(path: str, opening: CaseOpening, source: Source) -> Inlet | Outlet:
    if opening.kind == "outlet":
        return Outlet(pressure=opening.pressure)
    if opening.velocity is None and opening.flow_rate is None:
        raise CaseError(f"{source.place('opening', 'velocity', path)} is missing, and so is flowRate: an inlet has one of them")
    return Inlet(velocity=opening.velocity, flow_rate=opening.flow_rate, developed=opening.profile == "laminar")
