"""Fields between grids: a fine run starts from the coarse one's flow, and profiles are read off."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.interpolate import RegularGridInterpolator

from sparselbm.observe import Observable
from sparselbm.observe.evaluation import Evaluation
from sparselbm.solver import Simulation


def start_from(fine: Simulation, coarse: Simulation, *, speed_ratio: float = 1.0) -> None:
    """Sets the flow of another run, interpolated at the same places [m] and scaled to another lattice speed.

    Velocity scales with the speed, rho - 1 with its square; populations start in equilibrium.
    """
    at = fine.domain.cell_centres()
    density = on_box(coarse, coarse.density() - 1.0)(at) * speed_ratio**2
    fine.set_state(1.0 + density, on_box(coarse, coarse.velocity())(at) * speed_ratio)


def add_stress(simulation: Simulation, gradient: np.ndarray) -> None:
    """Adds the populations of the viscous stress to a state that was set in equilibrium, so that no sound rings at first.

    f_q += (1 - 1/tau) f_q^neq with f_q^neq = -3 w_q tau sum_ab c_a c_b d_a u_b, for a velocity without divergence whose gradient
    [a][b] = d_a u_b [1 / step] is given, (n, cells, d, d). What is stored has been relaxed: hence 1 - 1/tau.
    Source: Skordos, Phys. Rev. E 48 (1993) 4823, section III.
    """
    lattice, domain = simulation.lattice, simulation.domain
    tau = 3.0 * simulation.parameter("viscosity") + 0.5
    c, w = np.array(lattice.velocities, dtype=float), np.array(lattice.weights)
    stress = -3.0 * (tau - 1.0) * np.einsum("q,qa,qb,nxab->nqx", w, c, c, gradient)
    values = simulation.state.populations.numpy()
    values[: stress.size] += (stress * domain.fluid[:, None]).ravel().astype(values.dtype)
    simulation.state.populations.assign(values)


def on_box(simulation: Simulation, field: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A field of the cells as a function of place [m], (..., d); beyond the outermost centres the value there."""
    domain = simulation.domain
    axes = [x + (np.arange(n) + 0.5) * domain.voxel_size for x, n in zip(domain.origin, domain.shape, strict=False)]
    inner = RegularGridInterpolator(axes, domain.dense(field))
    low, high = np.array([x[0] for x in axes]), np.array([x[-1] for x in axes])
    return lambda places: inner(np.clip(places, low, high))


def steady_run(simulation: Simulation, tolerance: float, *, stretch: int, limit: int) -> None:
    """Runs until u changes by less than `tolerance` of its largest value over a stretch of steps."""
    before = simulation.velocity()
    while simulation.steps < limit:
        simulation.run(stretch)
        after = simulation.velocity()
        change = np.abs(after - before).max() / np.abs(after).max()
        if change <= tolerance:
            return
        before = after
    raise AssertionError(f"not steady within {limit} steps: u still changes by {change:.1e} over {stretch}")


def extremum(x: np.ndarray, values: np.ndarray, sign: int) -> tuple[float, float]:
    """Place and value of the largest (`sign` 1) or least (-1) value, by the parabola through three points."""
    k = int(np.argmax(sign * values))
    a, b, c = np.polyfit(x[k - 1 : k + 2] - x[k], values[k - 1 : k + 2], 2)
    return float(x[k] - 0.5 * b / a), float(c - 0.25 * b * b / a)


def force_series(
    simulation: Simulation, forces: Sequence[Observable], steps: float, stretch: float, also: Callable[[], float] | None = None
) -> list[np.ndarray]:
    """Runs; times [steps], each of the forces, and what `also` gives, sampled after every stretch."""
    evaluations, samples = [Evaluation(simulation, force) for force in forces], []
    for _ in range(round(steps / stretch)):
        simulation.run(round(stretch))
        for evaluation in evaluations:
            evaluation.add(simulation.state.populations)
        values = [evaluation.take() for evaluation in evaluations]
        samples.append([simulation.steps, *values, *([] if also is None else [also()])])
    return list(np.array(samples).T)
