"""Scalar condition with a fixed value."""

from dataclasses import dataclass

from ...trace.expression import where
from ..model_parameter import ModelParameter
from .condition import ScalarCondition


@dataclass(frozen=True)
class FixedValue(ScalarCondition):
    """Fixed value g_q = 2 w_q phi_0 - g*_-q for the incoming q (anti-bounce-back): phi = phi_0 half a cell outside.

    g*_-q is already in place. Parameter: `value` (phi_0).
    Source: Ginzburg, Adv. Water Resour. 28 (2005) 1196.
    """

    value: float
    """phi_0."""

    def parameters(self):
        return (ModelParameter("value", self.value, doc="value at the wall"),)

    def fill(self, lattice, g, u, value, enters):
        return [
            where(enter, (2.0 * w) * value["value"] - gq, gq) for gq, w, enter in zip(g, lattice.weights, enters, strict=True)
        ]
