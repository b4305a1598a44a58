"""Colour mapping of numbers, for displayColor and as a texture for viewers without point colours."""

from __future__ import annotations

import numpy as np

ColourRange = tuple[float, float]

MAP, DIVERGING = "viridis", "RdBu_r"
"""Perceptually uniform colour maps: of values, and of values on both sides of 0."""
_BOTH_SIDES = 0.1
"""Smaller side of the range of values about 0, relative to the larger one, from which colours diverge from 0."""
STEPS = 256
"""Number of colours in the texture."""


def limits_of(values: np.ndarray, outer: float = 0.0) -> ColourRange:
    """Range of the colours of values, see `range_of`; 0 and 1 if none is finite. `outer`: percentage of the values at either end
    that may lie beyond it."""
    finite = values[np.isfinite(values)]
    return range_of(*(float(each) for each in np.percentile(finite, [outer, 100.0 - outer]))) if finite.size else (0.0, 1.0)


def range_of(low: float, high: float) -> ColourRange:
    """Range of the colours of values between two limits: symmetric about 0 if there are considerable ones on both sides."""
    largest = max(-low, high)
    is_both = low < 0.0 < high and min(-low, high) > _BOTH_SIDES * largest
    return (-largest, largest) if is_both else (low, high)


def map_of(limits: ColourRange) -> str:
    """Colour map of a range: a diverging one where it is symmetric about 0."""
    return DIVERGING if limits[0] == -limits[1] < 0.0 else MAP


def share(values: np.ndarray, limits: ColourRange) -> np.ndarray:
    """Relative position of values between the limits: 0 at the first and 1 at the second colour, float64."""
    low, high = limits
    return (np.asarray(values, dtype=np.float64) - low) / (high - low) if high > low else np.zeros(np.shape(values))


def colours(values: np.ndarray, limits: ColourRange | None = None) -> np.ndarray:
    """Linear RGB of the colour map, shape (..., 3), float32, for values of shape (...); grey where NaN.

    Args:
        values: scalars.
        limits: values of the first and last colour; None: the smallest and largest finite value.
    """
    limits = limits or limits_of(values)
    shown = np.where(np.isfinite(values), share(values, limits), np.nan)
    display = _map(map_of(limits))(np.ma.masked_invalid(shown))[..., :3]
    # USD's displayColor is linear; the colour map is defined for the screen (sRGB).
    linear = np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)


def for_screen(linear: np.ndarray) -> np.ndarray:
    """Converts linear RGB (..., 3) to sRGB, uint8, clipped to 0 and 1."""
    inner = np.clip(linear, 0.0, 1.0)
    screen = np.where(inner <= 0.0031308, 12.92 * inner, 1.055 * inner ** (1.0 / 2.4) - 0.055)
    return np.round(255.0 * screen).astype(np.uint8)


def places_on_map(values: np.ndarray, limits: ColourRange, *, clip: bool = True) -> np.ndarray:
    """Texture coordinates (n, 2) float32 of values (n,) on `map_picture`; `clip`: within its outermost colours."""
    inner = np.nan_to_num(share(values, limits))
    inner = (np.clip(inner, 0.0, 1.0) if clip else inner) * (STEPS - 1.0) + 0.5
    row = 0.25 if map_of(limits) == MAP else 0.75
    return np.stack([inner / STEPS, np.full(len(inner), row)], axis=1).astype(np.float32)


def values_at(places: np.ndarray, limits: ColourRange) -> np.ndarray:
    """Values (n,) whose texture coordinates are `places`, (n, 2): the inverse of `places_on_map` without `clip`."""
    low, high = limits
    return low + (places[:, 0].astype(np.float64) * STEPS - 0.5) / (STEPS - 1.0) * (high - low)


def map_picture() -> np.ndarray:
    """Colour maps from left to right for the screen (sRGB), the diverging one above the other, (8, 256, 3) uint8."""
    rows = [_map(each)(np.linspace(0.0, 1.0, STEPS))[:, :3] for each in (DIVERGING, MAP)]
    return np.repeat(np.round(255.0 * np.stack(rows)).astype(np.uint8), 4, axis=0)


def magnitude(values: np.ndarray) -> np.ndarray:
    """Scalar shown by colours: the field itself for scalars (n,), the length for vectors (n, 3)."""
    return values if values.ndim == 1 else np.linalg.norm(values, axis=1)


def _map(name: str):
    from matplotlib import colormaps

    return colormaps[name].with_extremes(bad=(0.5, 0.5, 0.5))
