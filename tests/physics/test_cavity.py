"""The lid-driven cavity against Ghia, Ghia & Shin, J. Comput. Phys. 48 (1982) 387, tables I and II."""

import numpy as np
import pytest
import warp as wp
from flows import run_until_steady

from sparselbm.boundary import Y_MAX, MovingWall
from sparselbm.domain import box
from sparselbm.simulation import Simulation

REYNOLDS = (100, 400, 1000)
U_ON_VERTICAL = np.array([
    [.9766, .84123, .75837, .65928], [.9688, .78871, .68439, .57492], [.9609, .73722, .61756, .51117],
    [.9531, .68717, .55892, .46604], [.8516, .23151, .29093, .33304], [.7344, .00332, .16256, .18719],
    [.6172, -.13641, .02135, .05702], [.5000, -.20581, -.11477, -.06080], [.4531, -.21090, -.17119, -.10648],
    [.2813, -.15662, -.32726, -.27805], [.1719, -.10150, -.24299, -.38289], [.1016, -.06434, -.14612, -.29730],
    [.0703, -.04775, -.10338, -.22220], [.0547, -.03717, -.08186, -.18109],
])  # fmt: skip
"""y, u / U at x = 1/2 for each Reynolds number."""
V_ON_HORIZONTAL = np.array([
    [.9688, -.05906, -.12146, -.21388], [.9609, -.07391, -.15663, -.27669], [.9531, -.08864, -.19254, -.33714],
    [.9453, -.10313, -.22847, -.39188], [.8594, -.22445, -.44993, -.42665], [.8047, -.24533, -.38598, -.31966],
    [.5000, .05454, .05186, .02526], [.2344, .17527, .30174, .32235], [.2266, .17507, .30203, .33075],
    [.1563, .16077, .28124, .37095], [.0938, .12317, .22965, .32627], [.0781, .10890, .20920, .30353],
    [.0703, .10091, .19713, .29012], [.0625, .09233, .18360, .27485],
])  # fmt: skip
"""x, v / U at y = 1/2; the misprint at .9063 is left out."""


def deviation(cells, reynolds, device):
    """Largest difference from the tables, in speeds of the lid."""
    speed = 0.1
    lid = MovingWall(Y_MAX, (speed, 0.0))
    simulation = Simulation(
        box((cells, cells), device=device),
        viscosity=speed * cells / reynolds,
        boundaries=[lid],
        precision=wp.float32,
    )
    run_until_steady(simulation, 1e-4, steps=1000, limit=400_000)
    u = simulation.domain.dense(simulation.velocity()) / speed
    centres = np.concatenate([[0.0], (np.arange(cells) + 0.5) / cells, [1.0]])
    middle = slice(cells // 2 - 1, cells // 2 + 1)
    along_y = np.concatenate([[0.0], u[middle, :, 0].mean(axis=0), [1.0]])
    along_x = np.concatenate([[0.0], u[:, middle, 1].mean(axis=1), [0.0]])
    column = 1 + REYNOLDS.index(reynolds)
    return max(
        np.abs(np.interp(U_ON_VERTICAL[:, 0], centres, along_y) - U_ON_VERTICAL[:, column]).max(),
        np.abs(np.interp(V_ON_HORIZONTAL[:, 0], centres, along_x) - V_ON_HORIZONTAL[:, column]).max(),
    )


def test_reynolds_100(device):
    assert deviation(64, 100, device) < 0.02


@pytest.mark.validate
@pytest.mark.parametrize("reynolds", REYNOLDS)
def test_all_tables(reynolds, device):
    deviations = [deviation(cells, reynolds, device) for cells in (64, 128)]
    print(f"Re {reynolds}: {deviations[0]:.4f} at 64 cells, {deviations[1]:.4f} at 128 [lid speeds]")
    assert deviations[1] < 0.02
