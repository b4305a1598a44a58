"""Cases 3 and 4: shear waves and the plane Taylor-Green vortex decay at the rate of the viscosity."""

import numpy as np
import pytest
import warp as wp
from case import Case, Curve, Grid, Panel, Published, Quantity, Stopwatch
from flow_fields import add_stress

from sparselbm.grid.build import box
from sparselbm.lattice import D3Q19
from sparselbm.models.collision import TRT
from sparselbm.solver import Simulation

VISCOSITY = 0.05
WAVES = {
    "along x": ((1, 0, 0), (0, 1, 0)),
    "along y": ((0, 1, 0), (0, 0, 1)),
    "along z": ((0, 0, 1), (1, 0, 0)),
    "along (1, 1, 0)": ((1, 1, 0), (1, -1, 0)),
}
"""Wave numbers in whole waves a box, and the direction of u."""


class Wave:
    """A sine wave of shear in `cells` a side: its amplitude over time, and the viscosity it decays with."""

    def __init__(self, cells, wave, device):
        watch = Stopwatch()
        numbers, direction = (np.array(v, dtype=float) for v in WAVES[wave])
        shape = [cells if n else 8 for n in numbers]
        k = 2.0 * np.pi / cells * numbers
        simulation = Simulation(
            box(shape, periodic=[True] * 3, device=device), lattice=D3Q19, viscosity=VISCOSITY, precision=wp.float64
        )
        phase = simulation.domain.cell_indices() @ k
        sine = np.sin(phase)
        direction /= np.linalg.norm(direction)
        simulation.set_state(1.0, 0.01 * sine[..., None] * direction)
        add_stress(simulation, 0.01 * np.cos(phase)[..., None, None] * np.outer(k, direction))
        rate = VISCOSITY * (k @ k)
        times, amplitudes = [], []
        for _ in range(21):
            times.append((simulation.steps + 1) * rate)  # Moments are read after streaming.
            amplitudes.append((sine * (simulation.velocity() @ direction)).mean() / (0.01 * (sine**2).mean()))
            simulation.run(round(0.1 / rate))
        self.times, self.amplitudes = np.array(times), np.array(amplitudes)
        self.viscosity = float(-np.polyfit(self.times, np.log(self.amplitudes), 1)[0])
        self.grid = watch.grid(f"{cells} cells per wave", cells, simulation)


@pytest.mark.validate
@pytest.mark.parametrize("wave", WAVES)
def test_shear_wave(wave, device, hand_in):
    waves = [Wave(cells, wave, device) for cells in (16, 32)]
    t = np.linspace(0.0, 2.0, 11)
    hand_in(Case(
        number="3", title="Decay of a shear wave", part=wave,
        setup="Periodic, D3Q19, TRT with Lambda = 3/16, fp64, nu = 0.05, amplitude 0.01.", source="exact",
        grids=[w.grid for w in waves],
        quantities=[Quantity(name="nu measured / nu", values=[w.viscosity for w in waves],
                             published=Published(value=1.0, tolerance=0.01))],
        panels=[Panel(x="nu k^2 t", y="amplitude", curves=[*(Curve(w.grid.label, w.times, w.amplitudes) for w in waves),
                      Curve("exact", t, np.exp(-t), points=True)])],
    ))


class Vortices:
    """The plane Taylor-Green vortex down to half its speed: relative errors (L2) of velocity and pressure.

    A little sound, of second order too, stays from the start: errors are root mean squares over one of its periods.
    """

    def __init__(self, cells, device):
        watch = Stopwatch()
        self.k, self.speed = 2.0 * np.pi / cells, 0.02 * 16 / cells
        simulation = Simulation(
            box((cells, cells), periodic=(True, True), device=device), viscosity=VISCOSITY, collision=TRT(), precision=wp.float64
        )
        given, density = self.exact(simulation, 0)
        simulation.set_state(density, given + self.compression(simulation))
        add_stress(simulation, self.gradient(simulation))
        sound = round(np.sqrt(3.0) * cells / 2.0)  # A period of the sound wave of the pressure's length.
        simulation.run(round(np.log(2.0) / (2.0 * VISCOSITY * self.k**2)) - sound)
        errors = []
        for _ in range(sound):
            simulation.run(1)
            u, rho = self.exact(simulation, simulation.steps + 1)  # Moments are read after streaming.
            du, dp = simulation.velocity() - u, simulation.density() - simulation.density().mean() + 1.0 - rho
            errors.append((np.linalg.norm(du) / np.linalg.norm(u), np.linalg.norm(dp) / np.linalg.norm(rho - 1.0)))
        self.errors = np.sqrt(np.mean(np.square(errors), axis=0))
        self.grid: Grid = watch.grid(f"{cells} cells", cells, simulation)

    def exact(self, simulation, time):
        """u = -U cos kx sin ky, v = U sin kx cos ky, and rho from p = -U^2 / 4 (cos 2kx + cos 2ky); U decays."""
        x, y = np.moveaxis(self.k * (simulation.domain.cell_indices() + 0.5), -1, 0)
        speed = self.speed * np.exp(-2.0 * VISCOSITY * self.k**2 * time)
        u = speed * np.stack([-np.cos(x) * np.sin(y), np.sin(x) * np.cos(y)], axis=-1)
        return u, 1.0 - 0.75 * speed**2 * (np.cos(2.0 * x) + np.cos(2.0 * y))

    def compression(self, simulation):
        """What keeps sound from starting: the gradient whose divergence is -d rho / dt = 4 nu k^2 (rho - 1)."""
        places = self.k * (simulation.domain.cell_indices() + 0.5)
        return -1.5 * VISCOSITY * self.k * self.speed**2 * np.sin(2.0 * places)

    def gradient(self, simulation):
        """d_a u_b of the first flow, (n, cells, a, b)."""
        x, y = np.moveaxis(self.k * (simulation.domain.cell_indices() + 0.5), -1, 0)
        along, across = np.sin(x) * np.sin(y), np.cos(x) * np.cos(y)
        return self.k * self.speed * np.moveaxis(np.array([[along, across], [-across, -along]]), (0, 1), (-2, -1))


@pytest.mark.validate
def test_taylor_green_2d(device, hand_in):
    flows = [Vortices(cells, device) for cells in (16, 32, 64)]
    errors = np.array([flow.errors for flow in flows])
    orders = np.log2(errors[:-1] / errors[1:])
    sides = [16, 32, 64]
    second = Curve("second order", sides, errors[0, 0] * (16.0 / np.array(sides)) ** 2, points=True)
    hand_in(Case(
        number="4", title="Taylor-Green vortex in two dimensions",
        setup="Periodic, D2Q9, TRT with Lambda = 3/16, fp64, nu = 0.05, u0 = 0.02 on 16 cells, less in proportion on finer grids "
        "(diffusive scaling), down to half of u0; errors are means over a period of sound. The values are orders, from 16 to 32 "
        "and from 32 to 64 cells.",
        source="exact", grids=[flow.grid for flow in flows[1:]],
        quantities=[Quantity(name=f"order of the error of {name}", values=orders[:, k], is_order=True,
                             published=Published(value=2.0, tolerance=0.15, absolute=True))
                    for k, name in enumerate(("velocity", "pressure"))],
        panels=[Panel(x="cells per side", y="relative error", logarithmic=True,
                      curves=[Curve("velocity", sides, errors[:, 0]), Curve("pressure", sides, errors[:, 1]), second])],
    ))
