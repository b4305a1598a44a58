"""Design optimisation: problems, constraints, optimisers and gradient checks."""

from .cross_check import CrossCheck, CrossCheckResult
from .drag import DragProblem, DragStudy, GridCheck, Iterate, grid_check
from .flow_constraint import FlowConstraint, ForceConstraint, PressureDropConstraint
from .multi_point import MultiPointProblem

__all__ = [
    "CrossCheck",
    "CrossCheckResult",
    "DragProblem",
    "DragStudy",
    "FlowConstraint",
    "ForceConstraint",
    "GridCheck",
    "Iterate",
    "MultiPointProblem",
    "PressureDropConstraint",
    "grid_check",
]
