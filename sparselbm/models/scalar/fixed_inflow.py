"""Scalar condition at an inlet: a value that the flow carries in."""

from dataclasses import dataclass

from ...trace.expression import total, where
from ..model_parameter import ModelParameter
from .condition import ScalarCondition


@dataclass(frozen=True)
class FixedInflow(ScalarCondition):
    """Value of the fluid that enters: g_q = g*_-q + phi_0 m w_q / sum w_q for the incoming q, so that exactly phi_0 times the
    mass m enters that the flow's condition lets in through the links of the cell; where the scalar has none of them, the
    population at rest takes it.

    The flux across the inlet is convective, without diffusion: phi u - D d phi / d n = phi_0 u. With `FixedValue` phi enters with
    the velocity at the centre of the cell: 17 % less of it for a uniform jet of 4 x 4 cells.

    g*_-q is already in place. Parameter: `value` (phi_0).
    Source: Danckwerts, Chem. Eng. Sci. 2 (1953) 1.
    """

    value: float
    """phi_0."""

    needs_mass = True

    def parameters(self):
        return (ModelParameter("value", self.value, doc="value of the fluid that enters"),)

    def fill(self, lattice, g, u, value, enters):
        amount = value["value"] * value["mass"]
        shares = [where(enter, w, 0.0) for w, enter in zip(lattice.weights, enters, strict=True)]
        through = total(shares)
        has_links = through > 0.0
        per_weight = amount / where(has_links, through, 1.0)
        rest, *moving = [gq + share * per_weight for gq, share in zip(g, shares, strict=True)]
        return [rest + where(has_links, 0.0, amount), *moving]
