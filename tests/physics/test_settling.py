"""A sphere that settles in a closed box, against the experiment of ten Cate et al. 2002 (Phys. Fluids 14, 4012, table I)."""

from dataclasses import dataclass

import pytest
from flows import sphere

from sparselbm.boundary import X_MIN, Y_MIN, FreeSlip
from sparselbm.domain import box
from sparselbm.motion import RigidVelocity
from sparselbm.moving import MovingObstacles, RigidBody, Uniform
from sparselbm.obstacle import Obstacle
from sparselbm.simulation import Simulation


@dataclass(frozen=True)
class Case:
    """A fluid, and how fast the sphere of 15 mm and 1120 kg/m3 fell in it."""

    density: float
    """[kg/m3]."""
    viscosity: float
    """mu [Pa s]."""
    terminal: float
    """u_inf of an unbounded fluid [m/s]."""
    fastest: float
    """Largest speed measured over u_inf."""


CASES = {
    1.5: Case(970.0, 0.373, 0.038, 0.947),
    4.1: Case(965.0, 0.212, 0.060, 0.953),
    11.6: Case(962.0, 0.113, 0.091, 0.959),
    31.9: Case(960.0, 0.058, 0.128, 0.955),
}


def fastest(case, across, device, speed=0.03, every=4):
    """Largest speed over u_inf: a quarter of the box of 100 x 100 x 160 mm,
    `across` cells in the sphere's diameter, u_inf at `speed` cells a step. The sphere starts 120 mm above the floor."""
    cell = 0.015 / across
    step = speed * cell / case.terminal
    half, height = round(0.05 / cell + 0.5), round(0.16 / cell)  # Planes of symmetry run through the first cells' centres.
    start = (0.5, 0.5, 0.1275 / cell)
    ball = Obstacle("ball", sphere(0.5 * across, start, 3), motion=RigidVelocity.at_rest(3))
    simulation = Simulation(
        box((half, half, height), device=device), viscosity=case.viscosity / case.density * step / cell**2,
        boundaries=(FreeSlip(X_MIN), FreeSlip(Y_MIN)), obstacles=[ball],
    )  # fmt: skip
    body = RigidBody(
        matter=Uniform(1120.0 / case.density), gravity=(0.0, 0.0, -9.81 * step**2 / cell),
        translate=(False, False, True), rotate=(False, False, False), share=0.25,
    )  # fmt: skip
    driver, best, last = MovingObstacles(simulation, {"ball": body}), 0.0, 0.0
    while last >= 0.98 * best:  # Until it slows down above the floor.
        last = -driver.run(100, every=every)["ball"].velocity[-1, 2]
        best = max(best, last)
    return best / speed


@pytest.mark.validate
@pytest.mark.parametrize("reynolds", CASES)
def test_the_fastest_speed_is_that_of_the_experiment(device, reynolds):
    """Within 5 % on both grids."""
    case = CASES[reynolds]
    coarse, fine = (fastest(case, across, device) for across in (8, 12))
    print(f"Re {reynolds}: {coarse:.4f} at 8 cells across, {fine:.4f} at 12; experiment {case.fastest}")
    assert coarse == pytest.approx(case.fastest, rel=0.05)
    assert fine == pytest.approx(case.fastest, rel=0.05)
