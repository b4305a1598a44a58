"""Bounce-back on links, halfway or interpolated.

A link from a cell x along c_p, with p the opposite of q, is cut by the wall at x + delta c_p. The returning population q
is read at the place where it started: unfold the path to the wall and back into one line, on which the cell knows the
post-collision populations f*_p(x + c_q) at 1 (it streams in along p), f*_p(x) at 0 and its own f*_q(x) at -2 delta, and
interpolate at 1 - 2 delta.

Everything is local. The part that needs f*_q(x) is formed when that is known, after collision, and is stored in the slot
of p, which returns from the wall as its own reflection. Streaming thus remains a permutation, its transpose a gather.

Mass is not exactly conserved: a link returns slightly more or less than it received, with a mean of second order. A pipe at
Re 60, tilted by (0, 35, 50) degrees, five diameters long and 12 cells across, loses 4.4 % of its flow with `Bouzidi`, 3.8 %
with `CentralInterpolation` and gains 0.1 % with `ParabolicInterpolation` (a straight one loses 0.8 %) with TRT on D3Q19,
mostly by the inertia of the flow along the links; with cumulants on D3Q27 it is 0.1 % and less.
Correcting the population at rest conserves mass but was rejected, since it reduces the order (velocity error in an
inclined channel, L2, times n^2: 3.6, 4.1, 3.4 at n = 24, 48, 96 without, 8.8, 14.9, 23.3 with the correction).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from ...trace.expression import where


class BounceBack(ABC):
    """No-slip wall on the links that the surface cuts: a frozen value. Cells with their centre inside are not fluid."""

    resolves_position = True
    """Whether the wall is located where the surface cuts the link; otherwise halfway."""
    holds_at_every_relaxation = False
    """Whether the wall stays in place however the odd moments relax; otherwise the magic parameter has to be near 3/16."""

    @abstractmethod
    def incoming(self, link: Any) -> Any:
        """Population f_q from a wall at rest. `link`: see `kernels.cut_link.CutLink`."""

    @abstractmethod
    def stored(self, link: Any) -> Any:
        """Value to store in the slot of p after the collision."""

    @abstractmethod
    def wall_velocity_factor(self, link: Any) -> Any:
        """Factor of 6 w_q rho_0 c_q . u_w, the contribution of a wall velocity u_w."""


@dataclass(frozen=True)
class Halfway(BounceBack):
    """Halfway bounce-back f_q = f*_p(x): every cut counts as halfway (staircase). First order; conserves mass exactly."""

    resolves_position = False

    def incoming(self, link):
        return link.reflected

    def stored(self, link):
        return link.outgoing_p

    def wall_velocity_factor(self, link):
        return 1.0


@dataclass(frozen=True)
class Bouzidi(BounceBack):
    """Interpolated bounce-back, linear between the two nearest values:

        delta <  1/2:  f_q = 2 delta f*_p(x) + (1 - 2 delta) f*_p(x + c_q)
        delta >= 1/2:  f_q = f*_p(x) / (2 delta) + (1 - 1 / (2 delta)) f*_q(x)

    Second order. Source: Bouzidi, Firdaouss & Lallemand, Phys. Fluids 13 (2001) 3452, eq. 5.
    """

    def incoming(self, link):
        delta, reflected = link.delta, link.reflected
        return where(delta < 0.5, 2.0 * delta * reflected + (1.0 - 2.0 * delta) * link.arriving, reflected)

    def stored(self, link):
        share = 0.5 / link.delta
        return where(link.delta < 0.5, link.outgoing_p, share * link.outgoing_p + (1.0 - share) * link.outgoing_q)

    def wall_velocity_factor(self, link):
        return where(link.delta < 0.5, 1.0, 0.5 / link.delta)


@dataclass(frozen=True)
class CentralInterpolation(BounceBack):
    """Interpolated bounce-back by the parabola through all three values, with one formula for every delta:

        f_q = f*_p(x) + k (f*_p(x + c_q) - f*_q(x)), k = (1 - 2 delta) / (1 + 2 delta).

    Second order; with TRT the wall position does not depend on the viscosity. Where Bouzidi's quadratic form uses a
    second neighbour, this one uses the cell's own f*_q.
    Source: Ginzburg, Verhaeghe & d'Humieres, Commun. Comput. Phys. 3 (2008) 427, the scheme CLI of table 3.
    """

    def incoming(self, link):
        return link.reflected + (1.0 - 2.0 * link.delta) / (1.0 + 2.0 * link.delta) * link.arriving

    def stored(self, link):
        return link.outgoing_p - (1.0 - 2.0 * link.delta) / (1.0 + 2.0 * link.delta) * link.outgoing_q

    def wall_velocity_factor(self, link):
        return 2.0 / (1.0 + 2.0 * link.delta)
