"""Gradients through the time loop: the step's vector-Jacobian product, plans, the tape, and runs as functions of arrays."""

from .anderson import Anderson
from .checkpointed import Checkpointed
from .disk import Disk
from .errors import AdjointError
from .half_precision import HalfPrecision
from .mean_flow import MeanFlow
from .outputs import Moments, Populations, Total
from .periodic import Periodic
from .plan import Plan
from .run import Run
from .second_moments import SecondMoments
from .start import FromMoments, FromPopulations
from .steady import Steady
from .storage import FullStates, Storage
from .stored import Stored
from .tape import moments_on_tape, run_on_tape, tape_array
from .taped import taped
from .trust import Trust
from .value_and_grad import value_and_grad
from .vjp import Differentiable, Input, Output, Pass
from .window import Ends, Sharp, Smooth, Window
from .work import GradientForecast, GradientWork
from .wrt import Deformed, Field, InitialPopulations, LinkFractions, Parameter, Points, SolidFractions

__all__ = [
    "AdjointError", "Anderson", "Checkpointed", "Deformed", "Differentiable", "Disk", "Ends", "Field", "FromMoments",
    "FromPopulations", "FullStates", "GradientForecast", "GradientWork", "HalfPrecision", "InitialPopulations", "Input",
    "LinkFractions", "MeanFlow", "Moments", "Output", "Parameter", "Pass", "Periodic", "Plan", "Points", "Populations",
    "Run", "SecondMoments", "Sharp", "Smooth", "SolidFractions", "Steady", "Storage", "Stored", "Total", "Trust",
    "Window", "moments_on_tape", "run_on_tape", "tape_array", "taped", "value_and_grad",
]  # fmt: skip
