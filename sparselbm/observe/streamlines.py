"""Streamlines of a sampled velocity field: dx/ds = u(x) / |u(x)|, by the classical Runge-Kutta method.

The line is integrated over its length s instead of time, so that points are evenly spaced in slow regions too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Sampler = Callable[[np.ndarray], np.ndarray]


def trace_streamlines(
    sample: Sampler, seeds: np.ndarray, step: float, count: int, *, min_speed: float = 1e-6
) -> list[np.ndarray]:
    """Integrates all lines together, downstream for a positive step and upstream for a negative one.

    Args:
        sample: Returns the velocity (k, 3) at positions (k, 3) [m]; NaN outside the flow.
        seeds: Starting points of the lines [m], shape (n, 3).
        step: Length of a step [m], positive or negative.
        count: Largest number of steps per line.
        min_speed: A line ends where the speed falls to this fraction of the highest speed at the seeds.

    Returns:
        One polyline per seed, in order, each of shape (k, 3) with 1 <= k <= count + 1; k = 1 if the seed
        lies outside the flow or in fluid at rest.

    Raises:
        ValueError: `seeds`, `step` or `count` are not as described.
    """
    seeds = np.array(seeds, dtype=np.float64)
    if seeds.ndim != 2 or seeds.shape[1] != 3:
        raise ValueError(f"seeds has the shape {seeds.shape}, but must be positions of shape (n, 3)")
    if not (np.isfinite(step) and step != 0.0) or count < 1:
        raise ValueError(f"step is {step} and count is {count}: the step must be finite and not 0, the count at least 1")
    if not len(seeds):
        return []
    slowest = min_speed * np.nanmax(np.linalg.norm(sample(seeds), axis=1), initial=0.0)
    track = np.full((len(seeds), count + 1, 3), np.nan)
    track[:, 0] = seeds
    lengths = np.ones(len(seeds), dtype=int)
    moving = np.arange(len(seeds))
    for number in range(1, count + 1):
        ahead = _advance(sample, track[moving, number - 1], step, slowest)
        alive = np.isfinite(ahead).all(axis=1)
        moving = moving[alive]
        if not len(moving):
            break
        track[moving, number] = ahead[alive]
        lengths[moving] = number + 1
    return [line[:length].copy() for line, length in zip(track, lengths)]


def _advance(sample: Sampler, x: np.ndarray, step: float, slowest: float) -> np.ndarray:
    """One step of every point (k, 3); NaN for points that leave the flow during the step."""
    k1 = _direction(sample, x, slowest)
    k2 = _direction(sample, x + 0.5 * step * k1, slowest)
    k3 = _direction(sample, x + 0.5 * step * k2, slowest)
    k4 = _direction(sample, x + step * k3, slowest)
    return x + step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def _direction(sample: Sampler, x: np.ndarray, slowest: float) -> np.ndarray:
    """u / |u|; NaN where u or x is NaN, or where the fluid is at rest."""
    result = np.full_like(x, np.nan)
    known = np.isfinite(x).all(axis=1)
    if known.any():
        velocity = np.asarray(sample(x[known]), dtype=np.float64)
        speed = np.linalg.norm(velocity, axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            result[known] = np.where(speed > slowest, velocity / speed, np.nan)
    return result
