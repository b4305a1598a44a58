"""Acceleration that maintains a mean velocity, as results."""

from __future__ import annotations

from typing import Any

from ...quantities import vector_text
from ..flow import Flow
from ..physics.flow_drive import FlowDrive
from ..tunnel.setup import WindTunnelSetup


def drive_results(flow: Flow, setup: WindTunnelSetup) -> dict[str, Any]:
    """Acceleration [m / s^2], mean pressure gradient -rho a [Pa / m] and mean velocity [m / s] at the end of a run, for the
    summary; empty where no mean velocity is maintained."""
    drive = flow.simulation.feedback
    if not isinstance(drive, FlowDrive):
        return {}
    gradient = 0.0 - setup.options.density * drive.acceleration
    return {
        "driving_acceleration": drive.acceleration.tolist(), "mean_pressure_gradient": gradient.tolist(),
        "mean_velocity": drive.mean_velocity.tolist(),
    }


def drive_facts(summary: dict) -> dict[str, str]:
    """The same as rows of a table."""
    names = {"driving_acceleration": "m/s^2", "mean_pressure_gradient": "Pa/m", "mean_velocity": "m/s"}
    return {
        name.replace("_", " "): f"{vector_text(summary[name])} {unit}"
        for name, unit in names.items() if name in summary
    }
