"""Design variables under constraints, and the optimisers that move them."""

from .adam import Adam
from .bounding_box import BoundingBox
from .ccsaq import CCSAQ
from .constraint import BoundConstraint, Constraint
from .errors import BoundsError, ConstraintError, ObjectiveError
from .fixed_points import FixedPoints
from .lbfgsb import LBFGSB
from .minimize import minimize
from .minimum_thickness import MinimumThickness
from .mma import MMA
from .optimality_criteria import OptimalityCriteria
from .optimizer import Optimizer
from .packaging import KeepInside, KeepOut
from .record import OptimizeResult, Record, Stop
from .slsqp import SLSQP
from .surface_area import FixedArea, MaximumArea
from .symmetry_plane import SymmetryPlane
from .trust_constr import TrustConstr
from .trust_region import TrustRegion
from .volume import FixedVolume, MinimumVolume

__all__ = [
    "CCSAQ",
    "LBFGSB",
    "MMA",
    "SLSQP",
    "Adam",
    "BoundConstraint",
    "BoundingBox",
    "BoundsError",
    "Constraint",
    "ConstraintError",
    "FixedArea",
    "FixedPoints",
    "FixedVolume",
    "KeepInside",
    "KeepOut",
    "MaximumArea",
    "MinimumThickness",
    "MinimumVolume",
    "ObjectiveError",
    "OptimalityCriteria",
    "OptimizeResult",
    "Optimizer",
    "Record",
    "Stop",
    "SymmetryPlane",
    "TrustConstr",
    "TrustRegion",
    "minimize",
]
