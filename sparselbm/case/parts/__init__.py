"""The parts of a case: names, defaults and documentation of all settings of a flow and its optimisation, in SI units.

The USD schema (`sparselbm/scene/usd/schema`), the templates of `init` and the options of the commands are derived from here.
Run `python -m sparselbm.case.schema` after a change.
"""

from ..entry import CasePart
from .boundary import SIDES, CaseBoundary
from .design import CaseConstraint, CaseDesign, CaseObjective
from .domain import CaseDomain, CaseReference
from .fluid import CaseFluid
from .force import CaseForce
from .image import CaseImage
from .opening import CaseOpening
from .output import CaseOutput
from .scalar import CaseCondition, CaseScalar
from .scene import CaseObstacle, SceneFile
from .solver import CaseSolver
from .stream import CaseStream
from .time import CaseTime
from .vector import Vector

PARTS: tuple[type[CasePart], ...] = (
    SceneFile, CaseObstacle, CaseOpening, CaseDomain, CaseReference, CaseFluid, CaseForce, CaseScalar, CaseCondition,
    CaseStream, CaseBoundary, CaseSolver, CaseTime, CaseImage, CaseObjective, CaseDesign, CaseConstraint, CaseOutput,
)
"""All parts, in the order in which they are written."""

__all__ = [
    "PARTS",
    "SIDES",
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
    "CaseTime",
    "SceneFile",
    "Vector",
]
