"""Results of an internal flow on disk: a results stage over the user's scene, volumes, a slice, a summary."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ..design import DesignProblem, GridCheck, Iterate
from ..design.optimizer import DesignRecord, OptimizeResult
from ..files.lost_results import lost_alone
from ..files.restarts import Resumable
from ..flows import Flow, Inlet, InternalFlowSetup, PortState, pressure_drop
from ..observe import Snapshot, WallShearStatistics, area_percentiles, wall_shear_stress
from ..scene.usd import Scene
from .draw import Drawing, draw_all
from .fields import FlowFrame
from .images import convergence
from .iteration_table import IterationTable
from .over_time import OverTime
from .run_record import run_record
from .slice_picture import draw_slices
from .writer import DRAWN, begin_summary, claimed, completed, optimisation_summary

CLEAR_OF_CAPS = 2.0
"""Distance from the openings [cells] beyond which wall shear stress counts, since the caps' edges disturb it."""


class InternalFlowWriter(Resumable):
    """Writer of the results of an internal flow; open `stage.path`, CASE_results.usda, in a viewer.

    The scene itself is not modified. Raises OutputExistsError for a folder that is not empty, unless `overwrite`; then the
    files of an earlier run are removed.
    """

    def __init__(
        self, folder: str | Path, scene: Scene, setup: InternalFlowSetup, *, overwrite: bool = False,
        draw: Sequence[Drawing] = DRAWN, origin: Mapping[str, Any] = MappingProxyType({}), resume: bool = False,
    ):
        """`origin`: command, options and case of the run, for the summary; `resume`: whether an interrupted run in the folder is
        continued."""
        self.setup = setup
        self.origin = origin
        self.draw = tuple(draw)
        self.body = scene.body(setup.name)
        self.folder, self.stage = claimed(folder, scene, overwrite=overwrite, resume=resume)
        self.title = f"{self.stage.case_name}, Reynolds number {setup.reynolds:.4g}"
        """Title of pictures."""
        self.over_time = OverTime(self.stage, scene, self.draw, self._moment, title=self.title)
        """Files of a run over time."""
        self.shear = WallShearStatistics(len(setup.wall.points))
        """Wall shear stress during the statistics."""
        self.over_time.parts["wall shear stress"] = self.shear
        self.over_time.during_statistics.append(self._add_shear)
        self.stage.add_camera(setup.bounds)
        self._table = IterationTable(self.folder / "history.csv")
        self._up = "XYZ".index(scene.up_axis)

    def _add_shear(self, flow: Flow) -> None:
        self.shear.add(wall_shear_stress(flow.simulation, self.setup.wall, self.setup.units))

    def finish_run(
        self, flow: Flow, found: Mapping[str, Any] = MappingProxyType({}), *,
        report: Callable[[dict], None] = lambda summary: None,
    ) -> dict:
        """Draws the current flow; returns the summary, which is also written as summary.json. `found`: additional results.

        `report` is called with the summary before anything is written. A drawing that fails is left out, with a
        ResultLostWarning. Raises SimulationError for a result that is not finite, and OSError, at the end, if the summary cannot
        be written.
        """
        through, moment = flow.ports, self._moment(flow)
        if self.shear.samples:
            over_time = {"shear_average": self.shear.time_average, "oscillatory_shear_index": self.shear.oscillatory_index}
            moment = replace(moment, on_points={**moment.on_points, **over_time})
        shear = self._shear(moment)
        summary = {
            **internal_flow_summary(self.setup, through), **shear, "compression": flow.compression,
            **self.over_time.found(flow), **found,
            **self.setup.method.record, "doubts": list(self.setup.doubts), "run": {**self.origin, **run_record(flow)},
            "complete": False,
        }
        begin_summary(self.folder, summary, report)
        draw_all(self.over_time.shown(flow), self.stage, moment, None)
        draw_slices(self.folder, self.draw, moment, title=self.title)
        self.over_time.finish(flow)
        return completed(self.folder, summary)

    def add(self, iterate: Iterate) -> None:
        """Writes an iteration of an optimisation: a row of history.csv."""
        self._table.add(iterate.record)

    @property
    def history(self) -> list[DesignRecord]:
        """All iterations."""
        return self._table.records

    def saved(self):
        return {"table": self._table.saved()}

    def restore(self, state):
        self._table.restore(state["table"])

    def finish(
        self, problem: DesignProblem, result: OptimizeResult, second: GridCheck | None = None, *,
        report: Callable[[dict], None] = lambda summary: None,
    ) -> dict:
        """Draws the flow of the best design and the convergence; returns the summary, which is also written.

        `report` and errors: as in `finish_run`.
        """
        reached = result.objective if result.stopped == "interrupted" else problem.value(result.x)
        found = self.finish_run(problem.flow, optimisation_summary(problem, result, reached, second), report=report)
        with lost_alone("convergence.png"):
            convergence(self.folder / "convergence.png", self.history, label=problem.objective_name, title=self.title)
        return found

    def _moment(self, flow: Flow) -> FlowFrame:
        setup, units = self.setup, self.setup.units
        shear = wall_shear_stress(flow.simulation, setup.wall, units)
        return FlowFrame(
            Snapshot.of(flow.simulation, units), self.body, setup.wall, viscosity=units.density * units.viscosity,
            direction=tuple(np.ptp(setup.bounds, axis=0).tolist()), up=self._up, starts=self._starts(flow),
            on_points={"shear": shear}, density=units.density, velocity=units.velocity,
            time=flow.time if flow.transient else None,
        )

    def _starts(self, flow: Flow) -> np.ndarray:
        """Centres of the cells along the inlets [m], (k, 3), as starting points of streamlines."""
        assert flow.openings is not None
        return np.concatenate([flow.openings.centres[name] for name in self.setup.inlets])

    def _shear(self, moment: FlowFrame) -> dict[str, Any]:
        """Mean, largest and percentiles of the wall shear stress [Pa] and, after statistics, of its time average and of the
        oscillatory shear index, away from the openings."""
        wall, least = self.setup.wall, CLEAR_OF_CAPS * self.setup.voxel_size
        clear = np.all([np.abs(cap.query.signed_distance(wall.points)) > least for cap in self.setup.caps.values()], axis=0)
        areas = np.linalg.norm(wall.point_areas, axis=1)[clear]
        if not areas.any():
            return {}
        values = {"wall_shear": np.linalg.norm(moment.on_points["shear"], axis=1)[clear]}
        if self.shear.samples:
            values["wall_shear_average"] = self.shear.time_average[clear]
            values["oscillatory_shear_index"] = self.shear.oscillatory_index[clear]
        found: dict[str, Any] = {}
        for name, each in values.items():
            found |= {
                f"{name}_mean": float(areas @ each / areas.sum()), f"{name}_max": float(each.max()),
                f"{name}_percentiles": area_percentiles(each, areas),
            }
        return found


