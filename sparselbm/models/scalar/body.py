"""Scalar boundary conditions on obstacles in partially solid cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...lattice import Lattice
from ..model_parameter import ModelParameter
from ..wall.partially_saturated import saturation
from .equilibrium import scalar_equilibrium_parts
from .scalar_body import ScalarBody

_DAMPED = 0.9
"""Parameter r of `held_at`."""
_RESISTANCE = 2.62
"""Parameter a of `saturation` at fixed value, calibrated for flat walls in conduction: their position is then accurate
to 0.015 cells for D = 0.02 to 0.2 and 0.054 for 0.5; with a = 1 it was 0.25 cells too far in the fluid."""


@dataclass(frozen=True)
class BodyValue(ScalarBody):
    """Fixed value phi_b on the surface of an obstacle, such as a heated or dissolving body. The default is insulated.

    Parameter: `value`, in full `heat.body.value` for the scalar heat and the obstacle body.
    """

    value: float
    """phi_b."""

    def parameters(self):
        return (ModelParameter("value", self.value, doc="value at the surface"),)


def held_share(eps, k):
    """Weight B of a solid with fixed value, with k = tau - 1/2 = D / c_s^2."""
    return saturation(eps, k, _RESISTANCE)


def insulated_share(eps, k):
    """Weight B = eps / (1 + 2 k (1 - eps)) of an insulated solid, with k = tau - 1/2 = D / c_s^2.

    Odd parts then relax at the rate 1 / (k (1 - eps) + 1/2), that of a diffusivity D (1 - eps): the flux along a flat wall
    is exactly that of the fluid part of the cell.
    """
    return eps / (1.0 + 2.0 * k * (1.0 - eps))


def insulated(lattice: Lattice, g: Sequence, phi, u: Sequence) -> list:
    """Insulated wall Omega^s_q = g_-q - g_q + 2 w_q phi c_q . u / c_s^2: bounce-back in the frame of the moving fluid.

    The scalar is conserved. All odd parts relax towards phi u, so that flow through cut cells transports a uniform scalar
    like its mass: without u, a uniform scalar departs from 1 by 2 % around a cylinder of radius 5 (u = 0.04, D = 0.1).
    """
    _, odd = scalar_equilibrium_parts(lattice, phi, u)
    return [g[p] - g[q] + 2.0 * odd[q] for q, p in enumerate(lattice.opposites)]


def held_at(lattice: Lattice, g: Sequence, value) -> list:
    """Fixed value Omega^s_q = w_q phi_b - g_q - r (g_-q - w_q phi_b): anti-bounce-back (r = 1) with slight damping.

    With r = 1, populations trapped in a solid cell would oscillate for ever; with 0.9 they decay within a hundred steps,
    and the effective surface is (1 - r) / (1 + r) D / c_s^2 cells (a twentieth of D / c_s^2) too deep.
    """
    return [
        (1.0 + _DAMPED) * w * value - gq - _DAMPED * g[p]
        for gq, w, p in zip(g, lattice.weights, lattice.opposites, strict=True)
    ]


def _slope(delta):
    """r = (2 delta - 1) / (2 delta + 1)."""
    return (2.0 * delta - 1.0) / (2.0 * delta + 1.0)


def surface_value(weight: float, delta, value, waited, arriving):
    """Fixed value on a link that the surface cuts at the distance delta [links] from the cell along c_p, q opposite to p:

        g_q(t + 1) = -g*_p + r (g*_q + g_p(t + 1)) + 4 w_q phi_b / (1 + 2 delta), r = (2 delta - 1) / (2 delta + 1).

    A profile that is linear along the link is exact for any diffusivity; anti-bounce-back is the case delta = 1/2.
    `waited`: g*_p - r g*_q, from `waiting`; `arriving`: g_p(t + 1).
    Source: Li, Mei & Klausner, J. Comput. Phys. 237 (2013) 366, with c_d1 = -1.
    """
    return _slope(delta) * arriving - waited + 4.0 * weight / (1.0 + 2.0 * delta) * value


def waiting(delta, towards, back):
    """g*_p - r g*_q, which is stored in the slot of p, whose link is cut; `towards`, `back`: g*_p, g*_q."""
    return towards - _slope(delta) * back
