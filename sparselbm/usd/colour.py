"""Numbers to colours, for displayColor."""

from __future__ import annotations

import numpy as np


def colours(values: np.ndarray, limits: tuple[float, float] | None = None) -> np.ndarray:
    """Linear RGB of viridis, shape (..., 3), float32, for values of shape (...); grey where they are NaN.

    Args:
        values: Scalars.
        limits: The values of the first and last colour; without it the smallest and largest finite value.
    """
    from matplotlib import colormaps

    finite = values[np.isfinite(values)]
    low, high = limits or ((finite.min(), finite.max()) if finite.size else (0.0, 1.0))
    share = (values - low) / (high - low) if high > low else np.zeros_like(values, dtype=np.float64)
    display = colormaps["viridis"].with_extremes(bad=(0.5, 0.5, 0.5))(np.ma.masked_invalid(share))[..., :3]
    # USD takes displayColor as linear; the colour map is given for the screen (sRGB).
    linear = np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)


def magnitude(values: np.ndarray) -> np.ndarray:
    """What a colour shows of a field on points: scalars (n,) themselves, the length of vectors (n, 3)."""
    return values if values.ndim == 1 else np.linalg.norm(values, axis=1)
