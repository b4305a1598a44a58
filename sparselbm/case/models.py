"""Models of a case: from their names and settings to the values of a flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Protocol

from ..errors import CaseError, UnitsError
from ..flows import BodyRelease, FlowScalar, Forces, SolidConduction
from ..flows.vessel.internal_flow import WALL
from ..lattice import Lattice
from ..lattice import velocity_set as lattice
from ..models.collision import BGK
from ..models.in_si import InSI, fields_of, quantity_of
from ..models.scalar import FixedFlux, FixedValue, Outflow
from .entry import CasePart, spelt
from .parts import (
    SIDES,
    CaseBoundary,
    CaseCondition,
    CaseFluid,
    CaseForce,
    CaseObstacle,
    CaseOpening,
    CaseScalar,
    CaseSolver,
)
from .source import Source
from .user_file import load_class, names_a_class


class ModelSettings(Protocol):
    """The settings of a case that concern models."""

    @property
    def solver(self) -> CaseSolver: ...

    @property
    def fluid(self) -> CaseFluid: ...

    @property
    def force(self) -> CaseForce: ...

    @property
    def scalar(self) -> Mapping[str, CaseScalar]: ...

    @property
    def condition(self) -> Mapping[str, CaseCondition]: ...

    @property
    def opening(self) -> Mapping[str, CaseOpening]: ...

    @property
    def boundary(self) -> Mapping[str, CaseBoundary]: ...

    @property
    def obstacle(self) -> Mapping[str, CaseObstacle]: ...

    @property
    def surface(self) -> str | None: ...

    @property
    def source(self) -> Source: ...


def model_of(part: CasePart, attribute: str, source: Source) -> InSI | None:
    """The model that a setting names, of the package or of a user's file; None: not set. Raises CaseError."""
    text, known = getattr(part, attribute), part.entries()[spelt(attribute)]
    if text is None:
        return None
    assert known.models is not None
    place = source.place(part.space, spelt(attribute))
    if names_a_class(text):
        own, given = load_class(text, known.models.kind, place, source, known.models.given), known.models.given
        if not any(map(quantity_of, fields_of(own.model).values())):
            own(*[BGK()] * given)  # Refused now, rather than in lattice units.
        return own.in_si(given)
    return known.models.model(text, place)


def lattice_of(solver: CaseSolver) -> Lattice | None:
    """The velocity set; None: see `FlowOptions`."""
    return None if solver.lattice is None else getattr(lattice, solver.lattice)


def flow_models(case: ModelSettings) -> dict[str, Any]:
    """Options of a flow: velocity set, collision, subgrid-scale model, rheology, wall function, forces and scalars.

    Raises CaseError for models that cannot be made, and for conditions of scalars that do not exist.
    """
    source = case.source
    return {
        "lattice": lattice_of(case.solver), "collision": model_of(case.solver, "collision", source),
        "turbulence": model_of(case.solver, "turbulence", source), "rheology": model_of(case.fluid, "rheology", source),
        "wall_function": case.solver.wall_function, "forces": forces_of(case.force, source), "scalars": _scalars(case),
    }


def require_lattice(solver: CaseSolver, source: Source) -> None:
    """Raises CaseError for a collision model that does not support the velocity set that is set."""
    found, wanted = model_of(solver, "collision", source), lattice_of(solver)
    if found is None or wanted is None:
        return
    plain = {name: value for name, value in found.arguments if not isinstance(value, InSI)}
    try:
        found.model(**plain).collide(wanted, [0.0] * wanted.size, 0.1, [0.0] * wanted.dimension)
    except (ValueError, TypeError) as error:
        raise CaseError(
            f"{source.place('solver', 'collision')} is {solver.collision}, and {source.place('solver', 'lattice')} is "
            f"{solver.lattice}: {error}; or leave the lattice unset"
        ) from None


def forces_of(part: CaseForce, source: Source) -> Forces:
    """The forces. Raises CaseError for values that do not fit together."""
    try:
        return Forces(**{each.name: getattr(part, each.name) for each in fields(part)})
    except UnitsError as error:
        name, message = str(error).split()[0], str(error)
        setting = name if any(name == each.name for each in fields(part)) else "rpm"
        raise CaseError(f"{source.place('force', spelt(setting))}: {message}") from None


def _scalars(case: ModelSettings) -> tuple[FlowScalar, ...]:
    surfaces: dict[str, dict[str, InSI | BodyRelease | SolidConduction]] = {name: {} for name in case.scalar}
    for key, each in case.condition.items():
        owner, _, scalar = key.rpartition(":")
        place = case.source.place("condition", "kind", key)
        if scalar not in surfaces or not owner:
            there = ", ".join(surfaces) or "none: apply SparselbmScalarAPI under its name"
            raise CaseError(
                f"{place}: there is no scalar {scalar}; the name after the colon is that of a scalar; there are {there}"
            )
        where = WALL if owner == case.surface else _owner(owner)
        if owner in case.opening or owner in case.boundary:
            _require_at_opening(case, owner, key)
        if each.kind in ("flux", "conduction"):
            _require_body(case, owner, key)
        surfaces[scalar][where] = _condition(each, case.scalar[scalar], scalar, case.source, key)
    return tuple(_scalar(name, each, surfaces[name], case.source) for name, each in case.scalar.items())


