"""Fluid volume of a case: consistency checks, and the conditions at its openings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..errors import CaseError
from ..flows import Inlet, Outlet
from .parts import CaseOpening
from .source import Source


class SurfaceSettings(Protocol):
    """The settings of a case that concern a fluid volume."""

    @property
    def obstacle(self) -> Mapping[str, Any]: ...

    @property
    def opening(self) -> Mapping[str, CaseOpening]: ...

    @property
    def boundary(self) -> Mapping[str, Any]: ...

    @property
    def domain(self) -> Any: ...

    @property
    def source(self) -> Source: ...


def surface_of(case: SurfaceSettings) -> str | None:
    """Path of the prim that encloses the fluid, several separated by commas for one in parts; None for flow past a body.

    Raises CaseError for settings that contradict a fluid volume: other roles, sides of a box, no inlet or no
    outlet. Openings without a fluid volume are refused too.
    """
    roles, place = {path: each.role for path, each in case.obstacle.items()}, case.source.place
    surfaces = [path for path, role in roles.items() if role == "fluidVolume"]
    if not surfaces:
        for path in case.opening:
            raise CaseError(
                f"{place('opening', 'kind', path)} is {case.opening[path].kind}, but no prim has the role fluidVolume: apply "
                "SparselbmObstacleAPI with sparselbm:obstacle:role = fluidVolume to the surface that encloses the fluid"
            )
        return None
    inside = place("obstacle", "role", surfaces[0])
    for path, role in roles.items():
        if role not in ("fluidVolume", "ignored"):
            raise CaseError(
                f"{inside} is fluidVolume, and {place('obstacle', 'role', path)} is {role}: a fluid volume has "
                "no obstacles in it; join the surfaces in the scene, or set the other role to ignored"
            )
    if case.boundary:
        side = next(iter(case.boundary))
        raise CaseError(
            f"{inside} is fluidVolume, which has no box, but {place('boundary', 'kind', side)} is set: remove it, and apply "
            "SparselbmOpeningAPI to the prims of its caps"
        )
    box = ("upstream", "downstream", "side", "lower", "upper")
    for name in box:
        if getattr(case.domain, name) != getattr(type(case.domain)(), name):
            raise CaseError(f"{inside} is fluidVolume, which has no box, but {place('domain', name)} is set: remove it")
    for kind in ("inlet", "outlet"):
        if all(each.kind != kind for each in case.opening.values()):
            raise CaseError(
                f"{inside} is fluidVolume, but no opening is an {kind}: apply SparselbmOpeningAPI with kind {kind} to a cap"
            )
    return ",".join(surfaces)


def conditions_of(openings: Mapping[str, CaseOpening], source: Source) -> dict[str, Inlet | Outlet]:
    """Condition at each cap, by its path. Raises CaseError for an inlet without velocity and flow rate."""
    return {path: _condition(path, each, source) for path, each in openings.items()}


def _condition(path: str, opening: CaseOpening, source: Source) -> Inlet | Outlet:
    if opening.kind == "outlet":
        return Outlet(pressure=opening.pressure)
    if opening.velocity is None and opening.flow_rate is None:
        raise CaseError(f"{source.place('opening', 'velocity', path)} is missing, and so is flowRate: give one of them")
    return Inlet(velocity=opening.velocity, flow_rate=opening.flow_rate, developed=opening.profile == "laminar")
