"""Timing by the fastest of several bursts."""

import time
from collections.abc import Callable

import warp as wp


def best_of(bursts: list[Callable[[], None]], device: wp.Device, seconds: float) -> list[float]:
    """Fastest time of each burst [s]; all are called alternately, at least twice, within the time limit."""
    best = [float("inf")] * len(bursts)
    end = time.perf_counter() + seconds
    rounds = 0
    while rounds < 2 or time.perf_counter() < end:
        rounds += 1
        for k, burst in enumerate(bursts):
            best[k] = min(best[k], _seconds(burst, device))
    return best


def _seconds(burst: Callable[[], None], device: wp.Device) -> float:
    wp.synchronize_device(device)
    start = time.perf_counter()
    burst()
    wp.synchronize_device(device)
    return time.perf_counter() - start
