"""Case 21: a Gaussian hill of a scalar that is carried and spreads."""

import numpy as np
import pytest
import warp as wp
from case import Case, Curve, Panel, Published, Quantity, Stopwatch

from sparselbm.grid.build import box
from sparselbm.models.scalar import Scalar, ScalarTRT
from sparselbm.solver import Simulation

DIFFUSIVITY = 0.06


class Hill:
    """Largest error over the peak once the hill is sqrt(2) times as wide; phi on the line through its middle."""

    def __init__(self, n, device):
        watch = Stopwatch()
        self.sigma = n / 8.0
        steps = round(self.sigma**2 / (2.0 * DIFFUSIVITY)) - 1
        time = steps + 1  # Scalars too are read after streaming.
        u = np.array([0.5 * n, -0.25 * n]) / time
        simulation = Simulation(
            box((n, n), periodic=(True, True), device=device), viscosity=0.1, precision=wp.float64,
            scalars=(Scalar("dye", DIFFUSIVITY, collision=ScalarTRT()),),
        )
        simulation.set_state(1.0, u)
        index = simulation.domain.cell_indices()
        simulation.set_scalar("dye", self._exact(index, n, 0.0, u))
        simulation.run(steps)
        expected, phi = self._exact(index, n, time, u), simulation.scalar("dye")
        self.error = float(np.abs(phi - expected).max() / expected.max())
        row = round(0.5 * n + u[1] * time) % n
        self.x = (np.arange(n) + 0.5) / n
        self.phi, self.expected = (simulation.domain.dense(field)[:, row] for field in (phi, expected))
        self.grid = watch.grid(f"{n} x {n}", n, simulation)

    def _exact(self, index, n, time, u):
        """sigma_0^2 / sigma^2 exp(-|x - x_0 - u t|^2 / 2 sigma^2) with its periodic images, sigma^2 = sigma_0^2 + 2 D t."""
        width = np.sqrt(self.sigma**2 + 2.0 * DIFFUSIVITY * time)
        away = index[..., None] - (0.5 * n + u * time)[:, None] - n * np.arange(-2, 3)
        return np.prod(self.sigma / width * np.exp(-0.5 * (away / width) ** 2).sum(axis=-1), axis=-1)


@pytest.mark.validate
def test_hill(device, hand_in):
    hills = [Hill(n, device) for n in (32, 48, 64)]
    errors = np.array([hill.error for hill in hills])
    orders = np.log(errors[:-1] / errors[1:]) / np.log([48 / 32, 64 / 48])
    quantity = Quantity(
        name="order of the largest error", values=orders, is_order=True,
        published=Published(value=2.0, tolerance=0.2, absolute=True),
    )
    lines = [Curve(hill.grid.label, hill.x.round(5), hill.phi.round(6)) for hill in hills]
    hand_in(Case(
        number="21", title="Gaussian hill of a scalar",
        setup="Periodic, D2Q9 with a TRT scalar, fp64, D = 0.06, carried through half of the box (diffusive scaling) until it is "
        f"sqrt(2) times as wide. Largest errors over the peak: {', '.join(f'{e:.4f}' for e in errors)} on 32, 48, 64 cells; the "
        "values are orders between them.", source="exact",
        grids=[hill.grid for hill in hills[1:]], quantities=[quantity],
        panels=[Panel(x="x / L", y="phi", curves=[*lines, Curve("exact", hills[-1].x[::3].round(5),
                      hills[-1].expected[::3].round(6), points=True)])],
    ))
