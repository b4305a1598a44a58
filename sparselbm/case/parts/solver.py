"""Settings of the lattice Boltzmann method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...flows import SteadyRun
from ...models import collision, turbulence
from ...models.collision import Collision
from ..entry import CasePart, entry, model_entry
from ..kinds import COUNT, FLAG, NUMBER, TOKEN
from ..model_kind import Models


@dataclass(frozen=True, kw_only=True)
class CaseSolver(CasePart):
    """Settings of the lattice Boltzmann method."""

    space: ClassVar[str] = "solver"

    lattice: str | None = entry(
        TOKEN, None, "Velocity set. Not set: D3Q19, or D3Q27 where the collision model needs it.", allowed=("D3Q19", "D3Q27")
    )
    collision: str | None = model_entry(
        Models.of(collision, Collision), None,
        "Collision model; some require D3Q27, and are refused without it. Not set: TRT where it is stable at the cell "
        "Reynolds number u / nu, else CentralMoment, Cumulant or RecursiveRegularised, which are stable at higher ones; "
        "the choice is printed.",
    )
    turbulence: str | None = model_entry(
        Models.of(turbulence, Collision, given=1), None,
        "Turbulence model around the collision. Smagorinsky, WALE: subgrid-scale models, for scales finer than the cells; "
        "MixingLength: models all turbulence, above rough walls and wall functions on lower sides of the box. Not set: none.",
    )
    wall_function: bool = entry(
        FLAG, False, "Friction of no-slip sides at rest by the wall law of Werner and Wengle, for boundary layers that the cells "
        "do not resolve; rough walls have a law of their own. Bodies and fluid volumes have none.",
    )
    precision: str = entry(TOKEN, "single", "Floating-point precision of the solver.", allowed=("single", "double"))
    wall: str = entry(
        TOKEN,
        "partiallySaturated",
        "Wall model of the bodies. partiallySaturated: partially saturated method (PSM), which is differentiable; interpolated: "
        "interpolated bounce-back, for thin bodies and gaps. The wall of a fluid volume always uses interpolated bounce-back.",
        allowed=("partiallySaturated", "interpolated"),
    )
    lattice_velocity: float | None = entry(
        NUMBER, None, "Largest velocity of the inflow in cells per step: a smaller value is more accurate and slower (Mach "
        "number u sqrt(3)). Not set: 0.08 past a body; in a fluid volume 0.04 up to 12 cells across the narrowest opening, and "
        "less on finer cells.", above=0.0,
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
