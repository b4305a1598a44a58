"""Wall shear stress over time: time average, oscillatory shear index, and shares of the area."""

from collections.abc import Sequence

import numpy as np

from ..files.restarts import Resumable

PERCENTILES = (1, 5, 25, 50, 75, 95, 99)
"""Percentages of the area that are reported."""


class WallShearStatistics(Resumable):
    """Time-averaged wall shear stress TAWSS = (1 / T) int |tau| dt, and oscillatory shear index
    OSI = (1 - |int tau dt| / int |tau| dt) / 2, from samples at equal intervals, at the points of a surface.

    OSI is 0 where the stress keeps its direction, and 1/2 where it is 0 on average. A pulsating flow needs samples over whole
    periods. Source: He & Ku, J. Biomech. Eng. 118 (1996) 74.
    """

    def __init__(self, points: int):
        """`points`: number of points of the surface."""
        self.samples = 0
        """Number of samples so far."""
        self._vectors, self._sizes = np.zeros((points, 3)), np.zeros(points)

    def add(self, stress: np.ndarray) -> None:
        """Adds a sample: see `wall_shear_stress` [Pa], (n, 3)."""
        self.samples += 1
        self._vectors += stress
        self._sizes += np.linalg.norm(stress, axis=1)

    def saved(self):
        return {"samples": self.samples, "vectors": self._vectors, "sizes": self._sizes}

    def restore(self, state):
        self.samples, self._vectors, self._sizes = state["samples"], state["vectors"], state["sizes"]

    @property
    def time_average(self) -> np.ndarray:
        """TAWSS [Pa], (n,). Raises ValueError without a sample."""
        self._require_samples()
        return self._sizes / self.samples

    @property
    def oscillatory_index(self) -> np.ndarray:
        """OSI, (n,), 0 to 1/2; 0 where there is no stress. Raises ValueError without a sample."""
        self._require_samples()
        kept = np.linalg.norm(self._vectors, axis=1)
        share = np.divide(kept, self._sizes, out=np.ones_like(self._sizes), where=self._sizes > 0.0)
        return np.maximum(0.5 * (1.0 - share), 0.0)

    def _require_samples(self) -> None:
        if not self.samples:
            raise ValueError("there are no samples of the wall shear stress: add one, or let the statistics begin earlier")


def area_percentiles(values: np.ndarray, areas: np.ndarray, percentages: Sequence[float] = PERCENTILES) -> dict[str, float]:
    """Values below which given percentages of an area lie, by name such as p5; `values`, `areas`: at each point, (n,)."""
    order = np.argsort(values)
    share = (np.cumsum(areas[order]) - 0.5 * areas[order]) / areas.sum()
    return {f"p{each:g}": float(np.interp(each / 100.0, share, values[order])) for each in percentages}
