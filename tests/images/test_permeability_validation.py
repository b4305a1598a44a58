"""Permeability of sphere arrays and of an image of the size of a sixteenth of a public one of 400^3 voxels."""

import math
import resource
from time import perf_counter

import numpy as np
import pytest
from image_cases import overlapping_spheres

from sparselbm.estimate.device import gibibytes
from sparselbm.flows import PeriodicSides, PorousMedium, SealedSides

pytestmark = pytest.mark.validate

DRAGS = {0.064: 2.8102, 0.216: 7.4420, 0.45: 28.086}
"""Drag / (6 pi mu a U) of a simple cubic array, by solid fraction: Zick & Homsy (1982), J. Fluid Mech. 115, 13."""


def array(n, fraction):
    """Pores around a sphere in the middle of a periodic image of n^3 voxels, and its radius by the volume of its voxels."""
    radius = (0.75 * fraction / math.pi) ** (1 / 3) * n
    axes = np.meshgrid(*[np.arange(n) + 0.5 - n / 2] * 3, indexing="ij", sparse=True)
    pore = sum(x**2 for x in axes) > radius**2
    return pore, (0.75 / math.pi * np.count_nonzero(~pore)) ** (1 / 3)


@pytest.mark.parametrize("fraction", DRAGS)
def test_cubic_arrays_of_spheres(fraction, device):
    """k = n^3 / (6 pi a K), with the radius a of a sphere of the volume of its voxels: the shape of voxels leaves 4 % at 48."""
    errors = []
    for n in (24, 48):
        pore, radius = array(n, fraction)
        setup = PorousMedium(voxel_size=1.0, sides=PeriodicSides()).in_image(pore, device=device)
        flow = setup.build()
        flow.run_to_steady()
        right = n**3 / (6.0 * math.pi * radius * DRAGS[fraction])
        errors.append(setup.permeability(flow).voxels_squared / right - 1.0)
    print(f"solid fraction {fraction}: permeability {errors[0]:+.2%} at 24 voxels, {errors[1]:+.2%} at 48")
    assert abs(errors[1]) < 0.04


def measured(setup):
    """Permeability of a set-up; prints it with steps, time and memory."""
    began, flow = perf_counter(), setup.build()
    steady = flow.run_to_steady()
    assert steady.converged
    found = setup.permeability(flow)
    print(
        f"{setup.pores.pore.shape[0]}^3 voxels, porosity {setup.pores.porosity:.1%}, isolated {setup.isolated_share:.1%}, "
        f"throat {setup.narrowest_width} voxels: {found.voxels_squared:.4g} voxel^2 = {found.darcy:.4g} darcy after "
        f"{steady.steps} steps, {perf_counter() - began:.0f} s, {gibibytes(setup.memory)} estimated, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB at most"
    )
    assert found.reynolds < 0.1
    return found


@pytest.mark.parametrize("sides", [SealedSides(), PeriodicSides()])
def test_the_permeability_of_a_rock_does_not_depend_on_the_viscosity(sides, device):
    """Overlapping spheres with a porosity of about 20 % and throats of a few voxels, at three times the viscosity."""
    setup = PorousMedium(voxel_size=5e-6, sides=sides).in_image(overlapping_spheres(48, 216, 5.8, seed=0), device=device)
    first, second = measured(setup), measured(setup.with_lattice_viscosity(3.0))
    assert second.voxels_squared == pytest.approx(first.voxels_squared, rel=5e-3)


def test_an_image_of_160_voxels_a_side_runs_on_two_cores(device):
    """A sixteenth of the voxels of a public image of 400^3; memory and time are printed."""
    measured(PorousMedium(voxel_size=5e-6).in_image(overlapping_spheres(160, 1000, 11.6, seed=0), device=device))
