"""Printed regime of a flow: steady, periodic or drifting, and how far its velocity field still changes."""

from math import isfinite

from ..design import GridCheck
from ..flows import DriftingFlow, PeriodicFlow, SteadyFlow, SteadyResult, SteadyRun, TransientResult, TransientRun
from .show import err

_OF_BODIES = ("[N]", "[N m]", "[W]", "[m]", "[m/s]", "[rad/s]")
"""Units of the forces, which their coefficients repeat, and of the values of moving bodies, which have their own rows."""
_FIELD_WARNING_ABOVE = 0.01
"""Change of the velocity over an interval, relative to the largest velocity, above which drawn fields are warned of."""


def regime_facts(result: SteadyResult | TransientResult, summary: dict) -> dict[str, str]:
    """Rows of the printed table of a run, with the Strouhal number of the summary if it has one."""
    number = f", Strouhal number {_strouhal(summary)}" if "strouhal" in summary else ""
    return _steady_facts(result, number) if isinstance(result, SteadyResult) else _statistics_facts(result, number)


def _steady_facts(steady: SteadyResult, number: str) -> dict[str, str]:
    regime = steady.regime
    if not isinstance(regime, PeriodicFlow):
        change = {"change of velocity": f"at most {_change(steady)}"} if isfinite(steady.field.share) else {}
        return {"flow": regime.name, **change}
    error = 100.0 * regime.frequency.error / regime.frequency.value
    return {
        "flow": f"periodic, period {regime.period:.4g} s (within {error:.1g} %){number}, measured over {regime.periods} periods",
        **{f"mean {each.name}": f"{each.mean}, amplitude {each.amplitude}" for each in regime.oscillations},
    }


def _strouhal(summary: dict) -> str:
    return f"{summary['strouhal']:.4f} +- {summary['strouhal_error']:.1g}"


def _statistics_facts(result: TransientResult, number: str) -> dict[str, str]:
    """Statistics of all values but those of `_OF_BODIES`."""
    found = result.statistics
    if found is None:
        return {"flow": f"run for {result.run.duration:.4g} s"}
    periods = f", {found.periods} whole periods" if found.periods else ""
    frequency = {} if found.frequency is None else {"frequency": f"{found.frequency} 1/s of {found.leading}{number}"}
    return {
        "flow": f"run for {result.run.duration:.4g} s", "statistics": f"from {found.begin:.4g} to {found.end:.4g} s{periods}",
        **frequency,
        **{
            f"mean {each.name}": f"{each.mean}, rms {each.rms:.3g}, from {each.lowest:.4g} to {each.highest:.4g}"
            for each in found.values if not each.name.endswith(_OF_BODIES)
        },
    }


def warn_of_run(result: SteadyResult | TransientResult, run: SteadyRun | TransientRun) -> None:
    """Prints a warning if a flow run to steady state is not steady, or if a run has too few values for statistics."""
    if isinstance(result, SteadyResult) and isinstance(run, SteadyRun):
        warn_of_regime(result, run)
    elif isinstance(result, TransientResult) and result.statistics is None:
        warn(
            f"no statistics: fewer than 16 values were recorded between {result.run.statistics_begin:.4g} s and "
            f"{result.run.duration:.4g} s; use a smaller --record-every, or an earlier --statistics-from"
        )


def warn_of_regime(steady: SteadyResult, steady_run: SteadyRun) -> None:
    """Prints a warning if a flow is not steady, or if only its monitored values are."""
    warn(regime_doubt(steady, steady_run))


def regime_doubt(steady: SteadyResult, steady_run: SteadyRun) -> str:
    """Warning about a flow that is not steady, or whose monitored values alone are; else an empty text."""
    regime = steady.regime
    if isinstance(regime, PeriodicFlow):
        return (
            f"the flow is periodic, not steady: values are means over {regime.periods} periods of {regime.period:.4g} s, and "
            "drawn fields show one instant"
        )
    if isinstance(regime, DriftingFlow):
        return f"not converged after {steady.steps} steps: {_drift(steady, regime, steady_run)}; increase --max-steps"
    if steady.field.share > _FIELD_WARNING_ABOVE:
        return (
            f"forces and flow rates are steady, but the velocity still changes by {_change(steady)}, limit "
            f"{_FIELD_WARNING_ABOVE:.0%}: use --until field for drawn results"
        )
    return ""


def _change(steady: SteadyResult) -> str:
    """Largest change of the velocity, and its place."""
    place = ", ".join(f"{x:.4g}" for x in steady.field.at)
    return f"{steady.field.share:.2%} of the largest velocity per interval, at ({place}) m"


def _drift(steady: SteadyResult, regime: DriftingFlow, steady_run: SteadyRun) -> str:
    if not isfinite(steady.change):
        return f"convergence takes at least {steady_run.least_steps} steps"
    how = "oscillate, and have no period yet," if regime.is_oscillating else "still change"
    return f"the monitored values {how} by {steady.change:.1e} of their size per interval, limit {steady_run.tolerance:.1e}"


def regime_remark(summary: dict) -> str:
    """Addition to a line of a table of variants whose flow is not steady."""
    return "" if summary["converged"] else f" ({summary['regime']}, not steady)"


def grid_remark(check: GridCheck) -> str:
    """Addition to the line of a grid check with flows that are not steady; a periodic one counts by its mean."""
    others = [each for each in dict.fromkeys(check.regimes) if each != SteadyFlow.name]
    return f" (flow on the finer grid: {', '.join(others)})" if others else ""


def warn(text: str) -> None:
    """Prints a warning; nothing for an empty text."""
    if text:
        err.print(f"Warning: {text}", style="yellow", highlight=False, markup=False)
