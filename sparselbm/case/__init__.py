"""Cases: complete set-ups of a simulation or an optimisation, from options, USD or TOML."""

from .case import Case
from .parts import (
    CaseBoundary,
    CaseCondition,
    CaseConstraint,
    CaseDesign,
    CaseDomain,
    CaseFluid,
    CaseForce,
    CaseImage,
    CaseObjective,
    CaseObstacle,
    CaseOpening,
    CaseOutput,
    CaseReference,
    CaseScalar,
    CaseSolver,
    CaseStream,
    CaseTime,
    SceneFile,
)
from .study import CaseStudy

__all__ = [
    "Case",
    "CaseBoundary",
    "CaseCondition",
    "CaseConstraint",
    "CaseDesign",
    "CaseDomain",
    "CaseFluid",
    "CaseForce",
    "CaseImage",
    "CaseObjective",
    "CaseObstacle",
    "CaseOpening",
    "CaseOutput",
    "CaseReference",
    "CaseScalar",
    "CaseSolver",
    "CaseStream",
    "CaseStudy",
    "CaseTime",
    "SceneFile",
]
