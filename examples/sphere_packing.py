"""How well a bed of spheres lets water through: its permeability k / d^2. `python examples/sphere_packing.py [SHAPE [FOLDER]]`

72 spheres without order, 30 % of a cube that repeats, creeping flow driven along x: k = mu U / G, with the mean velocity U over
fluid and solid and the pressure gradient G. Reference: arrays of spheres at random, k / d^2 = (1 - c) / (18 c F) with
F = 10 c / (1 - c)^2 + (1 - c)^2 (1 + 1.5 sqrt(c)); van der Hoef, Beetstra & Kuipers, J. Fluid Mech. 528 (2005) 233.
"""

import sys
from math import pi, sqrt
from pathlib import Path

from sparselbm.flows import SteadyRun
from sparselbm.grid.build import box
from sparselbm.models.wall import CentralInterpolation
from sparselbm.observe import Integral, Snapshot
from sparselbm.results.draw import Slice, Streamlines, draw_all
from sparselbm.results.fields import FlowFrame
from sparselbm.results.stage import ResultsStage
from sparselbm.scene.usd import Scene
from sparselbm.solver import Obstacle, Simulation
from sparselbm.units import Units

SCENE = Path(__file__).parents[1] / "assets" / "sphere_packing.usda"
SIDE, DIAMETER, COUNT = 10e-3, 2e-3, 72  # [m]
NU, SPEED = 0.1, 8e-4  # On the lattice.


def reference() -> float:
    c = COUNT * pi / 6 * (DIAMETER / SIDE) ** 3
    return (1 - c) / (18 * c * (10 * c / (1 - c) ** 2 + (1 - c) ** 2 * (1 + 1.5 * sqrt(c))))


def permeability(shape: int = 64, folder: str | None = None, device: str | None = None) -> float:
    """k / d^2 with so many cells along the cube, a fifth of them across a sphere; `folder`: where the flow is drawn."""
    body = Scene.open(SCENE, segments=32).bodies[0]
    h, cells = SIDE / shape, shape * DIAMETER / SIDE
    gradient = NU * SPEED / (reference() * cells**2)
    flow = Simulation(
        box((shape,) * 3, voxel_size=h, periodic=(True,) * 3, device=device), viscosity=NU,
        force=(gradient, 0.0, 0.0), obstacles=[Obstacle("spheres", body.mesh, wall=CentralInterpolation())],
    )
    flow.set_state(1.0, (SPEED, 0.0, 0.0))
    SteadyRun(interval=2 * shape, max_steps=80 * shape).run(flow, Integral(lambda rho, u: u[0]))
    water = Units(voxel_size=h, velocity=1e-4, viscosity=1e-6, density=1000.0, lattice_velocity=SPEED)
    shown = Snapshot.of(flow, water)
    if folder:
        with ResultsStage(SCENE, folder, "packing", overwrite=True) as stage:
            moment = FlowFrame(shown, body, body.mesh, viscosity=1e-3)
            stage.add_camera(moment.bounds)
            draw_all([Streamlines(24), Slice()], stage, moment, None)
    through = ((1.0 - shown.solid) * flow.velocity()[..., 0]).sum() / shape**3
    return float(NU * through / (gradient * cells**2))


if __name__ == "__main__":
    shape, folder = (*sys.argv[1:], *("64", "results/packing")[len(sys.argv) - 1 :])
    print(f"k / d^2 = {permeability(int(shape), folder):.5f}, published {reference():.5f}")
