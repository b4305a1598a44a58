"""Runs random cases as the command does, and judges their results by checks that are independent of the product's own."""

import math
import re
import time
import traceback
import warnings
from dataclasses import dataclass, replace

import numpy as np
from random_cases import RandomCase

from sparselbm.case import Case
from sparselbm.errors import SimulationError, SparselbmError
from sparselbm.flows import Flow, FlowSetup, InternalFlowSetup, SteadyFlow, SteadyRun, WindTunnelSetup

SOUND = ("steady", "periodic", "drifting")
DOUBTED = "doubted"
"""Result of a flow whose value is outside its band, as a doubt that was printed before the run says."""
FAULTS = ("blown up", "crashed", "wrong")
NOT_RUN = "not run"
"""Result of a case for which a stopped run has no outcome."""
RESULTS = (*SOUND, "refused", DOUBTED, *FAULTS)
WORK = 3e8
"""Largest number of cell updates of a case; `LEAST_CROSSINGS` are run in any case, and at most as many as the command runs."""
LEAST_CROSSINGS = 2.0
_ERROR = re.compile(r"up to about (\d+) ?%")
"""Sizes of errors in the doubts about forces and pressures, in per cent."""


@dataclass(frozen=True)
class Outcome:
    """How a case ended."""

    case: RandomCase
    result: str
    """One of `RESULTS`."""
    value: float = math.nan
    """Drag coefficient, or pressure drop from the inlet [1/2 rho u^2]."""
    detail: str = ""
    """Reason of a refusal or a fault, or the regime in words."""
    method: str = ""
    doubts: tuple[str, ...] = ()
    steps: int = 0
    crossings: float = 0.0
    """Number of times that the flow crossed its domain."""
    updates: float = 0.0
    """Number of cell updates per crossing."""
    field_change: float = math.nan
    """Largest change of the velocity over the last interval, relative to the largest velocity."""
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether the case ended with a result and its class, with or without a doubt, or was refused before the run."""
        return self.result in (*SOUND, "refused", DOUBTED)

    @property
    def doubted_by(self) -> float:
        """Largest error of the value that the doubts admit together; 0 without such doubts."""
        return sum(max(map(float, found)) for found in (_ERROR.findall(each) for each in self.doubts) if found) / 100.0


def outcome_of(case: RandomCase, device: str | None = None, *, work: float = WORK) -> Outcome:
    """Runs a case until it is steady or periodic, or for a number of cell updates."""
    began = time.perf_counter()
    try:
        setup, run = planned(case, device, work)
    except SparselbmError as error:
        return Outcome(case, "refused" if explains(str(error)) else "wrong", detail=str(error))
    except Exception:
        return Outcome(case, "crashed", detail=traceback.format_exc())
    told = {"method": setup.method.name, "doubts": setup.doubts, "updates": updates(setup)}
    try:
        found = judged(case, setup, run)
    except SimulationError as error:
        found = Outcome(case, "blown up", detail=str(error))
    except Exception:
        found = Outcome(case, "crashed", detail=traceback.format_exc())
    return replace(found, **told, seconds=time.perf_counter() - began)


def planned(
    case: RandomCase, device: str | None, work: float = WORK
) -> tuple[WindTunnelSetup | InternalFlowSetup, SteadyRun]:
    """The checked set-up and the criterion of the run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = Case.open(case.file)
        setup = read.setup(read.read_scene(), device)
        run = read.steady_run(setup)
    least = LEAST_CROSSINGS * setup.flow_through_steps * min(work / WORK, 1.0)
    affordable = max(run.interval, round(work / setup.cells), round(least))
    steps = min(run.max_steps, affordable)
    return setup, replace(run, max_steps=steps, max_periodic_steps=min(run.longest, affordable))  # type: ignore[return-value]


def updates(setup: FlowSetup) -> float:
    """Number of cell updates per crossing."""
    return float(setup.cells * setup.flow_through_steps)


def judged(case: RandomCase, setup: FlowSetup, run: SteadyRun) -> Outcome:
    """Runs the flow and checks its result."""
    flow = setup.build()
    steady = flow.run_to_steady(steady_run=run)
    internal = isinstance(setup, InternalFlowSetup)
    value, reasons = internal_checks(case, setup, flow) if internal else drag_checks(case, setup, flow)  # type: ignore[arg-type]
    if not np.isfinite(flow.simulation.velocity()).all():
        reasons = ("the velocity is not finite", *reasons)
    if not isinstance(steady.regime, SteadyFlow):
        reasons = tuple(each for each in reasons if not each.startswith("steady"))
    result = steady.regime.name if not reasons else DOUBTED if any(map(_ERROR.search, setup.doubts)) else "wrong"
    detail = f"{'; '.join(reasons)} ({steady.regime.name})" if reasons else str(steady.regime)
    return Outcome(
        case, result, value, detail, steps=steady.steps, crossings=steady.steps / setup.flow_through_steps,
        field_change=steady.field.share,
    )


