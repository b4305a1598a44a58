"""Moments of populations, computed one axis at a time.

D2Q9 and D3Q27 are products of the velocities {0, 1, -1} along each axis, so moments are formed along x, then y, then
z, three values at a time, and inverted the same way. D3Q19 is D3Q27 without its corners: moments with a power of every
axis vanish there, and the other 19 determine it. Moments are stored by exponent, {(a, b, c): m_abc}; absent means 0.

Source of the transform: Geier, Schonherr, Pasquali & Krafczyk, Comput. Math. Appl. 70 (2015) 507.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..trace.expression import total
from .velocity_set import CS2, Lattice

Moments = dict[tuple[int, ...], Any]
"""Values by the exponents along each axis, 0, 1 or 2."""


@functools.cache
def orders(lattice: Lattice) -> tuple[tuple[int, ...], ...]:
    """Exponents of the Q moments that determine the Q populations: the velocities with 2 in place of -1."""
    return tuple(tuple(2 if x < 0 else x for x in c) for c in lattice.velocities)


def pair(lattice: Lattice, a: int, b: int) -> tuple[int, ...]:
    """Exponents of the second moment along the axes a and b."""
    return tuple((k == a) + (k == b) for k in range(lattice.dimension))


def raw_moments(lattice: Lattice, f: Sequence) -> Moments:
    """Raw moments m_abc = sum_q f_q c_x^a c_y^b c_z^c."""
    values = dict(zip(lattice.velocities, f, strict=True))
    for axis in range(lattice.dimension):
        values = _on_lines(values, axis, (0, 1, -1), (0, 1, 2), lambda f0, fp, fm: (f0 + (fp + fm), fp - fm, fp + fm))
    return {key: values[key] for key in orders(lattice)}


def populations(lattice: Lattice, m: Mapping[tuple[int, ...], Any]) -> list:
    """Populations f_q with these raw moments: f_0 = m_0 - m_2 and f_+- = (m_2 +- m_1) / 2 along each axis."""
    values = dict(m)
    for axis in range(lattice.dimension):
        values = _on_lines(values, axis, (0, 1, 2), (0, 1, -1), lambda m0, m1, m2: (m0 - m2, m2 + m1, m2 - m1))
    return [0.5 ** sum(map(abs, c)) * values.get(c, 0.0) for c in lattice.velocities]


def of_stress(lattice: Lattice, pi: Mapping[tuple[int, ...], Any]) -> list:
    """Populations w / (2 c_s^4) (c c - c_s^2 I) : Pi, whose only non-zero Hermite moment is the stress Pi."""
    trace = CS2 * total(pi[pair(lattice, a, a)] for a in range(lattice.dimension))
    return [4.5 * w * (_twice_along(lattice, c, pi) - trace) for w, c in zip(lattice.weights, lattice.velocities, strict=True)]


def _twice_along(lattice: Lattice, c: Sequence[int], pi: Mapping[tuple[int, ...], Any]):
    """Product c . Pi . c, without multiplications by 0 and 1."""
    axes = [k for k, x in enumerate(c) if x]
    diagonal = total(pi[pair(lattice, a, a)] for a in axes)
    return diagonal + total(2.0 * c[a] * c[b] * pi[pair(lattice, a, b)] for a in axes for b in axes if a < b)


def widened(lattice: Lattice, m: Mapping[tuple[int, ...], Any], variance: float) -> Moments:
    """Moments m_2 + variance m_0 along each axis: with c_s^2 it turns Hermite moments into raw ones, with -c_s^2 back."""
    return _on_axes(lattice, m, lambda axis: lambda m0, m1, m2: (m0, m1, m2 + variance * m0))


def about(lattice: Lattice, m: Mapping[tuple[int, ...], Any], u: Sequence) -> Moments:
    """Moments of c - u, from moments of c (raw or Hermite): m_1 - u m_0 and m_2 - 2 u m_1 + u^2 m_0 along each axis."""

    def shift(axis: int) -> Callable:
        v = u[axis]
        return lambda m0, m1, m2: (m0, m1 - v * m0, m2 - v * (2.0 * m1 - v * m0))

    return _on_axes(lattice, m, shift)


def hermite_moments(lattice: Lattice, f: Sequence) -> Moments:
    """Hermite moments h_abc = sum_q f_q H_a(c_x) H_b(c_y) H_c(c_z), with H_0 = 1, H_1 = c, H_2 = c^2 - c_s^2."""
    return widened(lattice, raw_moments(lattice, f), -CS2)


def hermite_populations(lattice: Lattice, h: Mapping[tuple[int, ...], Any]) -> list:
    """Populations f_q with these Hermite moments."""
    return populations(lattice, widened(lattice, h, CS2))


def fourth_of_stress(lattice: Lattice, h: Mapping[tuple[int, ...], Any]) -> Moments:
    """Fourth Hermite moments of populations that hold the stress h alone (`of_stress`): -h_002 / 6 for h_220 on D3Q19.

    Without its corners, <H_220 H_002> is -1/27 and <H_002 H_002> 2/9; on the product lattices they are orthogonal.
    """
    fourth = [key for key in orders(lattice) if sum(key) == 4]
    if (2, 2, 2) in orders(lattice) or lattice.dimension == 2:
        return dict.fromkeys(fourth, 0.0)
    return {key: (-1.0 / 6.0) * h[tuple(2 - x for x in key)] for key in fourth}


def maxwellian(lattice: Lattice, excess, u: Sequence, square: Callable = lambda v: v * v) -> Moments:
    """Hermite moments rho u_x^a u_y^b u_z^c of the full-order equilibrium of the lattice, minus those of w (1, 0, ...).

    `square(u)` replaces u^2 for other equilibria that are products over the axes.
    """
    powers = [(1.0, v, square(v)) for v in u]
    result: Moments = {}
    for key in orders(lattice):
        value = 1.0 + excess
        for axis, exponent in enumerate(key):
            value = value * powers[axis][exponent]
        result[key] = value if any(key) else excess
    return result


def _on_axes(lattice: Lattice, m: Mapping[tuple[int, ...], Any], change_on: Callable) -> Moments:
    """Moments after a change along each axis. Moments that the lattice does not represent are dropped: none depends on them."""
    values = dict(m)
    for axis in range(lattice.dimension):
        values = _on_lines(values, axis, (0, 1, 2), (0, 1, 2), change_on(axis))
    return {key: values.get(key, 0.0) for key in orders(lattice)}


def _on_lines(values: Moments, axis: int, old: Sequence[int], new: Sequence[int], change: Callable) -> Moments:
    """Applies `change` to the three values on every line along an axis, keyed by `old` before and by `new` after."""
    result: Moments = {}
    for rest in dict.fromkeys((*key[:axis], None, *key[axis + 1 :]) for key in values):
        line = [tuple(number if x is None else x for x in rest) for number in (*old, *new)]
        results = change(*(values.get(key, 0.0) for key in line[:3]))
        result.update(zip(line[3:], results, strict=True))
    return result
