"""Optimisers and the optimisation loop."""

from .adam import Adam
from .ccsaq import CCSAQ
from .lbfgsb import LBFGSB
from .minimize import minimize
from .mma import MMA
from .optimality_criteria import OptimalityCriteria
from .optimizer import Optimizer
from .record import DesignRecord, OptimizeResult, StoppingCriteria
from .slsqp import SLSQP
from .trust_constr import TrustConstr

__all__ = [
    "CCSAQ",
    "LBFGSB",
    "MMA",
    "SLSQP",
    "Adam",
    "DesignRecord",
    "OptimalityCriteria",
    "OptimizeResult",
    "Optimizer",
    "StoppingCriteria",
    "TrustConstr",
    "minimize",
]
