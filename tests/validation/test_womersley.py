"""Case 15: Womersley's oscillating flow in a pipe."""

import numpy as np
import pytest
import warp as wp
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from scipy.special import jv

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import Harmonic
from sparselbm.models.wall import Bouzidi
from sparselbm.solver import Obstacle, Simulation

VISCOSITY, PEAK, PERIODS, PHASES = 0.05, 0.02, 8, 8
SETUP = (
    "Periodic pipe, wall by interpolated bounce-back (Bouzidi), driven by the force G cos(omega t); D3Q19, TRT with Lambda = "
    "3/16, fp64, nu = 0.05; radii of 10 and 20 cells at the same alpha = R sqrt(omega / nu), the axis off the centres of cells. "
    "Amplitude and phase of the flow are its first harmonic over the last of 8 periods, the amplitude in flows of the steady "
    "pipe under G."
)
FLOW = {4: (0.353099, -65.57), 8: (0.104797, -78.94)}
"""Amplitude and phase [degrees] of the flow rate."""


def exact(r, alpha):
    """Complex amplitude of u / (G R^2 / 4 nu) at r / R: 4 / (i alpha^2) (1 - J_0(i^1.5 alpha r) / J_0(i^1.5 alpha))."""
    k = 1j**1.5 * alpha
    return 4.0 / (1j * alpha**2) * (1.0 - jv(0, k * r) / jv(0, k))


class Pipe:
    """Largest difference of u from the exact profile at eight phases, over the largest u; first harmonic of the flow rate."""

    def __init__(self, radius, alpha, device):
        watch = Stopwatch()
        omega = VISCOSITY * (alpha / radius) ** 2
        period = 2.0 * np.pi / omega
        G = 4.0 * VISCOSITY / radius**2 * PEAK * 10.0 / radius / FLOW[alpha][0] / 2.0  # Diffusive scaling: u falls as 1 / R.
        width = 8 * int(np.ceil((2.0 * radius + 3.0) / 8.0))
        axis = (0.5 * width + 0.2, 0.5 * width + 0.1)
        wall = TriangleMesh.cylinder(radius, (-8.0, *axis), (16.0, *axis), 256)
        simulation = Simulation(
            box((8, width, width), periodic=(True, False, False), device=device), viscosity=VISCOSITY,
            force=(G, 0.0, 0.0), schedules={"force_x": Harmonic(period, phase=0.5 * np.pi)}, precision=wp.float64,
            obstacles=[Obstacle("pipe", wall, wall=Bouzidi(), hollow=True)],
        )
        r = np.linalg.norm(simulation.domain.cell_indices()[..., 1:] + 0.5 - axis, axis=-1) / radius
        fluid = simulation.walls.fluid
        scale, profile = G * radius**2 / (4.0 * VISCOSITY), exact(np.minimum(r, 1.0), alpha)
        self.r = np.linspace(0.0, 1.0, 26)
        self.curves, errors, flows, times = [], [], [], []
        for phase in range(PHASES * PERIODS):
            simulation.run(round((phase + 1) / PHASES * period) - simulation.steps)
            t = simulation.steps  # Half of the force at this time is in what is read.
            u = simulation.velocity()[..., 0] / scale
            if phase >= PHASES * (PERIODS - 1):
                turn = np.exp(1j * omega * t)
                errors.append(np.abs(u - (profile * turn).real)[fluid].max())
                flows.append(u[fluid].sum() / 8.0 / (np.pi * radius**2 / 2.0))
                times.append(t)
                if phase % 2 == 0:
                    self.curves.append((np.degrees(omega * t) % 360.0, r[fluid], u[fluid], (exact(self.r, alpha) * turn).real))
        self.error = float(max(errors) / np.abs(profile).max())
        harmonic = 2.0 * np.mean(np.array(flows) * np.exp(-1j * omega * np.array(times)))
        self.amplitude, self.phase = float(np.abs(harmonic)), float(np.degrees(np.angle(harmonic)))
        self.grid = watch.grid(f"radius of {radius} cells", radius, simulation)


@pytest.mark.validate
@pytest.mark.parametrize("alpha", FLOW)
def test_oscillating_pipe(alpha, device, hand_in):
    pipes = [Pipe(radius, alpha, device) for radius in (10, 20)]
    amplitude, phase = FLOW[alpha]
    quantities = [
        Quantity(name="largest error of u at eight phases", values=[p.error for p in pipes],
                 published=Published(value=0.0, tolerance=0.02, absolute=True)),
        Quantity(name="amplitude of the flow", values=[p.amplitude for p in pipes],
                 published=Published(value=amplitude, tolerance=0.02)),
        Quantity(name="phase of the flow [degrees]", values=[p.phase for p in pipes],
                 published=Published(value=phase, tolerance=0.02)),
    ]
    curves = []
    for turn, r, u, expected in pipes[1].curves:
        near = np.unique(r.round(3), return_index=True)[1][::6]
        curves.append(Curve(f"{turn:.0f} degrees", r[near].round(4), u[near].round(5)))
        curves.append(Curve("" if len(curves) > 1 else "exact", pipes[1].r.round(3), expected.round(5), points=True))
    hand_in(Case(
        number="15", title="Womersley flow in a pipe", part=f"alpha = {alpha}", setup=SETUP, source="exact (Bessel functions)",
        grids=[p.grid for p in pipes], quantities=quantities, panels=[Panel(x="r / R", y="u / (G R^2 / 4 nu)", curves=curves)],
    ))