def internal_flow_summary(setup: InternalFlowSetup, through: Mapping[str, PortState]) -> dict:
    """Summary of flow rates and pressures: pressure drop between the flow-averaged inlets and outlets, and mass balance."""
    flows = {kind: np.array([each.flow_rate for each in _of(through, names)]) for kind, names in _kinds(setup).items()}
    drop = pressure_drop(_of(through, list(setup.inlets)), _of(through, list(setup.outlets)))
    entering, leaving = float(flows["inlet"].sum()), float(-flows["outlet"].sum())
    return {
        "surface": setup.name, "size": np.ptp(setup.bounds, axis=0).tolist(),
        "reynolds": setup.reynolds, "viscosity": setup.units.viscosity, "voxel_size": setup.voxel_size,
        "cells": setup.domain.fluid_cells, "tiles": setup.domain.tile_count, "share_of_box": setup.share_of_box,
        "cells_across": setup.cells_across,
        "openings": {
            name: {
                "kind": "inlet" if isinstance(setup.conditions[name], Inlet) else "outlet", "area": cap.area,
                "hydraulic_diameter": cap.hydraulic_diameter, "flow_rate": through[name].flow_rate,
                "velocity": through[name].flow_rate / cap.area, "pressure": through[name].pressure,
            }
            for name, cap in setup.caps.items()
        },
        "flow_rate": entering, "pressure_drop": drop,
        "mass_balance": (entering - leaving) / entering,
    }


def _kinds(setup: InternalFlowSetup) -> dict[str, list[str]]:
    return {"inlet": list(setup.inlets), "outlet": list(setup.outlets)}


def _of(through: Mapping[str, PortState], names: Sequence[str]) -> list[PortState]:
    return [through[name] for name in names]
