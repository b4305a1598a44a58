"""Commands for flow past a body."""

from __future__ import annotations

from functools import partial

from ..estimate.device import gibibytes
from ..flows import (
    Aerodynamics,
    RunEstimate,
    SteadyResult,
    SteadyRun,
    TransientResult,
    TransientRun,
    WindTunnelSetup,
    drive_facts,
    drive_results,
    moving_facts,
    moving_results,
)
from ..flows.tunnel.blockage import BLOCKAGE_DOUBTED_ABOVE
from ..quantities import vector_text
from ..results import ResultsWriter
from .exits import running
from .jobs import Job, measured, measured_fact, numerical_facts, run_flow
from .regime import regime_facts, regime_remark, warn_of_run
from .show import announce, duration, facts, show_doubts

_EVALUATIONS = 11
"""Evaluations of an optimisation of ten iterations, as an estimate."""


class WindTunnelJob(Job):
    """Drag of a body in a wind tunnel."""

    plotted = ("drag_coefficient", "drag coefficient")

    def __init__(self, setup: WindTunnelSetup):
        self.setup = setup

    def numbers(self, estimate: RunEstimate):
        setup = self.setup
        return {
            "obstacle": setup.obstacle, "voxel_size": setup.voxel_size, "reynolds": setup.options.reynolds,
            "size": setup.body.size.tolist(), "length": setup.length, "reference_length": setup.body.reference_length,
            "frontal_area": setup.frontal_area, "reference_area": setup.body.reference_area, "blockage": setup.blockage,
            "cells_across": setup.cells_across,
            "tunnel": setup.bounds.tolist(), "shape": list(setup.shape), "cells": setup.cells, "tiles": setup.tiles,
            "memory_bytes": setup.memory, "gradient_memory_bytes": setup.gradient_memory,
            "viscosity": setup.units.viscosity, "time_step": setup.units.time_step, "mach": setup.units.mach,
            "relaxation_time": setup.units.tau, **setup.method.record,
            "crossing_steps": setup.flow_through_steps, "copy_gbs": estimate.copy_gbs,
            "expected_mlups": estimate.mlups, "expected_run_seconds": estimate.run_seconds,
            "expected_optimize_seconds": estimate.optimisation_seconds(_EVALUATIONS), "doubts": list(setup.doubts),
        }

    def show(self, found):
        setup = self.setup
        low, high = setup.bounds
        size = " x ".join(map(str, setup.shape))
        facts(f"\nTunnel around {setup.obstacle}", {
            "box": f"{vector_text(low)} to {vector_text(high)} m, free stream {setup.options.stream}",
            **setup.dimensions,
            "size across the flow": f"{setup.length:.4g} m, {setup.cells_across:.1f} cells",
            "cells": f"{size} = {setup.cells:,} of {setup.voxel_size:.4g} m, in {found['tiles']:,} tiles",
            "memory": f"{gibibytes(setup.memory)}; {gibibytes(setup.gradient_memory)} with gradients",
            **numerical_facts(setup, setup.options.reynolds, found),
            "expected duration": f"run {duration(found['expected_run_seconds'])}, "
            f"optimisation of {_EVALUATIONS} evaluations {duration(found['expected_optimize_seconds'])}",
        })
        show_doubts(setup.doubts)

    def claim(self, scene, folder, run, *, overwrite, draw, origin, resume):
        self._folder = ResultsWriter(
            folder, scene, self.setup, overwrite=overwrite, draw=draw, origin=origin, resume=resume
        )
        self._folder.over_time.require_room(self.setup, run)

    def run(self, run, start, objective, restarts):
        announce(self.setup)
        with running():
            flow, result = run_flow(self.setup, run, start, self._folder.over_time, restarts, quantity="C_d")
            drag = result.value
            found = Aerodynamics.of(flow, self.setup)
            moving = moving_results(flow) | drive_results(flow, self.setup)
            more = {**found.record, **moving, **measured(flow, objective)}
            return self._folder.finish_run(flow, drag, more, report=partial(self._report, result, run, found))

    def _report(
        self, result: SteadyResult | TransientResult, run: SteadyRun | TransientRun, found: Aerodynamics, summary: dict
    ) -> None:
        """Prints the results and what is doubtful about them."""
        warn_of_run(result, run)
        facts("", {
            "drag coefficient": f"{summary['drag_coefficient']:.4f}", **self._without_blockage(summary),
            "force along the flow": f"{summary['drag_force']:.5g} N",
            **found.facts(has_area=self.setup.body.given_area is not None),
            **moving_facts(summary), **drive_facts(summary), **measured_fact(summary), **regime_facts(result, summary),
            "steps": f"{summary['steps']}", "results": f"{self._folder.stage.path}",
        })

    def _without_blockage(self, summary: dict) -> dict[str, str]:
        """Row with the estimated drag coefficient in unbounded flow, where the body blocks much of the tunnel."""
        if self.setup.blockage <= BLOCKAGE_DOUBTED_ABOVE or not self.setup.options.all_sides.has_free_stream:
            return {}
        low, high = summary["blockage_effect"]
        free = [summary["drag_coefficient"] / (1.0 + effect) for effect in (high, low)]
        return {"in unbounded flow": f"about {free[0]:.3g} to {free[1]:.3g} (the sides raise it by {low:.0%} to {high:.0%})"}

    def line(self, summary):
        """Coefficients refer to the frontal area of each variant: compare forces."""
        return (
            f"C_d {summary['drag_coefficient']:.4f}, force {summary['drag_force']:.5g} N, "
            f"frontal area {summary['frontal_area']:.4g} m^2{regime_remark(summary)}"
        )
