"""Implicit solution for a viscosity that depends on the shear rate, which in turn depends on the viscosity."""

from collections.abc import Callable

from ...trace.expression import log, where

MIN_STRESS = 1e-20
"""Stress q assumed for a fluid at rest, since the logarithm of 0 is not finite."""


def log_shear_rate(law: Callable, q, steps: int, least):
    """Solves for y = log gamma, the shear rate gamma of the stress q = (2 Pi : Pi)^(1/2) / rho of `strain_stress`.

    gamma = 3 q / (2 tau) with tau = 3 nu(gamma) + 1/2. Applies `steps` Newton steps to
    G(y) = y + log(2 tau(y)) - log(3 q) = 0. `law(y)` returns nu and d nu / dy; q is at least `least`. If d log nu / dy is
    between n - 1 and 0, G' is between n and 1, so G is almost linear.
    """
    target = log(3.0 * where(q > least, q, least))
    y = target
    for _ in range(steps):
        nu, slope = law(y)
        twice_tau = 6.0 * nu + 1.0
        y = y - (y + log(twice_tau) - target) / (1.0 + 6.0 * slope / twice_tau)
    return y