def _require_at_opening(case: ModelSettings, owner: str, key: str) -> None:
    """Raises CaseError for a condition that an inlet or outlet, on a prim or a whole side, cannot have."""
    here, kind = case.opening.get(owner) or case.boundary[owner], case.condition[key].kind
    place = f"{case.source.place('condition', 'kind', key)} is {kind}"
    if here.kind == "outlet" and kind in ("value", "flux"):
        raise CaseError(
            f"{place}, but {owner} is an outlet, where the flow takes the scalar along: remove it, or give the value to an inlet"
        )
    if owner in case.opening and kind != "value":
        raise CaseError(f"{place}, but {owner} is an opening: use kind value at an inlet, and no condition at an outlet")


def _require_body(case: ModelSettings, owner: str, key: str) -> None:
    """Raises CaseError where something conducts or has a flux that cannot: the wall of a fluid volume or a body that has its wall
    on links; and where a side or a body that moves conducts."""
    kind = case.condition[key].kind
    place = f"{case.source.place('condition', 'kind', key)} is {kind}"
    if owner in SIDES and kind == "flux":
        for name in ("release", "power"):
            if getattr(case.condition[key], name) is not None:
                raise CaseError(
                    f"{case.source.place('condition', name, key)} is set, but {owner} is a side, which has no area of its own: "
                    "give flux or heatFlux"
                )
        return
    if owner in SIDES or owner == case.surface:
        raise CaseError(f"{place}, but {owner} is no solid body in the flow: use kind value, or flux on a side of the box")
    if case.solver.wall == "interpolated":
        raise CaseError(
            f"{place}, but {case.source.place('solver', 'wall')} is interpolated, which has no cells inside bodies: use "
            "partiallySaturated, or kind value"
        )
    if kind == "flux":
        return
    moving = [path for path, each in case.obstacle.items() if each.motion != "none" or each.rpm is not None]
    if any(owner == path or owner.startswith(path.rstrip("/") + "/") for path in moving):
        raise CaseError(f"{place}, but {owner} moves, and only bodies at rest conduct: use kind value, or keep the body at rest")


def _conduction(part: CaseCondition, scalar: CaseScalar, name: str, source: Source, key: str) -> SolidConduction:
    if part.conductivity is None and part.conductivity_ratio is None:
        raise CaseError(
            f"{source.place('condition', 'conductivity', key)} is missing, and so is conductivityRatio: give one of them"
        )
    for attribute in ("conductivity", "heat_capacity"):
        if getattr(part, attribute) is not None and scalar.heat_capacity is None:
            raise CaseError(
                f"{source.place('condition', spelt(attribute), key)} in SI units requires "
                f"{source.place('scalar', 'heatCapacity', name)}: set it, or give {spelt(attribute + '_ratio')}"
            )
    return SolidConduction(**{each.name: getattr(part, each.name) for each in fields(SolidConduction)})


def _owner(name: str) -> str:
    """Name of a body or of a side in the flow: xMin is x_min there."""
    return f"{name[0]}_{name[1:].lower()}" if name in SIDES else name


def _scalar(
    name: str, part: CaseScalar, surfaces: Mapping[str, InSI | BodyRelease | SolidConduction], source: Source
) -> FlowScalar:
    if part.diffusivity is None and part.prandtl is None:
        raise CaseError(f"{source.place('scalar', 'diffusivity', name)} is missing, and so is prandtl: give one of them")
    return FlowScalar(name=name, surfaces=surfaces, **{each.name: getattr(part, each.name) for each in fields(part)})


def _condition(
    part: CaseCondition, scalar: CaseScalar, name: str, source: Source, key: str
) -> InSI | BodyRelease | SolidConduction:
    if part.kind == "conduction":
        return _conduction(part, scalar, name, source, key)
    if part.kind == "value":
        return InSI(FixedValue, value=part.value)
    if part.kind == "outflow":
        return InSI(Outflow)
    return _flux(part, scalar, name, source, key)


def _flux(part: CaseCondition, scalar: CaseScalar, name: str, source: Source, key: str) -> InSI | BodyRelease:
    """Flux per area of a side or a body, or the total release of a body."""
    heat = {"flux": ("heat_flux", part.heat_flux, "W/m2"), "release": ("power", part.power, "W")}
    given = {"flux": part.flux, "release": part.release}
    for plain, (attribute, value, unit) in heat.items():
        if value is None:
            continue
        if scalar.heat_capacity is None:
            raise CaseError(
                f"{source.place('condition', spelt(attribute), key)} is {value:g} {unit}, which requires "
                f"{source.place('scalar', 'heatCapacity', name)}: set it, or give {plain}"
            )
        given[plain] = value / scalar.heat_capacity
    if given["release"] is not None:
        return BodyRelease(rate=given["release"])
    if given["flux"] is None:
        raise CaseError(
            f"{source.place('condition', 'flux', key)} is missing, and so is heatFlux: give one of them, or the release or "
            "power of a body"
        )
    return InSI(FixedFlux, flux=given["flux"])
