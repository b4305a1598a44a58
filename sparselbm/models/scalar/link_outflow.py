"""Scalar condition for an outflow boundary on links."""

from dataclasses import dataclass

from ...trace.expression import total, where
from .condition import ScalarCondition
from .equilibrium import scalar_equilibrium


@dataclass(frozen=True)
class LinkOutflow(ScalarCondition):
    """Incoming populations in equilibrium with the cell, g_q = w_q phi (1 + c_q . u / c_s^2): the flow takes phi along.

    phi is that of the cell itself, which includes them: with K the sum of all other populations and S the sum of
    w_q (1 + c_q . u / c_s^2) over the incoming ones, phi = K / (1 - S). Local and linear, for openings that are tilted or curved;
    of first order, so that phi is wrong in the last cells if it changes along the flow there.
    """

    def parameters(self):
        return ()

    def fill(self, lattice, g, u, value, enters):
        shares = scalar_equilibrium(lattice, 1.0, u)
        known = total(where(enter, 0.0, gq) for enter, gq in zip(enters, g, strict=True))
        entering = total(where(enter, share, 0.0) for enter, share in zip(enters, shares, strict=True))
        phi = known / (1.0 - entering)
        return [where(enter, phi * share, gq) for enter, share, gq in zip(enters, shares, g, strict=True)]
