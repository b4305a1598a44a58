"""Pipes of least power loss in Stokes flow (Borrvall & Petersson 2003): table and pictures of
docs/explanation/optimisation.md.

    1/2 integral of alpha |u|^2 + |grad u|^2, mu = 1, alpha from 2.5e-4 to 2.5e4, q = 0.01 then 0.1, openings with parabolas of
    maximum 1 on both sides

and the pipe bend as in Alexandersen, Struct. Multidisc. Optim. 66 (2023) 12: outlet of pressure 0, other fluid and q.
"""

from dataclasses import dataclass, replace
from math import pi

import numpy as np
import pytest
import warp as wp
from topology_pictures import PICTURES, picture

from sparselbm.design import DensityVariables, DesignProblem, minimize_in_stages, topology_problem
from sparselbm.design.optimizer import MMA, OptimalityCriteria, Optimizer, StoppingCriteria
from sparselbm.design.topology import Density, Resistance
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MIN, FaceRegion, Parabola, RegularisedPressure, VelocityInlet
from sparselbm.models.collision import TRT
from sparselbm.models.force import Brinkman
from sparselbm.solver import Simulation

NU, U = 1 / 6, 1e-4
CLOSELY, MANY = StoppingCriteria(tolerance=2e-5, iterations=60), MMA(first_curvature=1e-3)


def opening(face, velocity, middle, width, cells, label):
    """A parabola with maximum U on a part of a face; places as parts of `cells`."""
    across = 1 - face.axis
    lower, upper = np.zeros(2), np.full(2, 1e6)
    lower[across], upper[across] = (middle - width / 2) * cells, (middle + width / 2) * cells
    velocity = tuple(U * np.asarray(velocity))
    profile = Parabola(face.axis, tuple(lower), tuple(upper))
    return VelocityInlet(face.within(FaceRegion(tuple(lower), tuple(upper)), label), velocity, profile=profile)


def double_pipe(length, cells, device):
    ends = [
        opening(face, (1.0, 0.0), middle, 1 / 6, cells, f"{face} at {middle}")
        for face in (X_MIN, X_MAX) for middle in (0.25, 0.75)
    ]
    return stokes((round(length * cells), cells), ends, device)


def pipe_bend(cells, device):
    ends = (X_MIN, (1.0, 0.0), "inlet"), (Y_MIN, (0.0, -1.0), "outlet")
    return stokes((cells, cells), [opening(face, u, 0.8, 0.2, cells, name) for face, u, name in ends], device)


def pipe_bend_to_pressure(cells, device):
    """Flow leaves normal to the outlet, with what profile it likes."""
    inlet = opening(X_MIN, (1.0, 0.0), 0.8, 0.2, cells, "inlet")
    outlet = Y_MIN.within(FaceRegion((0.7 * cells, 0), (0.9 * cells, 1)), "outlet")
    return stokes((cells, cells), [inlet, RegularisedPressure(outlet)], device)


def stokes(shape, ends, device):
    """Lambda = 1/80 leaves the layer beside a solid of alpha = 2.5e4 within 0.2 % of the exact one from 60 cells on."""
    return Simulation(
        box(shape, device=device), viscosity=NU, collision=TRT(magic=1 / 80), precision=wp.float64, boundaries=ends,
        force=Brinkman(1.0),
    )


@dataclass(frozen=True)
class Problem:
    """A continuation through stages of density variables on one flow."""

    flow: Simulation
    stages: list[DensityVariables]
    problem: DesignProblem

    def minimize(self, start=None):
        return minimize_in_stages(self.problem, self.stages, start=start)

    @property
    def density(self):
        """Density field of the last stage."""
        return self.stages[-1].density.bind(self.flow.domain)


def problem(flow, fluid, stages, stop=CLOSELY, optimizer=MANY):
    lattice_unit = NU / flow.domain.shape[1] ** 2
    resistance = Resistance(solid=2.5e4 * lattice_unit, fluid=2.5e-4 * lattice_unit)
    variables = [DensityVariables(Density(resistance=replace(resistance, q=q)), fluid) for q in stages]
    first = topology_problem(flow, variables[0].density, fluid)
    return Problem(flow, variables, replace(first, stop=stop, optimizer=optimizer))