def explains(message: str) -> bool:
    """Whether a refusal names values and a remedy."""
    remedies = ("use", "set", "check", "choose", "enlarge", "move", "raise", "lower", "pass", "divide", "leave", "let", "begin")
    return any(c.isdigit() for c in message) and any(word in message.lower() for word in remedies)


def drag_checks(case: RandomCase, setup: WindTunnelSetup, flow: Flow) -> tuple[float, tuple[str, ...]]:
    """Drag coefficient, and the reasons for which it is wrong: the band of its kind, and the mass that passes the box."""
    drag, reasons = flow.steady.value, []  # type: ignore[union-attr]
    low, high = drag_band(case, setup)
    if not low <= drag <= high:
        reasons.append(f"C_d {drag:.4g} is outside {low:.3g} to {high:.3g}")
    entering, leaving = mass_fluxes(flow, setup.options.stream.axis)
    if abs(leaving / entering - 1.0) > 0.02:
        reasons.append(f"steady, but {leaving / entering - 1.0:+.1%} of the mass at the outlet")
    return drag, tuple(reasons)


def drag_band(case: RandomCase, setup: WindTunnelSetup) -> tuple[float, float]:
    """Smallest and largest plausible C_d. Re refers to the largest extent L across the flow, C_d to the silhouette A.

    The curve of a sphere (White, Viscous Fluid Flow, 1974), from half to twice its value, and from 0.3 to 5 times for other
    bodies, times (1 - d / w)^-2 for the sides of a box of width w, and L^2 / A relative to that of a sphere for the friction of
    bodies that are slender as seen along the flow. A parabola has a mean of a quarter to a half of the velocity of reference.
    """
    re = setup.units.velocity * setup.body.reference_length / setup.units.viscosity
    free = 24.0 / re + 6.0 / (1.0 + math.sqrt(re)) + 0.4
    confined = 1.0 / (1.0 - min(0.8, math.sqrt(setup.blockage))) ** 2
    narrow, wide = (0.5, 2.0) if case.kind in ("sphere", "ellipsoid") else (0.3, 5.0)
    slender = max(1.0, 0.25 * math.pi * setup.length**2 / setup.frontal_area)
    return narrow * free / (1.0 if setup.options.profile is None else 4.0), wide * free * confined * slender


def mass_fluxes(flow: Flow, axis: int) -> tuple[float, float]:
    """Mass per step through the second layer of cells and through the last but one [lattice mass]."""
    simulation = flow.simulation
    index = simulation.domain.cell_indices()[..., axis]
    momentum = simulation.density() * simulation.velocity()[..., axis]
    momentum = np.where(simulation.domain.fluid, momentum, 0.0)
    return tuple(float(momentum[index == k].sum(dtype=np.float64)) for k in (1, index.max() - 1))  # type: ignore[return-value]


def internal_checks(case: RandomCase, setup: InternalFlowSetup, flow: Flow) -> tuple[float, tuple[str, ...]]:
    """Pressure drop [1/2 rho u^2], and the reasons for which the flow is wrong: mass, and the drop of Hagen and Poiseuille."""
    ports = flow.ports
    inlet, outlets = ports["/World/In"], [ports[name] for name in setup.outlets]
    reasons, leaving = [], -sum(each.flow_rate for each in outlets)
    if abs(leaving / inlet.flow_rate - 1.0) > 0.05:
        reasons.append(f"steady, but {leaving / inlet.flow_rate - 1.0:+.1%} of the mass at the outlets")
    if abs(inlet.flow_rate / setup.flow_rate - 1.0) > 0.02:
        reasons.append(f"the flow rate is {inlet.flow_rate / setup.flow_rate:.3f} times what the case says")
    speed = inlet.flow_rate / setup.caps["/World/In"].area
    dynamic = 0.5 * setup.units.density * speed**2
    drop = (inlet.pressure - np.mean([each.pressure for each in outlets])) / dynamic
    if case.pipe_length:
        reynolds = speed * setup.caps["/World/In"].hydraulic_diameter / setup.units.viscosity
        friction = 64.0 / reynolds * case.pipe_length
        low, high = 0.85 * friction, 1.15 * friction + (0.1 if case.laminar else 2.0)
        if not low <= drop <= high:
            reasons.append(f"steady, but the pressure drop is {drop:.4g}, outside {low:.3g} to {high:.3g}")
    return drop, tuple(reasons)
