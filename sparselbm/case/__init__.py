"""Cases: complete set-ups of a simulation or an optimisation, from options, USD or TOML."""

from .case import Case
from .parts import (
    CaseBoundary,
    CaseConstraint,
    CaseDesign,
    CaseDomain,
    CaseFluid,
    CaseImage,
    CaseObjective,
    CaseObstacle,
    CaseOpening,
    CaseOutput,
    CaseReference,
    CaseSolver,
    CaseTime,
    SceneFile,
)
from .study import CaseStudy

__all__ = [
    "Case",
    "CaseBoundary",
    "CaseConstraint",
    "CaseDesign",
    "CaseDomain",
    "CaseFluid",
    "CaseImage",
    "CaseObjective",
    "CaseObstacle",
    "CaseOpening",
    "CaseOutput",
    "CaseReference",
    "CaseSolver",
    "CaseStudy",
    "CaseTime",
    "SceneFile",
]
