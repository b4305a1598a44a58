"""Gradients through the time loop: the step's vector-Jacobian product, plans, and the tape."""

from .checkpointed import Checkpointed
from .disk import Disk
from .half_precision import HalfPrecision
from .plan import Plan, Window
from .reverse import AdjointError
from .steady import Steady
from .storage import FullStates, Storage
from .stored import Stored
from .tape import moments_on_tape, run_on_tape, tape_array
from .value_and_grad import value_and_grad
from .work import GradientForecast, GradientWork
from .wrt import Deformed, Field, InitialPopulations, Parameter, Points, SolidFractions

__all__ = [
    "AdjointError", "Checkpointed", "Deformed", "Disk", "Field", "FullStates", "GradientForecast", "GradientWork",
    "HalfPrecision", "InitialPopulations", "Parameter", "Plan", "Points", "SolidFractions", "Steady", "Storage", "Stored",
    "Window", "moments_on_tape", "run_on_tape", "tape_array", "value_and_grad",
]  # fmt: skip
