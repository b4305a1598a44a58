"""Voxel images whose permeability is known."""

import numpy as np

DUCT = 6**4 * 0.0351443 / 100
"""Permeability of `duct(1)` [voxel^2]: flow rate of a square duct of side 6 by its series, per area of the whole image."""


def duct(factor):
    """A duct of 6 x 6 voxels along x through 10^3 voxels, times a factor, (n, n, n) bool."""
    pore = np.zeros((10 * factor,) * 3, dtype=bool)
    pore[:, 2 * factor : 8 * factor, 2 * factor : 8 * factor] = True
    return pore


def fracture(width):
    """An open fracture of this width along x and y, with one layer of solid, (4, 4, width + 1) bool."""
    pore = np.ones((4, 4, width + 1), dtype=bool)
    pore[..., width] = False
    return pore


def overlapping_spheres(n, count, radius, seed):
    """Pores around spheres that may overlap, in a periodic image, (n, n, n) bool."""
    axes = np.meshgrid(*[np.arange(n) + 0.5] * 3, indexing="ij", sparse=True)
    pore = np.ones((n, n, n), dtype=bool)
    for centre in np.random.default_rng(seed).uniform(0, n, (count, 3)):
        pore &= sum(((x - c + n / 2) % n - n / 2) ** 2 for x, c in zip(axes, centre)) > radius**2
    return pore
