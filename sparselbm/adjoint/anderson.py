"""Anderson mixing of the results of a fixed-point iteration."""

from dataclasses import dataclass

import numpy as np

from ..errors import AdjointError

_RCOND = {4: 1e-5, 8: 1e-10}
"""Smallest relative eigenvalue of the correlations that is used, by the bytes of a number."""


@dataclass(frozen=True)
class Anderson:
    """Affine combination of the last results with the smallest residual.

    With G an interval of iterations and r_k = G(x_k) - x_k:

        x_{k+1} = G_k - sum_j gamma_j (G_{j+1} - G_j),  gamma = argmin |r_k - sum_j gamma_j (r_{j+1} - r_j)|

    over the last `depth` differences. For a linear G it is equivalent to GMRES (Walker & Ni, SIAM J. Numer. Anal. 49
    (2011) 1715, Theorem 2.2), but the gradient is available after each interval. Source: Anderson, J. ACM 12 (1965) 547.
    """

    depth: int = 5
    """Number of stored differences, two states each in host memory; 0: plain iteration."""

    def __post_init__(self):
        if self.depth < 0:
            raise AdjointError(f"Anderson(depth={self.depth}): must be at least 0")

    @property
    def states(self) -> int:
        """Number of states that the mixing stores."""
        return 1 + (2 * self.depth + 2 if self.depth else 0)


class Mixing:
    """Sequence of mixed results. Cells without weight keep the result of the plain iteration."""

    def __init__(self, depth: int, weights: np.ndarray, size: int):
        """`weights`: 1 for cells that are mixed, else 0, (n, 1, cells); `size`: components per cell."""
        self._depth, self._cells, self._size = depth, weights, size
        self._last: tuple[np.ndarray, np.ndarray] | None = None
        self._differences: list[tuple[np.ndarray, np.ndarray]] = []
        self.residual = np.inf
        """Norm of the last residual."""

    def _of_cells(self, state: np.ndarray) -> np.ndarray:
        n, _, cells = self._cells.shape
        return state.reshape(-1, self._size, cells)[:n]

    def next(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Start of the next interval, after one that led from `start` to `end`, two population arrays; overwrites `start`."""
        result = self._of_cells(end) * self._cells
        residual = result - self._of_cells(start) * self._cells
        self.residual = float(np.linalg.norm(residual.ravel()))
        if not self._depth:
            return end
        if self._last is not None:
            self._differences.append((residual - self._last[0], result - self._last[1]))
            del self._differences[: -self._depth]
        self._last = residual, result
        start[:] = end
        mixed = self._of_cells(start)
        for weight, (_, change) in zip(self._weights(residual), self._differences, strict=True):
            mixed -= weight * change
        return start

    def _weights(self, residual: np.ndarray) -> np.ndarray:
        """gamma, from the correlations of the changes of the residuals, each divided by its norm."""
        changes = [change.ravel() for change, _ in self._differences]
        if not changes:
            return np.empty(0)
        norms = np.array([float(np.linalg.norm(c)) or 1.0 for c in changes])
        correlations = np.array([[float(a @ b) for b in changes] for a in changes]) / np.outer(norms, norms)
        along = np.array([float(c @ residual.ravel()) for c in changes]) / norms
        return np.linalg.lstsq(correlations, along, rcond=_RCOND[residual.itemsize])[0] / norms
