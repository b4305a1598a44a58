"""A pipe bend of least loss in Stokes flow: where to leave a quarter of a square open. `python examples/pipe_bend.py [CELLS]`

    minimise 1/2 integral of alpha |u|^2 + |grad u|^2  over 0 <= rho <= 1, mean rho <= 0.08 pi, alpha = alpha(rho)

Flow enters on the left and leaves at the bottom, both as parabolas with maximum 1, width 1/5 and middle 1/5 from the corner.
Source: Borrvall & Petersson, Int. J. Numer. Meth. Fluids 41 (2003) 77, section 4.3. Needs NLopt.
"""

import sys
from dataclasses import replace
from math import pi

import numpy as np
import warp as wp

from sparselbm.design import DensityVariables, minimize_in_stages, topology_problem
from sparselbm.design.optimizer import StoppingCriteria
from sparselbm.design.topology import Density, Resistance
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MIN, Y_MIN, FaceRegion, Parabola, VelocityInlet
from sparselbm.models.collision import TRT
from sparselbm.models.force import Brinkman
from sparselbm.solver import Simulation

NU, U = 1 / 6, 1e-4  # On the lattice; the Reynolds number of an inlet of 20 cells is 0.01.


def bend(cells: int = 50, iterations: int = 50, device: str | None = None) -> tuple[list[float], np.ndarray]:
    """The functional at the start and after each stage, in units of mu U^2, and rho, (cells, cells)."""
    a, b = 0.7 * cells, 0.9 * cells
    inlet, outlet = X_MIN.within(FaceRegion((0, a), (1, b)), "inlet"), Y_MIN.within(FaceRegion((a, 0), (b, 1)), "outlet")
    flow = Simulation(
        box((cells, cells), device=device), viscosity=NU, collision=TRT(magic=1 / 80), precision=wp.float64,
        boundaries=[
            VelocityInlet(inlet, (U, 0.0), profile=Parabola(0, (0, a), (cells, b))),
            VelocityInlet(outlet, (0.0, -U), profile=Parabola(1, (a, 0), (b, cells))),
        ],
        force=Brinkman(1.0),
    )
    easy = Resistance(solid=2.5e4 * NU / cells**2, fluid=2.5e-4 * NU / cells**2, q=0.01)
    stages = [DensityVariables(Density(resistance=replace(easy, q=q)), fluid=0.08 * pi) for q in (0.01, 0.1)]
    problem = topology_problem(flow, stages[0].density, stages[0].fluid)
    problem = replace(problem, stop=StoppingCriteria(tolerance=1e-3, iterations=iterations))
    results = minimize_in_stages(problem, stages)
    losses = [results[0].history[0].objective, *(result.objective for result in results)]
    rho = stages[-1].density.bind(flow.domain).field(results[-1].x)
    return [loss / (2 * NU * U**2) for loss in losses], flow.domain.dense(rho)


if __name__ == "__main__":
    losses, rho = bend(int(sys.argv[1]) if sys.argv[1:] else 50)
    print("uniform {:.2f}, q = 0.01 {:.2f}, q = 0.1 {:.2f}".format(*losses))
    for row in rho.T[::-2, ::1][: len(rho)]:
        print("".join(" .:-=+*#%@"[9 - int(9.99 * share)] for share in row))
