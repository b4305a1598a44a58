"""Cases: all that a run needs beside the scene, from options, USD or TOML."""

from .case import Case
from .errors import CaseError
from .parts import Boundary, Constraint, Design, Domain, Fluid, Objective, Obstacle, Opening, Output, SceneFile, Solver
from .study import CaseStudy

__all__ = [
    "Boundary", "Case", "CaseError", "CaseStudy", "Constraint", "Design", "Domain", "Fluid", "Objective", "Obstacle", "Opening",
    "Output", "SceneFile", "Solver",
]  # fmt: skip
