"""Results of the scalars of a flow: release and Nusselt number of each body, mean values at the outlets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...models.boundary import Face
from ...models.scalar import BodyFlux, BodyValue, ScalarBody
from ...models.scalar.body_flux import surface_share
from ...observe import CellIntegral, Quotient, ScalarRelease, evaluate
from ..flow import Flow
from ..physics.scalars import FlowScalar
from ..tunnel.wind_tunnel import WindTunnelSetup
from ..vessel.internal_flow import WALL, InternalFlowSetup


def scalar_results(flow: Flow) -> dict[str, dict[str, Any]]:
    """Results of each scalar by name, for the summary: release and Nusselt number of each body, mean values at outlets.

    The Nusselt number is R L / (D A (phi_b - phi)), with the release R, the area A of the body and the reference length L. phi is
    the value of the inflow, and phi_b is the mean over the surface where its flux is given, or over the volume of a body that
    conducts the scalar; inside a surface phi_b - phi is the logarithmic mean between the mean of all inlets, weighted by their
    flow rates, and the outlets. Values that are not defined are left out.
    """
    setup = flow.setup
    if not isinstance(setup, WindTunnelSetup | InternalFlowSetup):
        return {}
    return {each.name: _results(flow, setup, each) for each in setup.options.scalars}


def _results(flow: Flow, setup: WindTunnelSetup | InternalFlowSetup, scalar: FlowScalar) -> dict[str, Any]:
    outflow = _outflow_values(flow, scalar)
    areas, length = _surfaces(setup)
    bodies = {}
    for body in next(each.bodies for each in flow.simulation.physics.scalars if each.name == scalar.name):
        release = flow.value(ScalarRelease(scalar.name, body.obstacle))
        difference = body.value if isinstance(body, BodyValue) else _mean_of(flow, scalar.name, body)
        value = difference + scalar.inflow_value
        found = {"value": value, "release": release}
        if not isinstance(body, BodyValue):
            found["is_mean"] = True
        if scalar.heat_capacity is not None:
            found["watts"] = release * scalar.heat_capacity
        if isinstance(setup, InternalFlowSetup):
            entering = sum(scalar.value_at(name) * rate for name, rate in setup.flow_rates.items()) / setup.flow_rate
            difference = _logarithmic_mean(value - entering, value - float(np.mean(list(outflow.values()))))
        if difference:
            conduction = scalar.diffusivity_in(setup.units) * areas[body.obstacle] * difference / length
            found["nusselt"] = release / conduction
        bodies[body.obstacle] = found
    return {"bodies": bodies, "outflow": outflow, "diffusivity": scalar.diffusivity_in(setup.units)}


def _mean_of(flow: Flow, scalar: str, body: ScalarBody) -> float:
    """Mean of a scalar over the surface of a body of given flux, or the volume of one that conducts, relative to the inflow."""

    def share(cell):
        eps = cell.solid_fraction
        return (surface_share(eps) if isinstance(body, BodyFlux) else eps) * cell.in_obstacle(body.obstacle)

    whole = CellIntegral(lambda cell: share(cell) * cell.scalar(scalar))
    return evaluate(Quotient(whole, CellIntegral(share)), flow.simulation)


def _logarithmic_mean(first: float, last: float) -> float:
    """(a - b) / ln(a / b); 0 where it is not defined."""
    if first * last <= 0.0:
        return 0.0
    return first if math.isclose(first, last) else (first - last) / math.log(first / last)


def _surfaces(setup: WindTunnelSetup | InternalFlowSetup) -> tuple[dict[str, float], float]:
    """Areas of the bodies [m^2] by name, and the reference length [m]."""
    if isinstance(setup, InternalFlowSetup):
        widest = max(setup.inlets, key=lambda name: setup.flow_rates[name] / setup.caps[name].perimeter)
        area = setup.surface.area - sum(cap.area for cap in setup.caps.values())
        return {WALL: area}, setup.caps[widest].hydraulic_diameter
    parts = {**setup.bodies, setup.obstacle: setup.body.part}
    return {name: mesh.area for name, mesh in parts.items()}, setup.body.reference_length


def _outflow_values(flow: Flow, scalar: FlowScalar) -> dict[str, float]:
    """Mean of a scalar over each outlet, weighted by the outflow, sum phi u_n / sum u_n, by the name of the outlet."""
    simulation, found = flow.simulation, {}
    phi, velocity = simulation.scalar(scalar.name).astype(np.float64), simulation.velocity().astype(np.float64)
    if flow.openings is not None:
        assert isinstance(flow.setup, InternalFlowSetup)
        places = {name: (flow.openings.cells[name], -flow.openings.normals[name]) for name in flow.setup.outlets}
    else:
        places = {
            each.face.name: (np.argwhere(each.face.cells(simulation.domain)), _outward(each.face))
            for each in simulation.physics.boundaries if each.prescribes_pressure and isinstance(each.face, Face)
        }
    for name, (cells, normal) in places.items():
        here = tuple(cells.T)
        outward = velocity[here] @ normal
        if outward.sum():
            found[name] = scalar.inflow_value + float((phi[here] * outward).sum() / outward.sum())
    return found


def _outward(face: Face) -> np.ndarray:
    return np.array([-float(face.inward) * (k == face.axis) for k in range(3)])


def scalar_facts(summary: dict) -> dict[str, str]:
    """The results of `scalar_results` in a summary as rows of the printed table."""
    rows = {}
    for name, found in summary.get("scalars", {}).items():
        for body, each in found["bodies"].items():
            watts = f", {each['watts']:.5g} W" if "watts" in each else ""
            nusselt = f", Nusselt number {each['nusselt']:.4g}" if "nusselt" in each else ""
            mean = f", {each['value']:.5g} on average" if "is_mean" in each else ""
            rows[f"{name} released by {body}"] = f"{each['release']:.5g} phi m^3/s{watts}{mean}{nusselt}"
        rows |= {f"{name} at {outlet}": f"{value:.5g}, mean of the outflow" for outlet, value in found["outflow"].items()}
    return rows
