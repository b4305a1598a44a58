"""Results of an internal flow on disk: a results stage over the user's scene, volumes, a slice, a summary."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ..flows import Inlet, InternalFlowRun, InternalFlowSetup, PortState
from ..grid import sample
from ..observe import Snapshot, wall_shear_stress
from ..scene.usd import Scene
from .draw import Drawing, FlowFrame, draw_all
from .images import one_slice
from .writer import DRAWN, claimed, write_summary

CLEAR_OF_CAPS = 2.0
"""Distance from the openings [cells] beyond which wall shear stress counts, since the caps' edges disturb it."""


class InternalFlowWriter:
    """Writer of the results of an internal flow; open `stage.path`, CASE_results.usda, in a viewer.

    The scene itself is not modified. Raises OutputExistsError for a folder that is not empty, unless `overwrite`; then the
    files of an earlier run are removed.
    """

    def __init__(
        self, folder: str | Path, scene: Scene, plan: InternalFlowSetup, *, overwrite: bool = False,
        draw: Sequence[Drawing] = DRAWN,
    ):
        self.plan = plan
        self.draw = tuple(draw)
        self.body = scene.body(plan.name)
        self.folder, self.stage = claimed(folder, scene, overwrite=overwrite)
        self.stage.add_camera(plan.bounds)
        self._up = "XYZ".index(scene.up_axis)

    def finish_run(self, flow: InternalFlowRun, through: Mapping[str, PortState]) -> dict:
        """Draws the current flow; returns the summary, which is also written as summary.json."""
        moment = self._moment(flow)
        draw_all(self.draw, self.stage, moment, None)
        self._draw_slice(moment)
        settled = {"steps": flow.settled.steps, "converged": flow.settled.converged} if flow.settled else {}
        shear = self._shear(moment)
        summary = {
            **internal_flow_summary(self.plan, through), **shear, "compression": flow.compression, **settled,
            "warnings": list(self.plan.warnings),
        }
        write_summary(self.folder, summary)
        return summary

    def _moment(self, flow: InternalFlowRun) -> FlowFrame:
        plan, units = self.plan, self.plan.units
        shear = wall_shear_stress(flow.simulation, plan.wall, units)
        return FlowFrame(
            Snapshot.of(flow.simulation, units), self.body, plan.wall, viscosity=units.density * units.viscosity,
            axis=int(np.argmax(np.ptp(plan.bounds, axis=0))), up=self._up, starts=flow.starts, on_points={"shear": shear},
        )

    def _draw_slice(self, moment: FlowFrame) -> None:
        """Plots the slice through the middle of the surface; nothing if there is no fluid."""
        positions = moment.plane(None, None)
        flat = positions.reshape(-1, 3)
        speed = np.where(moment.is_fluid, moment.snapshot.speed, np.nan)
        shown = sample(moment.snapshot.domain, speed, flat).reshape(positions.shape[:2])
        if np.isfinite(shown).any():
            u, v = (k for k in range(3) if k != moment.across)
            low, high = moment.bounds
            extent = float(low[u]), float(high[u]), float(low[v]), float(high[v])
            one_slice(self.folder / "slice.png", shown, extent=extent, label="speed [m/s]")

    def _shear(self, moment: FlowFrame) -> dict[str, float]:
        """Mean and largest wall shear stress [Pa], away from the openings."""
        wall, least = self.plan.wall, CLEAR_OF_CAPS * self.plan.voxel_size
        clear = np.all([np.abs(cap.query.signed_distance(wall.points)) > least for cap in self.plan.caps.values()], axis=0)
        areas = np.linalg.norm(wall.point_areas, axis=1) * clear
        shear = np.linalg.norm(moment.on_points["shear"], axis=1) * clear
        if not areas.any():
            return {}
        return {"wall_shear_mean": float(areas @ shear / areas.sum()), "wall_shear_max": float(shear.max())}


def internal_flow_summary(plan: InternalFlowSetup, through: Mapping[str, PortState]) -> dict:
    """Summary of flow rates and pressures: pressure drop between the flow-averaged inlets and outlets, and mass balance."""
    flows = {kind: np.array([each.flow_rate for each in _of(through, names)]) for kind, names in _kinds(plan).items()}
    means = {
        kind: float(np.average([each.pressure for each in _of(through, names)], weights=np.abs(flows[kind]) + 1e-300))
        for kind, names in _kinds(plan).items()
    }
    entering, leaving = float(flows["inlet"].sum()), float(-flows["outlet"].sum())
    return {
        "surface": plan.name, "reynolds": plan.reynolds, "viscosity": plan.units.viscosity, "voxel_size": plan.voxel_size,
        "cells": plan.domain.fluid_cells, "tiles": plan.domain.tile_count, "share_of_box": plan.share_of_box,
        "cells_across": plan.cells_across,
        "openings": {
            name: {
                "kind": "inlet" if isinstance(plan.conditions[name], Inlet) else "outlet", "area": cap.area,
                "hydraulic_diameter": cap.hydraulic_diameter, "flow_rate": through[name].flow_rate,
                "velocity": through[name].flow_rate / cap.area, "pressure": through[name].pressure,
            }
            for name, cap in plan.caps.items()
        },
        "flow_rate": entering, "pressure_drop": means["inlet"] - means["outlet"],
        "mass_balance": (entering - leaving) / entering,
    }


def _kinds(plan: InternalFlowSetup) -> dict[str, list[str]]:
    return {"inlet": list(plan.inlets), "outlet": list(plan.outlets)}


def _of(through: Mapping[str, PortState], names: Sequence[str]) -> list[PortState]:
    return [through[name] for name in names]
