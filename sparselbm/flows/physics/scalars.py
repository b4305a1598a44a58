"""Scalars carried by a flow in SI units: temperature, a dye, a drug."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import UnitsError, require_positive
from ...models.boundary import BoundaryCondition
from ...models.force import Boussinesq
from ...models.in_si import InSI
from ...models.scalar import (
    BodyFlux,
    BodyValue,
    FixedFlux,
    FixedInflow,
    FixedValue,
    LinkOutflow,
    Outflow,
    Scalar,
    ScalarBody,
    ScalarCondition,
)
from ...solver import Simulation
from ...units import Unit, Units
from .body_release import BodyRelease
from .solid_conduction import SolidConduction

LEAST_DIFFUSIVITY, LARGEST_DIFFUSIVITY = 0.001, 0.5
"""Limits of the diffusivity of a scalar [cells^2 / step]."""


@dataclass(frozen=True, kw_only=True)
class FlowScalar:
    """Scalar phi with d phi / d t + div(u phi) = div(D grad phi), in any unit of its own, such as K.

    Exactly one of `diffusivity` and `prandtl` is given. At inlets phi has the value `inflow` or one of their own, outlets let it
    leave, and all other surfaces are insulated unless `surfaces` names them. Raises UnitsError for values out of range.
    """

    name: str
    """Name, such as "temperature"."""
    diffusivity: float | None = None
    """Diffusivity D [m^2/s]."""
    prandtl: float | None = None
    """Prandtl or Schmidt number nu / D."""
    initial: float = 0.0
    """Initial value of phi."""
    inflow: float | None = None
    """Value of phi at the inlets that `surfaces` does not name; None: the initial value."""
    expansion: float = 0.0
    """Volumetric expansion coefficient beta [1/phi] of the buoyancy -beta (phi - reference) g; 0: no buoyancy."""
    reference: float | None = None
    """Value of phi without buoyancy; None: that of the inflow."""
    heat_capacity: float | None = None
    """Heat capacity per volume rho c_p [J/(m^3 K)] of the fluid, for releases in W; None: they are in phi m^3/s only."""
    surfaces: Mapping[str, InSI[ScalarCondition] | BodyRelease | SolidConduction] = field(default_factory=dict)
    """Conditions by the name of a body (its prim), of an inlet or of a side of the box (x_min, ...):
    `InSI(FixedValue, value=...)`, `InSI(FixedFlux, flux=...)` [phi m/s] or `InSI(Outflow)`. A body can have a fixed value, a
    flux, a total release, `BodyRelease(rate=...)`, or conduct, `SolidConduction(...)`. An inlet of a fluid volume can have a
    fixed value."""

    def __post_init__(self):
        if not self.name.isidentifier() or self.name in ("velocity", "pressure"):
            raise UnitsError(f"a scalar is named {self.name!r}: use letters, digits and _, and not velocity or pressure")
        if (self.diffusivity is None) == (self.prandtl is None):
            raise UnitsError(f"the scalar {self.name} needs either a diffusivity [m^2/s] or a Prandtl number: give one of them")
        for name, unit in (("diffusivity", "m^2/s"), ("prandtl", ""), ("heat_capacity", "J/(m^3 K)")):
            if getattr(self, name) is not None:
                require_positive(f"{name} of the scalar {self.name}", getattr(self, name), unit, UnitsError)
        for name in ("initial", "inflow", "expansion", "reference"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise UnitsError(f"{name} of the scalar {self.name} is {value}: it must be finite")

    @property
    def inflow_value(self) -> float:
        """Value of phi at the inlets that have none of their own."""
        return self.initial if self.inflow is None else self.inflow

    def value_at(self, inlet: str) -> float:
        """Value of phi at an inlet."""
        wanted = self.surfaces.get(inlet)
        return dict(wanted.arguments).get("value", self.inflow_value) if isinstance(wanted, InSI) else self.inflow_value

    def diffusivity_in(self, units: Units) -> float:
        """Diffusivity D [m^2/s] in a fluid."""
        return units.viscosity / self.prandtl if self.diffusivity is None else self.diffusivity  # type: ignore[operator]

    def model(
        self, units: Units, conditions: Sequence[BoundaryCondition], bodies: Sequence[str], patches: Mapping[str, str]
    ) -> Scalar:
        """The scalar in lattice units; `conditions`: of the flow at its openings and sides; `bodies`: names of the obstacles;
        `patches`: name of the condition of each opening that shares one with others.

        Raises UnitsError for a surface that the flow does not have, and for a condition that a body or an opening cannot have.
        """
        faces, wanted = {each.face.name: each for each in conditions}, {}
        for name, each in self.surfaces.items():
            here = faces.get(patches.get(name, name))
            if here is None and name not in bodies:
                there = ", ".join((*bodies, *patches, *(face for face in faces if face not in patches.values()))) or "none"
                raise UnitsError(f"the scalar {self.name} has a condition on {name}, which the flow lacks; it has {there}")
            if here is not None:
                wanted[here.face.name] = self._allowed(name, each, here)
        found = [self._at(each, wanted.get(each.face.name), units) for each in conditions]
        return InSI(
            Scalar, diffusivity=self.diffusivity_in(units), conditions=tuple(each for each in found if each is not None),
            bodies=tuple(self._on(body, units) for body in bodies if body in self.surfaces), offset=self.inflow_value,
        ).in_lattice_units(units, self.name)

    def begin(self, simulation: Simulation, units: Units) -> None:
        """Sets the initial value in a simulation, and the fluxes of the bodies that release a total amount."""
        simulation.set_scalar(self.name, self.initial - self.inflow_value)
        for body, each in self.surfaces.items():
            if isinstance(each, BodyRelease):
                each.begin(simulation, units, self.name, body)

    def doubts(self, units: Units) -> tuple[str, ...]:
        """Doubt about a diffusivity beyond those for which the walls of the scalar are calibrated."""
        found = self.diffusivity_in(units) / Unit(m=2, s=-1).factor(units, 3)
        if LEAST_DIFFUSIVITY <= found <= LARGEST_DIFFUSIVITY:
            return ()
        remedy = "a smaller voxel_size" if found < LEAST_DIFFUSIVITY else "a smaller lattice_velocity"
        return (
            f"the diffusivity of the scalar {self.name} is {found:.3g} cells^2/step, outside the limits of "
            f"{LEAST_DIFFUSIVITY:g} to {LARGEST_DIFFUSIVITY:g} between which its walls are accurate: use {remedy}",
        )

    def in_cells(self, bodies: Sequence[str]) -> tuple[str, ...]:
        """Names of the bodies that conduct or release the scalar, which takes place in cells inside of them."""
        return tuple(
            name for name, each in self.surfaces.items()
            if not isinstance(each, InSI) or (name in bodies and each.model is FixedFlux)
        )

    def buoyancy(self, gravity: tuple[float, ...] | None) -> tuple[InSI, ...]:
        """The force of the scalar on the flow; none without an expansion coefficient. Raises UnitsError without gravity."""
        if not self.expansion:
            return ()
        if gravity is None or not any(gravity):
            raise UnitsError(
                f"expansion of the scalar {self.name} is {self.expansion:g}, but there is no gravity: give the gravity of the "
                "forces, such as (0, 0, -9.81) m/s^2"
            )
        reference = 0.0 if self.reference is None else self.reference - self.inflow_value
        return (InSI(Boussinesq, scalar=self.name, expansion=self.expansion, gravity=tuple(gravity), reference=reference),)

    def _allowed(
        self, name: str, wanted: InSI[ScalarCondition] | BodyRelease | SolidConduction, condition: BoundaryCondition
    ) -> InSI[ScalarCondition]:
        """The condition on a side or an opening. Raises UnitsError for one that it cannot have."""
        if not isinstance(wanted, InSI):
            raise UnitsError(
                f"the scalar {self.name} has {wanted} on {name}, which is no body: only bodies conduct, or release a total amount"
            )
        if condition.prescribes_pressure and wanted.model in (FixedValue, FixedFlux):
            raise UnitsError(
                f"the scalar {self.name} has {wanted} on {name}, which is an outlet, where the flow takes the scalar along: "
                "remove it, or name an inlet"
            )
        if not condition.face.plane and wanted.model is not FixedValue:
            raise UnitsError(
                f"the scalar {self.name} has {wanted} on {name}, which is an opening of a fluid volume: an inlet can have a "
                "FixedValue, and an outlet lets the scalar leave by itself"
            )
        return wanted

    def _at(
        self, condition: BoundaryCondition, wanted: InSI[ScalarCondition] | None, units: Units
    ) -> ScalarCondition | None:
        """Condition of the scalar where the flow has a condition; None: insulated."""
        face = condition.face
        if wanted is not None:
            placed = self._relative(wanted).in_lattice_units(units, face)
            if isinstance(placed, FixedValue) and condition.prescribes_velocity and condition.on_links:
                return FixedInflow(face, placed.value)
            return placed
        if condition.prescribes_velocity:
            return FixedValue(face, 0.0)
        if condition.prescribes_pressure:
            return Outflow(face) if face.plane else LinkOutflow(face)  # type: ignore[arg-type]
        return None

    def _on(self, body: str, units: Units) -> ScalarBody:
        """State of the scalar on a body."""
        wanted = self.surfaces[body]
        if isinstance(wanted, SolidConduction):
            return wanted.on(body, self.diffusivity_in(units), self.heat_capacity)
        if isinstance(wanted, BodyRelease):
            return wanted.on(body)
        if wanted.model is FixedFlux:
            return InSI(BodyFlux, **dict(wanted.arguments)).in_lattice_units(units, body)
        if wanted.model is not FixedValue:
            raise UnitsError(
                f"the scalar {self.name} has {wanted.model.__name__} on the body {body}: a body can have a fixed value, a flux, "
                "conduct, or be insulated"
            )
        return BodyValue(body, dict(self._relative(wanted).arguments)["value"])

    def _relative(self, wanted: InSI[ScalarCondition]) -> InSI[ScalarCondition]:
        """The condition with its value relative to that of the inflow."""
        values = dict(wanted.arguments)
        if "value" in values:
            values["value"] -= self.inflow_value
        return InSI(wanted.model, **values)
