"""Gradients through the time loop: the step's vector-Jacobian product, plans, and the tape."""

from .anderson import Anderson
from .checkpointed import Checkpointed
from .disk import Disk
from .errors import AdjointError
from .half_precision import HalfPrecision
from .mean_flow import MeanFlow
from .periodic import Periodic
from .plan import Plan
from .steady import Steady
from .storage import FullStates, Storage
from .stored import Stored
from .tape import moments_on_tape, run_on_tape, tape_array
from .trust import Trust
from .value_and_grad import value_and_grad
from .window import Ends, Sharp, Smooth, Window
from .work import GradientForecast, GradientWork
from .wrt import Deformed, Field, InitialPopulations, LinkFractions, Parameter, Points, SolidFractions

__all__ = [
    "AdjointError", "Anderson", "Checkpointed", "Deformed", "Disk", "Ends", "Field", "FullStates", "GradientForecast",
    "GradientWork", "HalfPrecision", "InitialPopulations", "LinkFractions", "MeanFlow", "Parameter", "Periodic", "Plan", "Points",
    "Sharp", "Smooth", "SolidFractions", "Steady", "Storage", "Stored", "Trust", "Window", "moments_on_tape", "run_on_tape",
    "tape_array", "value_and_grad",
]  # fmt: skip
