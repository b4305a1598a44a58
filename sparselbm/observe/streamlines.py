"""Streamlines of a sampled velocity field: dx/ds = u(x) / |u(x)|, by the classical Runge-Kutta method.

The line is followed by its length s and not by time, so that points stay evenly spaced in slow regions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Sampler = Callable[[np.ndarray], np.ndarray]


def trace_streamlines(
    sample: Sampler, seeds: np.ndarray, step: float, count: int, *, still: float = 1e-6
) -> list[np.ndarray]:
    """Follow all seeds together, downstream for a positive step and upstream for a negative one.

    Args:
        sample: Velocity (k, 3) at positions (k, 3) [m]; NaN outside of the flow.
        seeds: Where the lines start [m], shape (n, 3).
        step: Length of a step [m], signed, not 0.
        count: Most steps a line takes.
        still: A line ends where the speed falls to this share of the highest speed among the seeds.

    Returns:
        One polyline a seed, in order, each of shape (k, 3) with 1 <= k <= count + 1; k = 1 where the seed
        lies outside of the flow or in fluid at rest.

    Raises:
        ValueError: The shape of `seeds`, `step` or `count` is not as described.
    """
    seeds = np.array(seeds, dtype=np.float64)
    if seeds.ndim != 2 or seeds.shape[1] != 3:
        raise ValueError(f"seeds has the shape {seeds.shape}; give positions of shape (n, 3)")
    if not (np.isfinite(step) and step != 0.0) or count < 1:
        raise ValueError(f"step = {step}, count = {count}: give a finite step that is not 0, and a count of at least 1")
    if not len(seeds):
        return []
    slowest = still * np.nanmax(np.linalg.norm(sample(seeds), axis=1), initial=0.0)
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
    """One step of every point (k, 3); NaN for those that met the end of the flow on the way."""
    k1 = _direction(sample, x, slowest)
    k2 = _direction(sample, x + 0.5 * step * k1, slowest)
    k3 = _direction(sample, x + 0.5 * step * k2, slowest)
    k4 = _direction(sample, x + step * k3, slowest)
    return x + step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def _direction(sample: Sampler, x: np.ndarray, slowest: float) -> np.ndarray:
    """u / |u|, NaN where u is NaN, at rest, or where x itself is NaN already."""
    result = np.full_like(x, np.nan)
    known = np.isfinite(x).all(axis=1)
    if known.any():
        velocity = np.asarray(sample(x[known]), dtype=np.float64)
        speed = np.linalg.norm(velocity, axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            result[known] = np.where(speed > slowest, velocity / speed, np.nan)
    return result