@dataclass(frozen=True, kw_only=True)
class Search:
    """How the least functional is looked for: on a coarse grid, through both values of q, and from there on one twice as fine."""

    fluid: float
    coarse: StoppingCriteria = CLOSELY
    fine: StoppingCriteria = CLOSELY
    stages: tuple[float, float] = (0.01, 0.1)
    optimizer: Optimizer = MANY

    def run(self, name, flow_of, cells):
        """The functional on both grids, and rho on the fine one; draws it."""
        coarse = problem(flow_of(cells), self.fluid, self.stages, self.coarse, self.optimizer)
        found = coarse.minimize()
        refined = np.kron(dense(coarse, found[-1].x), np.ones((2, 2)))
        fine = problem(flow_of(2 * cells), self.fluid, self.stages[-1:], self.fine, self.optimizer)
        finer = fine.minimize(refined[tuple(fine.flow.domain.cell_indices()[fine.density.designed].T)])
        losses = [result.objective / (2 * NU * U**2) for result in (found[-1], finer[-1])]
        rho = dense(fine, finer[-1].x)
        print(f"\n{name}: {losses[0]:.3f} with {cells} cells, {losses[1]:.3f} with {2 * cells}; "
              f"greyness {4 * np.mean(rho * (1 - rho)):.3f}")
        picture(rho, PICTURES / f"{name}.png")
        return losses, rho


def dense(bound, x):
    """rho over the box."""
    return bound.flow.domain.dense(bound.density.field(x))


@pytest.mark.validate
def test_short_double_pipe(device):
    """delta = 1: two pipes, 22.10 by a later code; 25.67 in the paper."""
    search = Search(fluid=1 / 3)
    losses, rho = search.run("double_pipe_1", lambda cells: double_pipe(1.0, cells, device), 48)
    assert losses[-1] == pytest.approx(22.10, rel=0.03)
    assert rho[48, 46:50].max() < 0.05
    assert rho[48, [24, 72]].min() > 0.95


@pytest.mark.validate
def test_straight_pipes(device):
    """Two straight pipes without grey lose 24.95 on every grid: between the paper's 25.67 and the best design with grey edges."""
    losses = []
    for cells in (60, 120):
        straight = problem(double_pipe(1.0, cells, device), 1 / 3, (0.1,))
        y = (straight.flow.domain.cell_indices()[..., 1] + 0.5)[straight.density.designed] / cells
        losses.append(straight.problem.value(np.abs(np.abs(y - 0.5) - 0.25) < 1 / 12) / (2 * NU * U**2))
    print("\nstraight pipes:", losses)
    assert losses == pytest.approx([24.95, 24.95], rel=2e-3)


@pytest.mark.validate
def test_long_double_pipe_joins(device):
    """delta = 1.5: one pipe in the middle, the wrench, 23.57 by a later code; 27.64 in the paper."""
    search = Search(fluid=1 / 3, coarse=replace(CLOSELY, iterations=120))
    losses, rho = search.run("double_pipe_1.5", lambda cells: double_pipe(1.5, cells, device), 48)
    assert losses[-1] == pytest.approx(23.57, rel=0.03)
    middle = rho[72]
    assert middle[44:52].min() > 0.95
    assert middle[[20, 76]].max() < 0.05


@pytest.mark.validate
def test_pipe_bend(device):
    """A straight pipe across the corner, 9.76 in the paper."""
    search = Search(fluid=0.08 * pi)
    losses, rho = search.run("pipe_bend", lambda cells: pipe_bend(cells, device), 50)
    assert losses[-1] == pytest.approx(9.76, rel=0.03)
    assert np.abs(rho - rho.T).mean() < 2e-3


@pytest.mark.validate
def test_pipe_bend_to_pressure(device):
    """The later code's set-up, 9.19 there: a quarter fluid, q of 1/148 and 1/14.8, a pressure at the outlet."""
    stop = StoppingCriteria(tolerance=5e-4, iterations=60)
    search = Search(fluid=0.25, coarse=stop, fine=stop, stages=(1 / 148, 1 / 14.8), optimizer=OptimalityCriteria())
    losses, _ = search.run("pipe_bend_to_pressure", lambda cells: pipe_bend_to_pressure(cells, device), 50)
    assert losses[-1] == pytest.approx(9.19, rel=0.03)
