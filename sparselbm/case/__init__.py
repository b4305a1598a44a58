"""Cases: all that a run needs beside the scene, from options, USD or TOML."""

from .case import Case
from .parts import (
    CaseBoundary,
    CaseConstraint,
    CaseDesign,
    CaseDomain,
    CaseFluid,
    CaseObjective,
    CaseObstacle,
    CaseOpening,
    CaseOutput,
    CaseSolver,
    SceneFile,
)
from .study import CaseStudy

__all__ = [
    "CaseBoundary", "Case", "CaseStudy", "CaseConstraint", "CaseDesign", "CaseDomain", "CaseFluid", "CaseObjective", "CaseObstacle", "CaseOpening",
    "CaseOutput", "SceneFile", "CaseSolver",
]  # fmt: skip
