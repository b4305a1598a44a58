"""Design optimisation: problems, constraints, optimisers and checks of gradients."""

from .cross_check import CrossCheck, CrossCheckResult
from .drag import DragProblem, DragStudy, Iterate, SecondGrid, on_second_grid
from .flow_constraint import FlowConstraint, ForceConstraint, PressureDropConstraint
from .multi_point import MultiPointProblem

__all__ = [
    "CrossCheck",
    "CrossCheckResult",
    "DragProblem",
    "DragStudy",
    "FlowConstraint",
    "ForceConstraint",
    "Iterate",
    "MultiPointProblem",
    "PressureDropConstraint",
    "SecondGrid",
    "on_second_grid",
]
