"""Force, torque and power on the moving bodies of a run, and where they are at its end."""

from __future__ import annotations

from typing import Any

from ...quantities import vector_text
from ..flow import Flow
from ..motion.moving_bodies import COLUMNS


def moving_results(flow: Flow) -> dict[str, Any]:
    """Values by body for the summary: force, torque and power as means over the window of the statistics, without one in the last
    step, and the motion in the last step. Empty without moving bodies.
    """
    if flow.bodies is None or flow.transient is None:
        return {}
    statistics, found = flow.transient.statistics, {}
    for name in flow.bodies.names:
        values = dict(zip(COLUMNS, flow.bodies.values(name).tolist()))
        if statistics is not None:
            values |= {each: statistics[each.format(name)].mean.value for each in COLUMNS if "[N" in each or "[W]" in each}
        found[name] = {
            "force": _vector(values, "force"), "torque": _vector(values, "torque"), "power": values["power {} [W]"],
            "centre": _vector(values, "centre"), "velocity": _vector(values, "velocity"),
            "angular_velocity": _vector(values, "angular velocity"),
        }
    return {"moving_bodies": found}


def moving_facts(summary: dict) -> dict[str, str]:
    """The same as rows of a table."""
    rows = {}
    for name, each in summary.get("moving_bodies", {}).items():
        rows[f"force on {name}"] = f"{vector_text(each['force'])} N"
        rows[f"torque on {name}"] = f"{vector_text(each['torque'])} N m about its centre"
        rows[f"power on {name}"] = f"{each['power']:.4g} W"
        rows[f"motion of {name} at the end"] = (
            f"centre {vector_text(each['centre'])} m, velocity {vector_text(each['velocity'])} m/s, angular velocity "
            f"{vector_text(each['angular_velocity'])} rad/s"
        )
    return rows


def _vector(values: dict[str, float], kind: str) -> list[float]:
    return [value for name, value in values.items() if name.startswith(f"{kind} {{}}")]
