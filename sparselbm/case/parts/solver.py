"""Settings of the lattice Boltzmann method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...flows import SteadyRun, WindTunnel
from ...models.collision import Collision
from ..entry import CasePart, entry
from ..kinds import COUNT, NUMBER, TOKEN


@dataclass(frozen=True, kw_only=True)
class CaseSolver(CasePart):
    """Settings of the lattice Boltzmann method."""

    space: ClassVar[str] = "solver"

    lattice: str | None = entry(
        TOKEN, None, "Velocity set. Not set: D3Q19, or D3Q27 where the collision model needs it.", allowed=("D3Q19", "D3Q27")
    )
    collision: str | None = entry(
        TOKEN, None,
        "Collision model; Cumulant requires D3Q27. Not set: TRT where it is stable at the cell Reynolds number u / nu, else "
        "CentralMoment, Cumulant or RecursiveRegularised, which are stable at higher ones; the choice is printed.",
        allowed=("TRT", "BGK", "RecursiveRegularised", "CentralMoment", "Cumulant"), model=Collision,
    )
    precision: str = entry(TOKEN, "single", "Floating-point precision of the solver.", allowed=("single", "double"))
    wall: str = entry(
        TOKEN,
        "partiallySaturated",
        "Wall model of the bodies. partiallySaturated: partially saturated method (PSM), which is differentiable; interpolated: "
        "interpolated bounce-back, for thin bodies and gaps. The wall of a fluid volume always uses interpolated bounce-back.",
        allowed=("partiallySaturated", "interpolated"),
    )
    lattice_velocity: float = entry(
        NUMBER,
        WindTunnel.lattice_velocity,
        "Inlet velocity in cells per step: a smaller value is more accurate and slower (Mach number u sqrt(3)).",
        above=0.0,
    )
    tolerance: float = entry(
        NUMBER, SteadyRun.tolerance,
        "Convergence tolerance: the flow counts as steady when, relative to their size, the monitored values drift by less than "
        "this over an eighth of a flow-through time, and oscillate by less over three eighths. Monitored are the objective, all "
        "components of the force on the body, and all flow rates and pressures at openings.", above=0.0,
    )
    until: str = entry(
        TOKEN, "values", "When a run ends. values: the monitored values are steady; field: the velocity is steady everywhere "
        "too, which drawn results far downstream of a body require.", allowed=("values", "field"),
    )
    max_steps: int | None = entry(
        COUNT, None, "Maximum number of steps to steady state. Not set: ten flow-through times, twenty if the flow oscillates.",
        above=0.0,
    )
