"""Mixing the results of a fixed-point iteration."""

from dataclasses import dataclass

import numpy as np

from ..errors import AdjointError

_RCOND = {4: 1e-5, 8: 1e-10}
"""Least eigenvalue of the correlations that counts, by the bytes of a number."""


@dataclass(frozen=True)
class Anderson:
    """The affine combination of the last results whose residual is least.

    With G a stretch of iterations and r_k = G(x_k) - x_k:

        x_{k+1} = G_k - sum_j gamma_j (G_{j+1} - G_j),  gamma = argmin |r_k - sum_j gamma_j (r_{j+1} - r_j)|

    over the last `depth` differences. For a linear G it does what GMRES does (Walker & Ni, SIAM J. Numer. Anal. 49 (2011)
    1715, Theorem 2.2), but the gradient can be looked at after each stretch. Source: Anderson, J. ACM 12 (1965) 547.
    """

    depth: int = 5
    """Differences kept, two states each in the memory of the host; 0: plain iteration."""

    def __post_init__(self):
        if self.depth < 0:
            raise AdjointError(f"Anderson(depth={self.depth}): must be at least 0")

    @property
    def states(self) -> int:
        """States that the mixing keeps."""
        return 1 + (2 * self.depth + 2 if self.depth else 0)


class Mixing:
    """A sequence of results in the making. Cells that are not seen are left as the plain iteration leaves them."""

    def __init__(self, depth: int, seen: np.ndarray, size: int):
        """`seen`: 1 or 0 of each cell, (n, 1, cells); `size`: components of a cell."""
        self._depth, self._seen, self._size = depth, seen, size
        self._last: tuple[np.ndarray, np.ndarray] | None = None
        self._differences: list[tuple[np.ndarray, np.ndarray]] = []
        self.residual = np.inf
        """Norm of the last residual."""

    def _of_cells(self, state: np.ndarray) -> np.ndarray:
        n, _, cells = self._seen.shape
        return state.reshape(-1, self._size, cells)[:n]

    def next(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Where to go on after a stretch that led from `start` to `end`, two population arrays; overwrites `start`."""
        result = self._of_cells(end) * self._seen
        residual = result - self._of_cells(start) * self._seen
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
        """gamma, from the correlations of the residuals' changes, each taken by its own norm."""
        changes = [change.ravel() for change, _ in self._differences]
        if not changes:
            return np.empty(0)
        norms = np.array([float(np.linalg.norm(c)) or 1.0 for c in changes])
        correlations = np.array([[float(a @ b) for b in changes] for a in changes]) / np.outer(norms, norms)
        along = np.array([float(c @ residual.ravel()) for c in changes]) / norms
        return np.linalg.lstsq(correlations, along, rcond=_RCOND[residual.itemsize])[0] / norms
