"""Gradients through the time loop: the step's vector-Jacobian product, plans, the tape, and runs as functions of arrays."""

from .checkpointed import Checkpointed
from .outputs import Moments, Populations, Total
from .plan import Plan, Window
from .reverse import AdjointError
from .run import Run
from .start import FromMoments, FromPopulations
from .steady import Steady
from .stored import Stored
from .tape import moments_on_tape, run_on_tape, tape_array
from .taped import taped
from .value_and_grad import value_and_grad
from .vjp import Differentiable, Input, Output, Pass
from .wrt import Deformed, Field, InitialPopulations, LinkFractions, Parameter, Points, SolidFractions

__all__ = [
    "AdjointError", "Checkpointed", "Deformed", "Differentiable", "Field", "FromMoments", "FromPopulations",
    "InitialPopulations", "Input", "LinkFractions", "Moments", "Output", "Parameter", "Pass", "Plan", "Points", "Populations",
    "Run", "SolidFractions", "Steady", "Stored", "Total", "Window", "moments_on_tape", "run_on_tape", "tape_array", "taped",
    "value_and_grad",
]  # fmt: skip
