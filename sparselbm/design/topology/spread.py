"""How design variables spread over cells."""

from abc import ABC, abstractmethod

import numpy as np
from scipy.sparse.linalg import LinearOperator


class Spread(ABC):
    """A linear map from design variables from 0 to 1 to values from 0 to 1 in the cells: a frozen value."""

    @abstractmethod
    def operator(self, cells: np.ndarray) -> LinearOperator:
        """The map, shape (m, variables), for the cells with these indices, (m, d); its rows add up to 1, `rmatvec` transposes it.

        Raises ValueError where it has no meaning for these cells.
        """
