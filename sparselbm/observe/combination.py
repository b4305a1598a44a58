"""Functionals composed of others: coefficients, means and differences."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import nan

import numpy as np

from .observable import Functional
from .unit import DIMENSIONLESS


@dataclass(frozen=True)
class Coefficient(Functional):
    """Dimensionless number J = A / reference, such as a drag coefficient: the reference is 1/2 u^2 A at density 1.

    Raises ValueError unless the reference is a finite number other than 0.
    """

    functional: Functional
    """A."""
    reference: float
    """Reference value of the same unit [lattice units]."""

    unit = DIMENSIONLESS

    def __post_init__(self):
        if not 0.0 < abs(self.reference) < float("inf"):
            raise ValueError(f"Coefficient: the reference is {self.reference!r}, but must be finite and not 0")

    @property
    def is_linear(self):
        return self.functional.is_linear

    @property
    def sums(self):
        return self.functional.sums

    def of_sums(self, sums):
        value, slopes = self.functional.of_sums(sums)
        return value / self.reference, slopes / self.reference


@dataclass(frozen=True)
class Quotient(Functional):
    """J = A / B, such as a mean over an area; NaN where B is 0."""

    numerator: Functional
    """A."""
    denominator: Functional
    """B."""

    is_linear = False

    @property
    def unit(self):
        a, b = self.numerator.unit, self.denominator.unit
        return None if a is None or b is None else a / b

    @property
    def sums(self):
        return (*self.numerator.sums, *self.denominator.sums)

    def of_sums(self, sums):
        (a, of_a), (b, of_b) = _parts(self.numerator, self.denominator, sums)
        if b == 0.0:
            return nan, np.full(len(sums), nan)
        return a / b, np.concatenate([of_a / b, -a / b**2 * of_b])


@dataclass(frozen=True)
class Difference(Functional):
    """J = A - B. Raises ValueError if the two have different units."""

    first: Functional
    """A."""
    second: Functional
    """B."""

    def __post_init__(self):
        a, b = self.first.unit, self.second.unit
        if a is not None and b is not None and not a.is_like(b):
            raise ValueError(f"Difference of {a.symbol(3) or '1'} and {b.symbol(3) or '1'}: both must have the same unit")

    @property
    def unit(self):
        return None if self.second.unit is None else self.first.unit

    @property
    def is_linear(self):
        return self.first.is_linear and self.second.is_linear

    @property
    def sums(self):
        return (*self.first.sums, *self.second.sums)

    def of_sums(self, sums):
        (a, of_a), (b, of_b) = _parts(self.first, self.second, sums)
        return a - b, np.concatenate([of_a, -of_b])


@dataclass(frozen=True)
class WeightedSum(Functional):
    """J = sum_k w_k A_k, such as the force along any direction. Raises ValueError without terms, or if their units differ."""

    terms: tuple[tuple[float, Functional], ...]
    """Weight w_k and functional A_k of each term."""

    def __post_init__(self):
        if not self.terms:
            raise ValueError("WeightedSum has no terms: pass at least one pair of weight and functional")
        units = [each.unit for _, each in self.terms]
        known = [each for each in units if each is not None]
        if any(not each.is_like(known[0]) for each in known):
            names = " and ".join(each.symbol(3) or "1" for each in known)
            raise ValueError(f"WeightedSum of {names}: all terms must have the same unit")

    @property
    def unit(self):
        units = [each.unit for _, each in self.terms]
        return None if None in units else units[0]

    @property
    def is_linear(self):
        return all(each.is_linear for _, each in self.terms)

    @property
    def sums(self):
        return tuple(part for _, each in self.terms for part in each.sums)

    def of_sums(self, sums):
        ends = np.cumsum([len(each.sums) for _, each in self.terms])[:-1]
        found = [(w, *each.of_sums(part)) for (w, each), part in zip(self.terms, np.split(np.asarray(sums), ends))]
        return sum(w * value for w, value, _ in found), np.concatenate([w * slopes for w, _, slopes in found])


class Delegated(Functional, ABC):
    """Functional whose value in lattice units is that of another one; `unit` is its own."""

    @property
    @abstractmethod
    def formula(self) -> Functional:
        """The other functional."""

    @property
    def is_linear(self):
        return self.formula.is_linear

    @property
    def sums(self):
        return self.formula.sums

    def of_sums(self, sums):
        return self.formula.of_sums(sums)


class Composed(Delegated, ABC):
    """Functional with a name of its own that is composed of others, with the unit of the composition."""

    @property
    def unit(self):
        return self.formula.unit


def _parts(first: Functional, second: Functional, sums: np.ndarray):
    """Values and slopes of two functionals whose sums follow each other."""
    count = len(first.sums)
    return first.of_sums(sums[:count]), second.of_sums(sums[count:])
