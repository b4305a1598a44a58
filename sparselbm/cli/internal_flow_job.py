"""Commands for flow in a fluid volume."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from ..estimate.device import gibibytes
from ..flows import Inlet, InternalFlowSetup, RunEstimate, SteadyResult, SteadyRun, TransientResult, TransientRun
from ..flows.compression import COMPRESSION_WARNING_ABOVE
from ..quantities import flow_rate_text, pressure_text
from ..results import InternalFlowWriter
from .exits import running
from .jobs import Job, measured, measured_fact, numerical_facts, run_flow
from .regime import regime_facts, regime_remark, warn_of_run
from .show import announce, duration, err, facts, show_doubts

MASS_WARNING_ABOVE = 1e-3
"""Difference between inflow and outflow of a steady flow, relative to the inflow, above which a warning is printed."""

INFLOW_WARNING_ABOVE = 0.01
"""Deviation of the flow rate inside an inlet from the prescribed one above which a warning is printed."""


class InternalFlowJob(Job):
    """Flow rates and pressures at the openings of a fluid volume."""

    plotted = ("pressure_drop", "pressure drop [Pa]")

    def __init__(self, setup: InternalFlowSetup):
        self.setup = setup

    def numbers(self, estimate: RunEstimate):
        setup = self.setup
        return {
            "surface": setup.name, "size": np.ptp(setup.bounds, axis=0).tolist(),
            "voxel_size": setup.voxel_size, "reynolds": setup.reynolds, "flow_rate": setup.flow_rate,
            "openings": {
                name: {
                    "kind": "inlet" if isinstance(setup.conditions[name], Inlet) else "outlet", "area": cap.area,
                    "hydraulic_diameter": cap.hydraulic_diameter, "normal": cap.normal.tolist(),
                    "flow_rate": setup.flow_rates.get(name), "condition": str(setup.conditions[name]),
                }
                for name, cap in setup.caps.items()
            },
            "cells_across": setup.cells_across, "shape": list(setup.domain.shape), "cells": setup.domain.fluid_cells,
            "tiles": setup.tiles, "share_of_box": setup.share_of_box, "tile_share_of_box": setup.tile_share,
            "memory_bytes": setup.memory, "viscosity": setup.units.viscosity, "time_step": setup.units.time_step,
            "mach": setup.units.mach, "relaxation_time": setup.units.tau, **setup.method.record,
            "crossing_steps": setup.flow_through_steps,
            "expected_compression": setup.expected_compression, "copy_gbs": estimate.copy_gbs,
            "expected_mlups": estimate.mlups, "expected_run_seconds": estimate.run_seconds,
            "doubts": list(setup.doubts),
        }

    def show(self, found):
        setup = self.setup
        size = " x ".join(map(str, setup.domain.shape))
        facts(f"\nFluid volume {setup.name}", {
            **setup.dimensions,
            "cells": f"{setup.domain.fluid_cells:,} of {setup.voxel_size:.4g} m",
            "narrowest opening": f"{setup.cells_across:.1f} cells across",
            "tiles": f"{setup.tiles:,}, {setup.cells:,} cells",
            "box": f"{size} cells; the fluid fills {setup.share_of_box:.2%} of it, its tiles {setup.tile_share:.2%}",
            "memory": gibibytes(setup.memory),
            **numerical_facts(setup, setup.reynolds, found),
            "expected duration": f"run {duration(found['expected_run_seconds'])}",
        })
        show_doubts(setup.doubts)

    def claim(self, scene, folder, run, *, overwrite, draw, origin, resume):
        self._folder = InternalFlowWriter(
            folder, scene, self.setup, overwrite=overwrite, draw=draw, origin=origin, resume=resume
        )
        self._folder.over_time.require_room(self.setup, run)

    def run(self, run, start, objective, restarts):
        announce(self.setup)
        quantity = "outflow over inflow" if isinstance(run, SteadyRun) else "pressure drop [Pa]"
        with running():
            flow, result = run_flow(self.setup, run, start, self._folder.over_time, restarts, quantity=quantity)
            return self._folder.finish_run(flow, measured(flow, objective), report=partial(self._report, result, run))

    def _report(self, result: SteadyResult | TransientResult, run: SteadyRun | TransientRun, summary: dict) -> None:
        """Prints the results and what is doubtful about them."""
        warn_of_run(result, run)
        if summary["compression"] > COMPRESSION_WARNING_ABOVE:
            _warn(
                f"Warning: the density changes by {summary['compression']:.1%} along the flow, limit "
                f"{COMPRESSION_WARNING_ABOVE:.0%}: pressures have a relative error of about this size; use a smaller "
                "--lattice-velocity"
            )
        _warn_of_mass(summary)
        _warn_of_inflow(self.setup.flow_rates, summary)
        facts("", {
            **{
                f"{each['kind']} {name}": f"{flow_rate_text(each['flow_rate'], '+')}, {pressure_text(each['pressure'])}"
                for name, each in summary["openings"].items()
            },
            "pressure drop": pressure_text(summary["pressure_drop"]),
            "mass balance": f"{summary['mass_balance']:+.2%} of the inflow does not leave",
            **_shear(summary), **measured_fact(summary), **regime_facts(result, summary), "steps": f"{summary['steps']}",
            "results": f"{self._folder.stage.path}",
        })

    def line(self, summary):
        remark = regime_remark(summary)
        drop, rate = pressure_text(summary["pressure_drop"]), flow_rate_text(summary["flow_rate"])
        return f"pressure drop {drop}, flow rate {rate}{remark}"


def _warn(message: str) -> None:
    err.print(message, style="yellow", highlight=False)


def _warn_of_mass(summary: dict) -> None:
    if summary.get("converged") and abs(summary["mass_balance"]) > MASS_WARNING_ABOVE:
        _warn(
            f"Warning: inflow and outflow differ by {abs(summary['mass_balance']):.2%}, limit {MASS_WARNING_ABOVE:.1%}: walls at "
            "their exact positions do not conserve mass exactly, so that flow rates and pressures have errors of at least this "
            "size; use a smaller --voxel-size"
        )


def _warn_of_inflow(prescribed: Mapping[str, float], summary: dict) -> None:
    """Warns of inlets whose flow inside differs from the prescribed one, since a part of it passes the wall at the rim."""
    for name, rate in prescribed.items() if summary.get("converged") else ():
        error = summary["openings"][name]["flow_rate"] / rate - 1.0
        if abs(error) > INFLOW_WARNING_ABOVE:
            _warn(
                f"Warning: the flow rate of {name} is {error:+.1%} off the prescribed one, limit {INFLOW_WARNING_ABOVE:.0%}: the "
                "wall at its rim takes up or adds a part of it; use a smaller --voxel-size, or a laminar profile"
            )


def _shear(summary: dict) -> dict[str, str]:
    names = {
        "wall_shear": ("wall shear stress", " Pa"), "wall_shear_average": ("time-averaged wall shear stress", " Pa"),
        "oscillatory_shear_index": ("oscillatory shear index", ""),
    }
    return {
        words: f"mean {summary[f'{name}_mean']:.4g}{unit}, maximum {summary[f'{name}_max']:.4g}{unit}; 5 % of the area below "
        f"{summary[f'{name}_percentiles']['p5']:.4g}{unit}, half below {summary[f'{name}_percentiles']['p50']:.4g}{unit}, 95 % "
        f"below {summary[f'{name}_percentiles']['p95']:.4g}{unit}"
        for name, (words, unit) in names.items() if f"{name}_mean" in summary
    }
