"""Force and moment on a body in a wind tunnel, and their coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...quantities import vector_text
from ..flow import Flow
from ..runs.regime import PeriodicFlow
from ..tunnel.setup import WindTunnelSetup
from ..tunnel.values import FORCES, MOMENTS


@dataclass(frozen=True)
class Aerodynamics:
    """Force and moment on the body of a wind tunnel in the axes of the free stream (see `Stream`).

    C_F = F / (1/2 rho u^2 A) and C_M = M / (1/2 rho u^2 A L), with the reference area A and the reference length L. Moments are
    about the axes of drag (roll), side force (pitch, positive if it lifts the front) and lift (yaw), by the right-hand rule.
    """

    force: tuple[float, float, float]
    """Force along x, y, z [N]."""
    moment: tuple[float, float, float]
    """Moment about x, y, z at `moment_centre` [N m]."""
    moment_centre: tuple[float, float, float]
    """Point to which the moment refers [m]."""
    force_coefficients: dict[str, float]
    """Coefficients of drag, side force and lift."""
    silhouette_coefficients: dict[str, float]
    """The same with the silhouette along the stream as reference area."""
    moment_coefficients: dict[str, float]
    """Coefficients of the moments of roll, pitch and yaw."""

    @classmethod
    def of(cls, flow: Flow, setup: WindTunnelSetup) -> Aerodynamics:
        """Values of a flow: means over the window of a run of a given duration, or over the periods of a periodic flow, else the
        present ones."""
        found = _values(flow)
        body = setup.body
        forces = {name: found[f"{name} coefficient"] for name in FORCES}
        share = body.reference_area / body.frontal_area if body.frontal_area else np.nan
        return cls(
            force=_vector(found, "force"), moment=_vector(found, "moment"), moment_centre=tuple(body.moment_centre.tolist()),
            force_coefficients=forces, silhouette_coefficients={name: share * each for name, each in forces.items()},
            moment_coefficients={name: found[f"{name} moment coefficient"] for name in MOMENTS},
        )

    @property
    def record(self) -> dict:
        """The values by name, for the summary of a run."""
        named = {f"{name.replace(' ', '_')}_coefficient": each for name, each in self.force_coefficients.items()}
        moments = {f"{name}_moment_coefficient": each for name, each in self.moment_coefficients.items()}
        return {
            **{name: each for name, each in named.items() if name != "drag_coefficient"}, **moments, "force": list(self.force),
            "moment": list(self.moment), "moment_centre": list(self.moment_centre),
        }

    def facts(self, *, has_area: bool) -> dict[str, str]:
        """Rows of a table; `has_area`: whether the reference area is given, so that it is not the silhouette."""
        _, side, lift = self.force_coefficients.values()
        rows = {"lift coefficient": f"{lift:.4f}", "side force coefficient": f"{side:.4f}"}
        if has_area:
            silhouette = ", ".join(f"{name} {each:.4f}" for name, each in self.silhouette_coefficients.items())
            rows["with the silhouette as area"] = silhouette
        return {
            **rows, "force": f"{vector_text(self.force)} N",
            "moment": f"{vector_text(self.moment)} N m about {vector_text(self.moment_centre)} m",
            "moment coefficients": ", ".join(f"{name} {each:.4f}" for name, each in self.moment_coefficients.items()),
        }


def _values(flow: Flow) -> dict[str, float]:
    """Recorded values by name."""
    names = list(flow.setup.recorded)
    if flow.transient is not None and (found := flow.transient.statistics) is not None:
        return {name: found[name].mean.value for name in names}
    regime = None if flow.steady is None else flow.steady.regime
    if isinstance(regime, PeriodicFlow) and flow.series is not None and len(flow.series.values):
        times = flow.series.values[:, 0]
        last = flow.series.values[times > times[-1] - regime.periods * regime.period]
        columns = [each.partition(" [")[0] for each in flow.series.columns]
        return {name: float(last[:, columns.index(name)].mean()) for name in names}
    return {name: flow.value(each) for name, each in flow.setup.recorded.items()}


def _vector(found: dict[str, float], name: str) -> tuple[float, float, float]:
    return found[f"{name} x"], found[f"{name} y"], found[f"{name} z"]
