"""Gradients through the time loop: the step's vector-Jacobian product, adjoint methods, and the tape."""

from .anderson import Anderson
from .checkpointed import Checkpointed
from .disk import Disk
from .gradient_guard import GradientGuard
from .half_precision import HalfPrecision
from .method import AdjointMethod
from .outputs import Moments, Populations, Total
from .periodic import Periodic
from .run import Run
from .second_moments import SecondMoments
from .start import FromMoments, FromPopulations
from .state_codec import CheckpointFormat, FullStates
from .steady import Steady
from .stored import Stored
from .tape import moments_on_tape, run_on_tape, tape_array
from .taped import taped
from .targets import (
    Deformed,
    Field,
    InitialPopulations,
    LinkFractions,
    NodalValues,
    Parameter,
    Points,
    PulledBack,
    SolidFractions,
)
from .value_and_grad import ValueAndGradient, value_and_grad
from .vjp import Differentiable, Input, Output, Pass
from .window import Ends, Sharp, Smooth, Window
from .work import GradientEstimate, GradientWork

__all__ = [
    "AdjointMethod",
    "Anderson",
    "CheckpointFormat",
    "Checkpointed",
    "Deformed",
    "Differentiable",
    "Disk",
    "Ends",
    "Field",
    "FromMoments",
    "FromPopulations",
    "FullStates",
    "GradientEstimate",
    "GradientGuard",
    "GradientWork",
    "HalfPrecision",
    "InitialPopulations",
    "Input",
    "LinkFractions",
    "Moments",
    "NodalValues",
    "Output",
    "Parameter",
    "Pass",
    "Periodic",
    "Points",
    "Populations",
    "PulledBack",
    "Run",
    "SecondMoments",
    "Sharp",
    "Smooth",
    "SolidFractions",
    "Steady",
    "Stored",
    "Total",
    "ValueAndGradient",
    "Window",
    "moments_on_tape",
    "run_on_tape",
    "tape_array",
    "taped",
    "value_and_grad",
]
