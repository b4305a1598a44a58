"""Design optimisation: problems, variables, constraints, optimisers and gradient checks."""

from .continuation import minimize_in_stages
from .cross_check import CrossCheck, CrossCheckResult
from .defect_correction import DefectCorrection, DefectCorrectionResult
from .flow_constraint import FlowConstraint, ForceConstraint, ObservableConstraint, PressureDropConstraint
from .grid_check import GridCheck, grid_check
from .problem import DesignProblem, Iterate
from .topology_problem import topology_problem
from .variables.density import DensityVariables
from .variables.parameters import ParameterVariables
from .variables.shape import ShapeVariables
from .variables.variables import DesignVariables

__all__ = [
    "CrossCheck",
    "CrossCheckResult",
    "DefectCorrection",
    "DefectCorrectionResult",
    "DensityVariables",
    "DesignProblem",
    "DesignVariables",
    "FlowConstraint",
    "ForceConstraint",
    "GridCheck",
    "Iterate",
    "ObservableConstraint",
    "ParameterVariables",
    "PressureDropConstraint",
    "ShapeVariables",
    "grid_check",
    "minimize_in_stages",
    "topology_problem",
]
