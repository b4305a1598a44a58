"""Printed regime of a flow: steady, periodic or drifting, and how far its velocity field still changes."""

from math import isfinite

from ..design import GridCheck
from ..flows import DriftingFlow, PeriodicFlow, SteadyFlow, SteadyResult, SteadyRun
from .show import err

_FIELD_WARNING_ABOVE = 0.01
"""Change of the velocity over an interval, relative to the largest velocity, above which drawn fields are warned of."""


def regime_facts(steady: SteadyResult, strouhal: float | None = None) -> dict[str, str]:
    """Rows of the printed table of a run; `strouhal`: Strouhal number of a periodic flow."""
    regime = steady.regime
    if not isinstance(regime, PeriodicFlow):
        change = {"change of velocity": f"at most {_change(steady)}"} if isfinite(steady.field.share) else {}
        return {"flow": regime.name, **change}
    number = "" if strouhal is None else f", Strouhal number {strouhal:.4f}"
    error = 100.0 * regime.frequency.error / regime.frequency.value
    return {
        "flow": f"periodic, period {regime.period:.4g} s (within {error:.1g} %){number}, measured over {regime.periods} periods",
        **{f"mean {each.name}": f"{each.mean}, amplitude {each.amplitude}" for each in regime.oscillations},
    }


def warn_of_regime(steady: SteadyResult, steady_run: SteadyRun) -> None:
    """Prints a warning if a flow is not steady, or if only its monitored values are."""
    regime = steady.regime
    if isinstance(regime, PeriodicFlow):
        _warn(
            f"the flow is periodic, not steady: values are means over {regime.periods} periods of {regime.period:.4g} s, and "
            "drawn fields show one instant"
        )
    elif isinstance(regime, DriftingFlow):
        _warn(f"not converged after {steady.steps} steps: {_drift(steady, regime, steady_run)}; increase --max-steps")
    elif steady.field.share > _FIELD_WARNING_ABOVE:
        _warn(
            f"forces and flow rates are steady, but the velocity still changes by {_change(steady)}, limit "
            f"{_FIELD_WARNING_ABOVE:.0%}: use --until field for drawn results"
        )


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


def _warn(text: str) -> None:
    err.print(f"Warning: {text}", style="yellow", highlight=False, markup=False)
