"""Case 5: the decay of Taylor and Green's vortex in three dimensions at Re 100."""

from pathlib import Path

import numpy as np
import pytest
import warp as wp
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from flow_fields import add_stress, extremum

from sparselbm.grid.build import box
from sparselbm.models.collision import TRT
from sparselbm.observe import Integral
from sparselbm.observe.evaluation import Evaluation
from sparselbm.solver import Simulation

REYNOLDS, SIDES, END = 100.0, (32, 48, 64), 10.0
MACH = 0.05
"""At 32 cells; less in proportion on finer grids (diffusive scaling)."""
SETUP = (
    "Periodic box of side 2 pi L, Re = u0 L / nu = 100, TRT with Lambda = 1/12 (no third-order error of advection), fp32; Mach "
    "number 0.05 on 32 cells, less in proportion on finer grids. Times in L / u0, energies in u0^2; dissipation is -dE/dt of the "
    "mean kinetic energy, by central differences over 0.2 L / u0."
)
ENERGIES = {2.0: 0.10905, 5.0: 0.07396, 10.0: 0.02620}


def kinetic_energy(rho, u):
    return 0.5 * sum(x * x for x in u)


class Vortex:
    """Mean kinetic energy and its rate, in units of u0 and L = cells / 2 pi."""

    def __init__(self, cells, device):
        watch = Stopwatch()
        speed, length = MACH / np.sqrt(3.0) * SIDES[0] / cells, cells / (2.0 * np.pi)
        domain = box((cells,) * 3, voxel_size=1.0 / length, periodic=[True] * 3, device=device)
        simulation = Simulation(
            domain, viscosity=speed * length / REYNOLDS, collision=TRT(1 / 12), precision=wp.float32
        )
        simulation.set_state(*initial(domain.cell_centres(), speed))
        add_stress(simulation, speed / length * gradient(domain.cell_centres()))
        energy = Evaluation(simulation, Integral(kinetic_energy))
        stretch = round(0.1 * length / speed)
        energies, steps = [], []
        while True:
            energy.add(simulation.state.populations, weight=1.0 / (domain.fluid_cells * speed**2))
            energies.append(energy.take())
            steps.append(simulation.steps + 1)  # Moments are read after streaming.
            if simulation.steps * speed / length > END:
                break
            simulation.run(stretch)
        self.times, self.energies = np.array(steps) * speed / length, np.array(energies)
        self.dissipation = -np.gradient(self.energies, self.times)
        self.grid = watch.grid(f"{cells}^3", cells, simulation)


def initial(places, speed):
    """rho and u: u = u0 (sin x cos y cos z, -cos x sin y cos z, 0), p = u0^2 / 16 (cos 2x + cos 2y) (cos 2z + 2)."""
    x, y, z = np.moveaxis(places, -1, 0)
    u = np.stack([np.sin(x) * np.cos(y) * np.cos(z), -np.cos(x) * np.sin(y) * np.cos(z), 0.0 * x], axis=-1)
    pressure = speed**2 / 16.0 * (np.cos(2 * x) + np.cos(2 * y)) * (np.cos(2 * z) + 2.0)
    return 1.0 + 3.0 * pressure, speed * u


def gradient(places):
    """d_a u_b of the first flow in u0 / L, (n, cells, a, b)."""
    (sx, sy, sz), (cx, cy, cz) = np.sin(np.moveaxis(places, -1, 0)), np.cos(np.moveaxis(places, -1, 0))
    none = 0.0 * cx
    rows = [[cx * cy * cz, sx * sy * cz, none], [-sx * sy * cz, -cx * cy * cz, none], [-sx * cy * sz, cx * sy * sz, none]]
    return np.moveaxis(np.array(rows), (0, 1), (-2, -1))


@pytest.mark.validate
def test_energy_and_dissipation(device, hand_in):
    vortices = [Vortex(cells, device) for cells in SIDES]
    peaks = [extremum(v.times, v.dissipation, 1) for v in vortices]
    quantities = [
        Quantity(name="peak dissipation", values=[p[1] for p in peaks], published=Published(value=0.01297, tolerance=0.015)),
        Quantity(name="time of the peak", values=[p[0] for p in peaks], published=Published(value=4.89, tolerance=0.015)),
    ] + [
        Quantity(name=f"energy at t = {t:g}", values=[float(np.interp(t, v.times, v.energies)) for v in vortices],
                 published=Published(value=published, tolerance=0.015))
        for t, published in ENERGIES.items()
    ]
    path = Path(__file__).parent / "references" / "taylor_green_3d_re100.csv"
    spectral = np.genfromtxt(path, delimiter=",", names=True)[::4]
    shown = [Curve(v.grid.label, v.times.round(4), v.dissipation.round(7)) for v in vortices]
    hand_in(Case(
        number="5", title="Taylor-Green vortex in three dimensions, Re 100", setup=SETUP,
        source="pseudo-spectral, 48 modes per side (`tests/validation/references/taylor_green_spectral.py`)",
        grids=[v.grid for v in vortices], quantities=quantities,
        panels=[Panel(x="t u0 / L", y="dissipation / (u0^3 / L)", curves=[*shown,
                Curve("pseudo-spectral", spectral["t"], spectral["dissipation"], points=True)])],
    ))
