"""Commands for flow past a body."""

from __future__ import annotations

import numpy as np

from ..estimate.device import gibibytes
from ..flows import WindTunnelRun, WindTunnelSetup
from ..layout import TileLayout
from ..results import ResultsWriter
from .exits import running
from .jobs import Job
from .show import ProgressBar, announce, duration, facts, show_warnings, warn_not_converged

_EVALUATIONS = 11
"""Evaluations of an optimisation of ten iterations, as an estimate."""


class WindTunnelJob(Job):
    """Drag of a body in a wind tunnel."""

    def __init__(self, plan: WindTunnelSetup):
        self.plan = plan

    def numbers(self, forecast):
        plan = self.plan
        return {
            "obstacle": plan.obstacle, "voxel_size": plan.voxel_size, "reynolds": plan.tunnel.reynolds,
            "length": plan.length, "frontal_area": plan.frontal_area, "cells_across": plan.cells_across,
            "tunnel": plan.bounds.tolist(), "shape": list(plan.shape), "cells": plan.cells,
            "tiles": plan.cells // TileLayout(3).cells,
            "memory_bytes": plan.memory, "gradient_memory_bytes": plan.gradient_memory,
            "viscosity": plan.units.viscosity, "time_step": plan.units.time_step, "mach": plan.units.mach,
            "relaxation_time": plan.units.tau, "crossing_steps": plan.flow_through_steps, "copy_gbs": forecast.copy_gbs,
            "expected_mlups": forecast.mlups(plan), "expected_run_seconds": forecast.run_seconds(plan),
            "expected_optimize_seconds": forecast.study_seconds(plan, _EVALUATIONS), "warnings": list(plan.warnings),
        }

    def show(self, found):
        plan = self.plan
        low, high = plan.bounds
        size = " x ".join(map(str, plan.shape))
        facts(f"\nTunnel around {plan.obstacle}", {
            "box": f"{_point(low)} to {_point(high)} m, flow along +{'xyz'[plan.tunnel.axis]}",
            "size across the flow": f"{plan.length:.4g} m, {plan.cells_across:.1f} cells",
            "frontal area": f"{plan.frontal_area:.4g} m^2",
            "cells": f"{size} = {plan.cells:,} of {plan.voxel_size:.4g} m, in {found['tiles']:,} tiles",
            "memory": f"{gibibytes(plan.memory)}; {gibibytes(plan.gradient_memory)} with gradients",
            "time step": f"{plan.units.time_step:.4g} s",
            "Reynolds number": f"{plan.tunnel.reynolds:g} (viscosity {plan.units.viscosity:.4g} m^2/s)",
            "Mach number": f"{plan.units.mach:.3f}",
            "relaxation time": f"{plan.units.tau:.4f} steps",
            "expected speed": f"{found['expected_mlups']:.0f} MLUPS (memory copy {found['copy_gbs']:.1f} GB/s)",
            "expected duration": f"run {duration(found['expected_run_seconds'])}, "
            f"optimisation of {_EVALUATIONS} evaluations {duration(found['expected_optimize_seconds'])}",
        })
        show_warnings(plan)

    def claim(self, scene, folder, *, overwrite, draw):
        self._folder = ResultsWriter(folder, scene, self.plan, overwrite=overwrite, draw=draw)

    def run(self, steady_run, device, start):
        flow = WindTunnelRun(self.plan, steady_run, device)
        if start is not None:
            start.begin(flow.simulation, self.plan.units)
        announce(self.plan, device)
        with running():
            with ProgressBar(self.plan) as work:
                flow.on_progress = work.step
                drag = flow.drag()
            summary = self._folder.finish_run(flow, drag)
        warn_not_converged(summary, steady_run, "the drag")
        facts("", {
            "drag coefficient": f"{drag:.4f}", "force along the flow": f"{summary['drag_force']:.5g} N",
            "steps": f"{summary['steps']}", "results": f"{self._folder.stage.path}",
        })
        return summary

    def line(self, summary):
        """Coefficients refer to the frontal area of each variant: compare forces."""
        return (
            f"C_d {summary['drag_coefficient']:.4f}, force {summary['drag_force']:.5g} N, "
            f"frontal area {summary['frontal_area']:.4g} m^2"
        )


def _point(x: np.ndarray) -> str:
    return "(" + ", ".join(f"{each:.4g}" for each in x) + ")"
