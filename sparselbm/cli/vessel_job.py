"""Commands for flow in a fluid volume."""

from __future__ import annotations

from ..estimate.device import gibibytes
from ..flows import Inlet, InternalFlowRun, InternalFlowSetup
from ..flows.internal_flow import COMPRESSION_WARNING_ABOVE
from ..results import InternalFlowWriter
from .exits import running
from .jobs import Job
from .show import ProgressBar, announce, duration, err, facts, show_warnings, warn_not_converged


class InternalFlowJob(Job):
    """Flow rates and pressures at the openings of a fluid volume."""

    def __init__(self, plan: InternalFlowSetup):
        self.plan = plan

    def numbers(self, forecast):
        plan = self.plan
        return {
            "surface": plan.name, "voxel_size": plan.voxel_size, "reynolds": plan.reynolds, "flow_rate": plan.flow_rate,
            "openings": {
                name: {
                    "kind": "inlet" if isinstance(plan.conditions[name], Inlet) else "outlet", "area": cap.area,
                    "hydraulic_diameter": cap.hydraulic_diameter, "normal": cap.normal.tolist(),
                    "flow_rate": plan.flow_rates.get(name),
                }
                for name, cap in plan.caps.items()
            },
            "cells_across": plan.cells_across, "shape": list(plan.domain.shape), "cells": plan.domain.fluid_cells,
            "tiles": plan.domain.tile_count, "share_of_box": plan.share_of_box, "tile_share_of_box": plan.tile_share,
            "memory_bytes": plan.memory, "viscosity": plan.units.viscosity, "time_step": plan.units.time_step,
            "mach": plan.units.mach, "relaxation_time": plan.units.tau, "crossing_steps": plan.flow_through_steps,
            "expected_compression": plan.expected_compression, "copy_gbs": forecast.copy_gbs,
            "expected_mlups": forecast.mlups(plan), "expected_run_seconds": forecast.run_seconds(plan),
            "warnings": list(plan.warnings),
        }

    def show(self, found):
        plan = self.plan
        size = " x ".join(map(str, plan.domain.shape))
        facts(f"\nFluid volume {plan.name}", {
            "cells": f"{plan.domain.fluid_cells:,} of {plan.voxel_size:.4g} m",
            "narrowest opening": f"{plan.cells_across:.1f} cells across",
            "tiles": f"{plan.domain.tile_count:,}, {plan.cells:,} cells",
            "box": f"{size} cells; the fluid fills {plan.share_of_box:.2%} of it, its tiles {plan.tile_share:.2%}",
            **{f"{each['kind']} {name}": _opening(each) for name, each in found["openings"].items()},
            "memory": gibibytes(plan.memory),
            "time step": f"{plan.units.time_step:.4g} s",
            "Reynolds number": f"{plan.reynolds:g} (viscosity {plan.units.viscosity:.4g} m^2/s)",
            "Mach number": f"{plan.units.mach:.3f}",
            "relaxation time": f"{plan.units.tau:.4f} steps",
            "expected speed": f"{found['expected_mlups']:.0f} MLUPS (memory copy {found['copy_gbs']:.1f} GB/s)",
            "expected duration": f"run {duration(found['expected_run_seconds'])}",
        })
        show_warnings(plan)

    def claim(self, scene, folder, *, overwrite, draw):
        self._folder = InternalFlowWriter(folder, scene, self.plan, overwrite=overwrite, draw=draw)

    def run(self, steady_run, device, start):
        flow = InternalFlowRun(self.plan, steady_run)
        if start is not None:
            start.begin(flow.simulation, self.plan.units)
        announce(self.plan, device)
        with running():
            with ProgressBar(self.plan, quantity="outflow over inflow") as work:
                flow.on_progress = lambda steps, share, rate: work.step("flow", steps, share, rate)
                through = flow.run()
            summary = self._folder.finish_run(flow, through)
        warn_not_converged(summary, steady_run, "flow rates or pressures at the openings")
        if summary["compression"] > COMPRESSION_WARNING_ABOVE:
            err.print(
                f"Warning: the density changes by {summary['compression']:.1%} along the flow, limit "
                f"{COMPRESSION_WARNING_ABOVE:.0%}: pressures have a relative error of about this size; use a smaller "
                "--lattice-velocity",
                style="yellow", highlight=False,
            )
        facts("", {
            **{
                f"{each['kind']} {name}": f"{each['flow_rate']:+.5g} m^3/s, {each['pressure']:.5g} Pa"
                for name, each in summary["openings"].items()
            },
            "pressure drop": f"{summary['pressure_drop']:.5g} Pa",
            "mass balance": f"{summary['mass_balance']:+.2%} of the inflow does not leave",
            **_shear(summary), "steps": f"{summary['steps']}", "results": f"{self._folder.stage.path}",
        })
        return summary

    def line(self, summary):
        return f"pressure drop {summary['pressure_drop']:.5g} Pa, flow rate {summary['flow_rate']:.5g} m^3/s"


def _opening(each: dict) -> str:
    rate = "" if each["flow_rate"] is None else f", {each['flow_rate']:.4g} m^3/s"
    return f"{each['area']:.4g} m^2, {each['hydraulic_diameter']:.4g} m across{rate}"


def _shear(summary: dict) -> dict[str, str]:
    if "wall_shear_mean" not in summary:
        return {}
    return {"wall shear stress": f"mean {summary['wall_shear_mean']:.4g} Pa, maximum {summary['wall_shear_max']:.4g} Pa"}
