"""How a scalar meets solid inside of cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..lattice import Lattice


@dataclass(frozen=True)
class BodyValue:
    """The surface of an obstacle has the value phi_b: a heated body, or one that dissolves. Without it a body is insulated.

    Parameter: `value`, in full `heat.body.value` for the scalar heat and the obstacle body.
    """

    obstacle: str
    value: float
    """phi_b."""


def insulated(lattice: Lattice, g: Sequence) -> list:
    """Omega^s_q = g_-q - g_q: the scalar bounces back from solid; nothing is lost."""
    return [g[p] - g[q] for q, p in enumerate(lattice.opposites)]


def held_at(lattice: Lattice, g: Sequence, value) -> list:
    """Omega^s_q = w_q phi_b - g_q: solid sends out the equilibrium of its value.

    Whole solids are at rest after one step; anti-bounce-back would let what is trapped in them ring for ever.
    """
    return [w * value - gq for w, gq in zip(lattice.weights, g, strict=True)]
