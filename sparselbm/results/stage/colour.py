"""Colour mapping of numbers, for displayColor and as a texture for viewers without point colours."""

from __future__ import annotations

import numpy as np

ColourRange = tuple[float, float]

MAP, DIVERGING = "viridis", "RdBu_r"
"""Perceptually uniform colour maps: of values, and of values on both sides of 0."""
_OUTER = 0.1
"""Percentage of the values at either end that may lie beyond the colours of a picture, such as those at a sharp edge."""
_BOTH_SIDES = 0.1
"""Smaller side of the range of values about 0, relative to the larger one, from which colours diverge from 0."""
STEPS = 256
"""Number of colours in the texture."""


def limits_of(values: np.ndarray) -> ColourRange:
    """Smallest and largest finite value; 0 and 1 if there is none."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def picture_limits(values: np.ndarray) -> tuple[ColourRange, bool]:
    """Range of the colours of a picture of finite values, and whether they diverge from 0, which is then in its middle."""
    low, high = (float(each) for each in np.percentile(values, [_OUTER, 100.0 - _OUTER]))
    largest = max(-low, high)
    if low < 0.0 < high and min(-low, high) > _BOTH_SIDES * largest:
        return (-largest, largest), True
    return (low, high if high > low else low + 1.0), False


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
    shown = np.where(np.isfinite(values), share(values, limits or limits_of(values)), np.nan)
    display = _map()(np.ma.masked_invalid(shown))[..., :3]
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
    return np.stack([inner / STEPS, np.full(len(inner), 0.5)], axis=1).astype(np.float32)


def values_at(places: np.ndarray, limits: ColourRange) -> np.ndarray:
    """Values (n,) whose texture coordinates are `places`, (n, 2): the inverse of `places_on_map` without `clip`."""
    low, high = limits
    return low + (places[:, 0].astype(np.float64) * STEPS - 0.5) / (STEPS - 1.0) * (high - low)


def map_picture() -> np.ndarray:
    """Colour map from left to right for the screen (sRGB), (4, 256, 3) uint8."""
    row = _map()(np.linspace(0.0, 1.0, STEPS))[:, :3]
    return np.repeat(np.round(255.0 * row).astype(np.uint8)[None], 4, axis=0)


def magnitude(values: np.ndarray) -> np.ndarray:
    """Scalar shown by colours: the field itself for scalars (n,), the length for vectors (n, 3)."""
    return values if values.ndim == 1 else np.linalg.norm(values, axis=1)


def _map():
    from matplotlib import colormaps

    return colormaps[MAP].with_extremes(bad=(0.5, 0.5, 0.5))
