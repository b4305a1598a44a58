"""Viscosities that depend on the shear rate, which in turn depends on the viscosity."""

from collections.abc import Callable

from ...trace.expression import log, where

LEAST_STRESS = 1e-20
"""Stress q at which a fluid at rest is taken: a logarithm ends at 0."""


def log_shear_rate(law: Callable, q, steps: int, least):
    """y = log gamma of the shear rate gamma that makes the stress q = (2 Pi : Pi)^(1/2) / rho of `strain_stress`.

    gamma = 3 q / (2 tau) with tau = 3 nu(gamma) + 1/2. Newton's method, `steps` times, for
    G(y) = y + log(2 tau(y)) - log(3 q) = 0. `law(y)` gives nu and d nu / dy; `least` is taken for q below it. Where
    d log nu / dy lies within n - 1 and 0, G' lies within n and 1: G is nearly straight.
    """
    target = log(3.0 * where(q > least, q, least))
    y = target
    for _ in range(steps):
        nu, slope = law(y)
        twice_tau = 6.0 * nu + 1.0
        y = y - (y + log(twice_tau) - target) / (1.0 + 6.0 * slope / twice_tau)
    return y
