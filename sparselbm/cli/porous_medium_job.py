"""Commands for the permeability of a voxel image."""

from __future__ import annotations

from typing import Any

from ..errors import OptionError, SparselbmError
from ..estimate.device import gibibytes
from ..flows import PorousMediumSetup, RunEstimate, SteadyRun
from ..flows.pores.permeability import DARCY
from ..flows.pores.porous_medium import CREEPING
from ..results import PorousMediumWriter
from .exits import running, spoken
from .jobs import Job, numerical_facts
from .permeability_runs import MeasuredPermeability, PermeabilityRuns
from .regime import warn
from .show import announce, duration, err, facts, out, show_doubts


class PorousMediumJob(Job):
    """Permeability of a voxel image along one axis or all three, with an estimate of its error."""

    def __init__(self, setup: PorousMediumSetup):
        self.setup = setup

    def numbers(self, estimate: RunEstimate):
        setup, options = self.setup, self.setup.options
        runs = setup.runs
        return {
            **_image_record(setup), "memory_bytes": setup.memory,
            "viscosity": options.viscosity, "time_step": setup.units.time_step, "mach": setup.units.mach,
            "relaxation_time": setup.units.tau, "collision": str(options.collision), "lattice": options.lattice.name,
            "method_reason": "the permeability does not depend on the viscosity", "copy_gbs": estimate.copy_gbs,
            "expected_mlups": estimate.mlups, "expected_run_seconds": len(runs) * estimate.run_seconds,
            "doubts": list(setup.doubts),
        }

    def show(self, found):
        setup = self.setup
        facts("\nPorous medium", {
            **setup.dimensions,
            "cells": f"{setup.domain.fluid_cells:,}",
            "tiles": f"{setup.tiles:,}, {setup.cells:,} cells",
            "memory": gibibytes(setup.memory),
            **numerical_facts(setup, setup.options.reynolds, found),
            "runs": f"along {', '.join('xyz'[each.axis] for each in setup.runs)}; {self._second}",
            "expected duration": f"{duration(found['expected_run_seconds'])} without the runs for the error",
        })
        show_doubts(setup.doubts)

    @property
    def _second(self) -> str:
        estimate = self.setup.options.error_estimate
        return "no estimate of the error" if estimate is None else f"error from a second run each, {estimate.words}"

    def claim(self, scene, folder, run, *, overwrite, draw, origin, resume):
        self._folder = PorousMediumWriter(folder, scene, self.setup, overwrite=overwrite, draw=draw, origin=origin, resume=resume)

    def run(self, run, start, objective, restarts):
        assert isinstance(run, SteadyRun), "a case refuses a duration of a creeping flow"
        if start is not None:
            raise OptionError("--restart: the flow through an image begins at rest, once for each axis: remove the option")
        announce(self.setup)
        found: dict[str, dict[str, Any]] = {}
        with running():
            runs, drawn = PermeabilityRuns(run, restarts), None
            for setup in self.setup.runs:
                axis = "xyz"[setup.axis]
                if drawn is None:
                    drawn, first = runs.kept(setup, f"along {axis}")
                    self._folder.add_flow(drawn)
                else:
                    first = runs.result(setup, f"along {axis}")
                found[axis] = {**_record(first), **self._error(setup, first, runs)}
                warn(first.doubt)
            for axis in self.setup.options.axes:
                found.setdefault("xyz"[axis], {"permeability": 0.0, "permeability_darcy": 0.0, "converged": True})
            assert drawn is not None
            results = {**_image_record(self.setup), "axes": found, "converged": _all_converged(found)}
            return self._folder.finish(drawn, results, report=self._report)

    def _report(self, summary: dict) -> None:
        """Prints the results and what is doubtful about them."""
        found = summary["axes"]
        _warn_of_inertia(found)
        facts("", {
            **{f"permeability along {axis}": _text(each) for axis, each in found.items()},
            **_tensor(found),
            "Reynolds number of the pores": ", ".join(f"{each['reynolds']:.2g}" for each in found.values() if "reynolds" in each),
            "steps": ", ".join(str(each["steps"]) for each in found.values() if "steps" in each),
            "results": f"{self._folder.stage.path}",
        })

    def _error(self, setup: PorousMediumSetup, first: MeasuredPermeability, runs: PermeabilityRuns) -> dict[str, Any]:
        """Estimated error of the permeability; the reason where there is none."""
        estimate = setup.options.error_estimate
        if estimate is None:
            return {}
        try:
            second_setup = estimate.second(setup)
        except SparselbmError as error:
            out.print(f"no estimate of the error with {estimate.words}: {spoken(str(error))}", highlight=False, markup=False)
            return {}
        second = runs.result(second_setup, f"along {'xyz'[setup.axis]} with {estimate.words}").permeability
        return {
            "error": estimate.error(first.permeability, second), "second_permeability": second.square_metres,
            "second_run": estimate.words,
        }

    def line(self, summary):
        return "; ".join(f"{axis} {_text(each)}" for axis, each in summary["axes"].items())


def _image_record(setup: PorousMediumSetup) -> dict[str, Any]:
    """Properties of the image."""
    return {
        "image": list(setup.pores.pore.shape), "voxel_size": setup.voxel_size, "read_as": setup.read_as,
        "sides": type(setup.options.sides).__name__, "porosity": setup.pores.porosity,
        "connected_porosity": dict(zip("xyz", setup.pores.connected_porosity)), "isolated_share": setup.isolated_share,
        "typical_width": setup.typical_width, "narrowest_width": setup.narrowest_width, "cells": setup.domain.fluid_cells,
        "tiles": setup.tiles,
    }


def _record(first: MeasuredPermeability) -> dict[str, Any]:
    found = first.permeability
    return {
        "permeability": found.square_metres, "permeability_darcy": found.darcy, "permeability_voxels": found.voxels_squared,
        "column": [each * found.voxel_size**2 for each in found.column], "reynolds": found.reynolds, **first.steady,
    }


def _all_converged(found: dict[str, dict[str, Any]]) -> bool:
    return all(each["converged"] for each in found.values())


def _text(each: dict[str, Any]) -> str:
    if "column" not in each:
        return "0, since no path of pores leads along it"
    error = f" +- {each['error'] / DARCY:.2g}" if "error" in each else ""
    how = f" (error from {each['second_run']})" if "error" in each else ""
    state = "" if each["converged"] else ", not converged"
    return (
        f"{each['permeability_darcy']:.4g}{error} darcy = {each['permeability']:.4g} m^2 = "
        f"{each['permeability_voxels']:.4g} voxel^2{how}{state}"
    )


def _tensor(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Rows of the tensor [darcy], where all columns are known."""
    if set(found) != set("xyz"):
        return {}
    columns = [found[axis].get("column", [0.0] * 3) for axis in "xyz"]
    rows = zip(*columns)
    return {f"tensor, row {axis} [darcy]": ", ".join(f"{k / DARCY:.4g}" for k in row) for axis, row in zip("xyz", rows)}


def _warn_of_inertia(found: dict[str, dict[str, Any]]) -> None:
    fastest = max((each["reynolds"] for each in found.values() if "reynolds" in each), default=0.0)
    if fastest > CREEPING:
        err.print(
            f"Warning: the Reynolds number of the pores is {fastest:.2g}, above the limit of {CREEPING:g} of creeping flow: the "
            "permeability is too small by the inertia of the flow; give a smaller Reynolds number in Python (PorousMedium)",
            style="yellow", highlight=False,
        )
