"""The lid-driven cavity at Re 100 against Ghia, Ghia & Shin, J. Comput. Phys. 48 (1982) 387, tables I and II.

Higher Reynolds numbers, finer grids and extrema: `tests/validation/test_cavity_2d.py`.
"""

import numpy as np
import warp as wp
from flows import run_until_steady

from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, MovingWall
from sparselbm.solver import Simulation

U_ON_VERTICAL = np.array([
    [.9766, .84123], [.9688, .78871], [.9609, .73722], [.9531, .68717], [.8516, .23151], [.7344, .00332], [.6172, -.13641],
    [.5000, -.20581], [.4531, -.21090], [.2813, -.15662], [.1719, -.10150], [.1016, -.06434], [.0703, -.04775], [.0547, -.03717],
])
"""y, u / U at x = 1/2."""
V_ON_HORIZONTAL = np.array([
    [.9688, -.05906], [.9609, -.07391], [.9531, -.08864], [.9453, -.10313], [.8594, -.22445], [.8047, -.24533], [.5000, .05454],
    [.2344, .17527], [.2266, .17507], [.1563, .16077], [.0938, .12317], [.0781, .10890], [.0703, .10091], [.0625, .09233],
])
"""x, v / U at y = 1/2."""


def test_reynolds_100(device):
    """Every point within 2 % of the lid's speed. In the corners the walls at rest come first: second order needs that."""
    cells, speed = 64, 0.1
    walls = [MovingWall(Y_MAX, (speed, 0.0)), MovingWall(X_MIN, (0.0, 0.0)), MovingWall(X_MAX, (0.0, 0.0))]
    simulation = Simulation(
        box((cells, cells), device=device), viscosity=speed * cells / 100, boundaries=walls, precision=wp.float32
    )
    run_until_steady(simulation, 1e-4, steps=1000, limit=400_000)
    u = simulation.domain.dense(simulation.velocity()) / speed
    centres = np.concatenate([[0.0], (np.arange(cells) + 0.5) / cells, [1.0]])
    middle = slice(cells // 2 - 1, cells // 2 + 1)
    along_y = np.concatenate([[0.0], u[middle, :, 0].mean(axis=0), [1.0]])
    along_x = np.concatenate([[0.0], u[:, middle, 1].mean(axis=1), [0.0]])
    assert np.abs(np.interp(U_ON_VERTICAL[:, 0], centres, along_y) - U_ON_VERTICAL[:, 1]).max() < 0.02
    assert np.abs(np.interp(V_ON_HORIZONTAL[:, 0], centres, along_x) - V_ON_HORIZONTAL[:, 1]).max() < 0.02
