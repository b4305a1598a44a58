"""Case 16: a power-law fluid between plates."""

import numpy as np
import pytest
import warp as wp
from case import Case, Curve, Panel, Published, Quantity, Stopwatch
from flow_fields import steady_run

from sparselbm.grid.build import box
from sparselbm.models.collision import TRT
from sparselbm.models.rheology import PowerLaw
from sparselbm.solver import Simulation

WALL_VISCOSITY = {0.5: 0.05, 1.5: 0.5}
"""nu at the wall by exponent: the law is bounded to 1e-4 to 1, which is reached only near the middle, where gamma is 0."""


def exact(y, exponent):
    """u / u_max at y / H: 1 - |2 y - 1|^(1 + 1/n) (Bird, Stewart & Lightfoot)."""
    return 1.0 - np.abs(2.0 * y - 1.0) ** (1.0 + 1.0 / exponent)


class Plates:
    """A channel that a force drives; u over the exact largest."""

    def __init__(self, cells, exponent, device):
        watch = Stopwatch()
        peak, half, nu = 0.02 * 16 / cells, 0.5 * cells, WALL_VISCOSITY[exponent]
        rate = peak * (1.0 + 1.0 / exponent) / half
        simulation = Simulation(
            box((8, cells), periodic=(True, False), device=device), viscosity=nu * rate ** (1.0 - exponent),
            collision=PowerLaw(TRT(), exponent), force=(nu * rate / half, 0.0), precision=wp.float64,
        )
        self.y = (np.arange(cells) + 0.5) / cells
        start = np.zeros((*simulation.domain.fluid.shape, 2))
        start[..., 0] = 0.9 * peak * exact((simulation.domain.cell_indices()[..., 1] + 0.5) / cells, exponent)
        simulation.set_state(1.0, start)
        steady_run(simulation, 1e-5, stretch=round(0.1 * cells**2), limit=4000 * cells**2)
        self.u = simulation.domain.dense(simulation.velocity())[0, :, 0] / peak
        self.error = float(np.abs(self.u - exact(self.y, exponent)).max())
        self.grid = watch.grid(f"{cells} cells", cells, simulation)


@pytest.mark.validate
@pytest.mark.parametrize("exponent", WALL_VISCOSITY)
def test_channel(exponent, device, hand_in):
    flows = [Plates(cells, exponent, device) for cells in (16, 32)]
    y = np.linspace(0.0, 1.0, 21)
    hand_in(Case(
        number="16", title="Power-law fluid between plates", part=f"n = {exponent}",
        setup="D2Q9, TRT with Lambda = 3/16 at the viscosity of the cell's own strain rate, fp64, halfway walls, driven by a "
        "force; nu at the wall 0.05 (n = 0.5) and 0.5 (n = 1.5), bounded to 1e-4 to 1; u_max 0.02 and 0.01.",
        source="exact (Bird, Stewart & Lightfoot, Transport Phenomena)", grids=[flow.grid for flow in flows],
        quantities=[Quantity(name="largest error of u / u_max", values=[flow.error for flow in flows],
                             published=Published(value=0.0, tolerance=0.02, absolute=True))],
        panels=[Panel(x="y / H", y="u / u_max", curves=[*(Curve(f.grid.label, f.y, f.u) for f in flows),
                      Curve("exact", y, exact(y, exponent), points=True)])],
    ))
