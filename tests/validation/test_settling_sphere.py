"""Case 19: a sphere that settles in a closed box."""

from dataclasses import dataclass

import numpy as np
import pytest
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from flows import sphere

from sparselbm.grid.build import box
from sparselbm.models import RigidVelocity
from sparselbm.models.boundary import X_MIN, Y_MIN, FreeSlip
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.moving import MovingObstacles, RigidBody, Uniform


@dataclass(frozen=True)
class Fluid:
    """A fluid, and how fast the sphere of 15 mm and 1120 kg/m3 fell in it."""

    density: float
    """[kg/m3]."""
    viscosity: float
    """mu [Pa s]."""
    terminal: float
    """u_inf of an unbounded fluid [m/s]."""
    fastest: float
    """Largest speed measured over u_inf."""


FLUIDS = {
    1.5: Fluid(970.0, 0.373, 0.038, 0.947), 4.1: Fluid(965.0, 0.212, 0.060, 0.953),
    11.6: Fluid(962.0, 0.113, 0.091, 0.959), 31.9: Fluid(960.0, 0.058, 0.128, 0.955),
}
SPEED = 0.03
"""u_inf on the lattice [cells / step]."""


class Fall:
    """A quarter of the box of 100 x 100 x 160 mm, the sphere 120 mm above the floor; speed over u_inf until it slows down."""

    def __init__(self, fluid, across, device, speed=SPEED):
        watch = Stopwatch()
        cell = 0.015 / across
        step = speed * cell / fluid.terminal
        half, height = round(0.05 / cell + 0.5), round(0.16 / cell)  # Planes of symmetry run through the first cells' centres.
        ball = Obstacle("ball", sphere(0.5 * across, (0.5, 0.5, 0.1275 / cell), 3), motion=RigidVelocity.at_rest(3))
        simulation = Simulation(
            box((half, half, height), device=device), viscosity=fluid.viscosity / fluid.density * step / cell**2,
            boundaries=(FreeSlip(X_MIN), FreeSlip(Y_MIN)), obstacles=[ball],
        )
        body = RigidBody(
            matter=Uniform(1120.0 / fluid.density), gravity=(0.0, 0.0, -9.81 * step**2 / cell),
            translate=(False, False, True), rotate=(False, False, False), share=0.25,
        )
        driver, speeds = MovingObstacles(simulation, {"ball": body}), [0.0]
        while speeds[-1] >= 0.98 * max(speeds):  # Until it slows down above the floor.
            speeds.append(float(-driver.run(100, every=4)["ball"].velocity[-1, 2]) / speed)
        self.times, self.speeds = np.arange(len(speeds)) * 100 * step, np.array(speeds)
        self.fastest = float(self.speeds.max())
        self.grid = watch.grid(f"{across} across", across, simulation, steps=100 * (len(speeds) - 1))


@pytest.mark.validate
@pytest.mark.parametrize("reynolds", FLUIDS)
def test_fastest_speed(reynolds, device, hand_in):
    fluid = FLUIDS[reynolds]
    falls = [Fall(fluid, across, device) for across in (8, 12)]
    half = Fall(fluid, 8, device, speed=0.5 * SPEED)
    quantity = Quantity(
        name="fastest speed / u_inf", values=[fall.fastest for fall in falls], half_speed=(falls[0].fastest, half.fastest),
        published=Published(value=fluid.fastest, tolerance=0.05),
    )
    ours = [Curve(fall.grid.label, fall.times.round(4), fall.speeds.round(5)) for fall in falls]
    at = float(falls[-1].times[falls[-1].speeds.argmax()])
    measured = Curve("fastest, measured", [at], [fluid.fastest], points=True)
    hand_in(Case(
        number="19", title="Sphere settling in a box", part=f"Re {reynolds}",
        setup="A quarter of the box between its planes of symmetry, D3Q19, TRT, fp32, a moving sphere whose wall is its solid "
        "fraction; u_inf at 0.03 cells per step; half speed: coarse grid.",
        source="ten Cate et al., Phys. Fluids 14 (2002) 4012, table I", grids=[fall.grid for fall in falls],
        quantities=[quantity], panels=[Panel(x="t [s]", y="speed / u_inf", curves=[*ours, measured])],
    ))
