"""Scalar condition for an outflow boundary on links."""

from dataclasses import dataclass

from ...trace.expression import total, where
from .condition import ScalarCondition


@dataclass(frozen=True)
class LinkOutflow(ScalarCondition):
    """Zero gradient along each link, g_q = 2 w_q phi - g*_-q with the value phi of the cell itself.

    phi includes the incoming populations. With K = sum over the others + sum over the incoming (-g*_-q), and W the sum of their
    weights, phi = K / (1 - 2 W). Local and linear; for openings that are tilted or curved, where the flux is convective.
    Source: `FixedValue` (Ginzburg, Adv. Water Resour. 28 (2005) 1196) with the cell's own value.
    """

    def parameters(self):
        return ()

    def fill(self, lattice, g, u, value, enters):
        weights = [where(enter, w, 0.0) for enter, w in zip(enters, lattice.weights, strict=True)]
        others = total(where(enter, -1.0 * gq, gq) for enter, gq in zip(enters, g, strict=True))
        phi = others / (1.0 - 2.0 * total(weights))
        return [
            where(enter, (2.0 * w) * phi - gq, gq) for enter, w, gq in zip(enters, lattice.weights, g, strict=True)
        ]
