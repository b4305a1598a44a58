"""The largest of many values as one smooth number."""

from __future__ import annotations

import numpy as np


def smooth_max(values: np.ndarray, rho: float) -> float:
    """KS(v) = max v + ln(sum exp(rho (v - max v))) / rho, above max v by at most ln(n) / rho.

    Source: Kreisselmeier & Steinhauser, Systematic control design by optimizing a vector performance index
    (1979).
    """
    top = values.max()
    return float(top + np.log(np.exp(rho * (values - top)).sum()) / rho)


def shares(values: np.ndarray, rho: float) -> np.ndarray:
    """dKS / dv, at least 0 and 1 in sum, of the shape of v."""
    share = np.exp(rho * (values - values.max()))
    return share / share.sum()
