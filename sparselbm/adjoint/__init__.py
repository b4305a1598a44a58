"""Gradients through the time loop: the step's vector-Jacobian product, plans, and the tape."""

from .checkpointed import Checkpointed
from .plan import Plan, Window
from .reverse import AdjointError
from .steady import Steady
from .stored import Stored
from .tape import moments_on_tape, run_on_tape, tape_array
from .value_and_grad import value_and_grad
from .wrt import Deformed, Field, InitialPopulations, LinkFractions, Parameter, Points, SolidFractions

__all__ = [
    "AdjointError", "Checkpointed", "Deformed", "Field", "InitialPopulations", "LinkFractions", "Parameter", "Plan", "Points",
    "SolidFractions", "Steady", "Stored", "Window", "moments_on_tape", "run_on_tape", "tape_array", "value_and_grad",
]  # fmt: skip
