"""Smooth maximum of many values."""

import numpy as np


def smooth_max(values: np.ndarray, rho: float) -> float:
    """Kreisselmeier-Steinhauser function KS(v) = max v + ln(sum exp(rho (v - max v))) / rho.

    It exceeds max v by at most ln(n) / rho.

    Source: Kreisselmeier & Steinhauser, Systematic control design by optimizing a vector performance index
    (1979).
    """
    from scipy.special import logsumexp

    top = values.max()
    return float(top) + float(logsumexp(rho * (values - top))) / rho  # type: ignore[arg-type]


def shares(values: np.ndarray, rho: float) -> np.ndarray:
    """dKS / dv, at least 0 and 1 in sum, of the shape of v."""
    from scipy.special import softmax

    return softmax(rho * values)
