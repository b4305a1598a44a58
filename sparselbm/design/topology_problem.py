"""Topology optimisation: the design problem of a density field, with the defaults of such problems."""

from __future__ import annotations

import math

from ..adjoint import Steady
from ..flows import SimulationSetup, SteadyRun
from ..observe import PowerLoss
from ..solver import Simulation
from .optimizer import MMA, StoppingCriteria
from .problem import DesignProblem
from .topology import Density
from .variables.density import DensityVariables


def topology_problem(simulation: Simulation, density: Density, fluid: float) -> DesignProblem:
    """Returns the problem of least power loss with a mean fluid fraction of at most `fluid`.

    The simulation has `Brinkman` drag. Other settings: `dataclasses.replace(problem, objective=...)`; a continuation in stages:
    `minimize_in_stages`. Needs NLopt, unless another optimiser is set.
    """
    return DesignProblem(
        SimulationSetup(simulation), DensityVariables(density, fluid), objective=PowerLoss(), constraints=(), verify=None,
        method=Steady(tolerance=0.03, flow_tolerance=math.inf), optimizer=MMA(first_curvature=1e-3),
        stop=StoppingCriteria(tolerance=1e-4, iterations=60), steady_run=SteadyRun(tolerance=3e-4),
    )
