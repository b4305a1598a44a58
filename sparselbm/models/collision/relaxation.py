"""Relaxation of moments with one rate per order."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from ...lattice import CS2, Lattice
from ...lattice.bases import Moments, fourth_of_stress
from ...trace.expression import total


def bulk_rate(lattice: Lattice, bulk_viscosity: float | None) -> Any:
    """Rate of the trace of the stress, from zeta = 2 c_s^2 / d (1 / rate - 1 / 2); 1 if no zeta is given."""
    return 1.0 if bulk_viscosity is None else 1.0 / (bulk_viscosity * lattice.dimension / (2.0 * CS2) + 0.5)


def relaxed(lattice: Lattice, n: Mapping[tuple[int, ...], Any], omega, bulk: float, higher: Sequence[float]) -> Moments:
    """Relaxed Hermite moments (1 - rate) n_abc, with `omega` for the second, `bulk` for their trace, `higher[0]` for the third.

    n is a non-equilibrium part without mass and momentum, so moments of order 0 and 1 are omitted. Fourth moments relax to those
    that the stress has by itself, so that a stress alone is multiplied by 1 - omega on every link, as walls on links assume.
    """
    diagonal = [key for key in n if sum(key) == max(key) == 2]
    mean = total(n[key] for key in diagonal) * (1.0 / len(diagonal))
    kept: Moments = {}
    for key, value in n.items():
        if key in diagonal:
            kept[key] = (1.0 - omega) * (value - mean) + (1.0 - bulk) * mean
        elif sum(key) == 2:
            kept[key] = (1.0 - omega) * value
        elif sum(key) > 2 and sum(key) != 4:
            kept[key] = (1.0 - higher[sum(key) - 3]) * value
    before, after = fourth_of_stress(lattice, n), fourth_of_stress(lattice, kept)
    return kept | {key: (1.0 - higher[1]) * (n[key] - before[key]) + after[key] for key in before}


def check_rates(model: object, bulk_viscosity: float | None, higher: Sequence[float]) -> None:
    """Raises ValueError unless the bulk viscosity is above 0 and the rates of the third to sixth order are in (0, 2)."""
    name = type(model).__name__
    if bulk_viscosity is not None and not 0.0 < bulk_viscosity < inf:
        raise ValueError(f"{name}(bulk_viscosity={bulk_viscosity}): must be above 0 and finite; None uses the rate 1")
    if not isinstance(higher, tuple) or len(higher) != 4 or not all(0.0 < rate < 2.0 for rate in higher):
        raise ValueError(
            f"{name}(higher={higher}): pass a tuple of four rates between 0 and 2, for the third to sixth order; 1 "
            "is safe"
        )


def require_product(model: object, lattice: Lattice, remedy: str) -> None:
    """Raises ValueError for a lattice that is not the product of three velocities on each axis."""
    if lattice.size != 3**lattice.dimension:
        raise ValueError(f"{type(model).__name__} does not support {lattice}, only D2Q9 and D3Q27: {remedy}")
