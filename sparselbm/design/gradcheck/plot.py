"""Plot of the gradient checks."""

import os

import numpy as np

from .gradcheck import GradcheckReport


def plot(path: str | os.PathLike[str], report: GradcheckReport) -> None:
    """Plots the Taylor remainder, the objective over the sweep with its cubic, and gradient and trend; PNG or SVG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 3.2), layout="constrained")
    first, second, third = figure.subplots(1, 3)
    if report.taylor is not None:
        steps, remainders = report.taylor.steps, report.taylor.remainders
        first.loglog(steps, remainders, "o-", label=f"order {report.taylor.order:.3f}")
        first.loglog(steps, remainders[0] * (steps / steps[0]) ** 2, "k--", lw=0.8, label="order 2")
        first.set(title="Taylor remainder", xlabel="step [cells]")
    if report.trend is not None:
        found = report.trend
        fine = np.linspace(found.places[0], found.places[-1], 200)
        second.plot(found.places, found.values, "o", label="objective")
        second.plot(fine, found.cubic(fine), "k-", lw=0.8, label="cubic")
        second.set(title=f"objective, roughness {found.roughness:.1e}", xlabel="along the gradient [cells]")
        third.plot(found.places, found.slopes, "o", label="gradient")
        third.plot(fine, found.cubic.deriv()(fine), "k-", lw=0.8, label="trend")
        third.set(title="slope", xlabel="along the gradient [cells]")
    for axes in (first, second, third):
        axes.grid(alpha=0.3)
        if axes.has_data():
            axes.legend(fontsize="small")
    figure.savefig(path, dpi=150)
