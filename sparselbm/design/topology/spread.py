"""Base class of maps from design variables to cells."""

from abc import ABC, abstractmethod

import numpy as np
from scipy.sparse.linalg import LinearOperator


class Spread(ABC):
    """Linear map from design variables in [0, 1] to cell values in [0, 1]: a frozen value."""

    @abstractmethod
    def operator(self, cells: np.ndarray) -> LinearOperator:
        """Linear operator, shape (m, variables), for cells with the indices (m, d); its rows sum to 1, `rmatvec` transposes it.

        Raises ValueError if it is not defined for these cells.
        """
