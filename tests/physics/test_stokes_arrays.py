"""Drag of periodic arrays in Stokes flow: cylinders (Sangani & Acrivos 1982), spheres (Zick & Homsy 1982).

All solid fractions and finer grids: `tests/validation/test_periodic_arrays.py`.
"""

import numpy as np
import pytest
import warp as wp
from flows import StokesArray, cylinder, sphere

from sparselbm.grid.memory import tile_view

VISCOSITY = 0.05
"""tau = 0.65: the partially saturated wall is most accurate for small viscosities (at 1/6 the drag is 1 % less)."""
CYLINDERS = {0.2: 51.53, 0.4: 217.9}
"""Drag per length / (mu U) of a square array, by solid fraction."""
SPHERES = 4.2916
"""Drag / (6 pi mu a U) of a simple cubic array at a solid fraction of 1/8."""


def cylinder_array(cells, c, device, *, shift=(0.0, 0.0), **options):
    radius = cells * np.sqrt(c / np.pi)
    solid = cylinder(radius, (cells / 2 + shift[0], cells / 2 + shift[1]))
    return StokesArray((cells, cells), [solid], device, diameter=2.0 * radius, expected=CYLINDERS[c], **options)


def test_square_array_of_cylinders(device):
    array = cylinder_array(32, 0.2, device, viscosity=VISCOSITY)
    assert array.drag == pytest.approx(CYLINDERS[0.2], rel=0.03)
    assert array.force == pytest.approx(array.drive * (array.volume - array.solid_volume), rel=1e-5)
    field = array.simulation.force_field()
    assert field[..., 0].sum() == pytest.approx(array.force, rel=1e-12)
    assert abs(field[..., 1].sum()) < 1e-9 * array.force


def test_drag_converges_with_second_order(device):
    errors = [cylinder_array(n, 0.2, device, viscosity=1 / 6).drag / CYLINDERS[0.2] - 1.0 for n in (24, 48)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.2)


def test_drag_does_not_depend_on_the_place_of_the_cylinder(device):
    places = [(x, 0.7 * x) for x in (0.0, 0.13, 0.37, 0.5)]
    drags = [cylinder_array(32, 0.2, device, shift=shift, viscosity=VISCOSITY, tolerance=1e-5).drag for shift in places]
    assert np.ptp(drags) < 3e-3 * np.mean(drags)


def test_a_whole_solid_sends_out_no_momentum(device):
    """Nor does the body force act on it: populations that leave a cell with eps = 1 balance."""
    array = cylinder_array(32, 0.4, device, viscosity=0.5, tolerance=1e-4)
    simulation = array.simulation
    f = tile_view(simulation.domain, simulation.state.populations, simulation.lattice.size)
    momentum = np.einsum("tqc,qk->tck", f, np.asarray(simulation.lattice.velocities, dtype=float))
    assert np.abs(momentum[array.eps == 1.0]).max() < 1e-8 * array.drive
    assert np.abs(momentum[array.eps == 0.0]).max() > 10.0 * array.drive


def test_simple_cubic_array_of_spheres(device):
    cells = 32
    radius = cells * (3.0 / (32.0 * np.pi)) ** (1 / 3)
    expected = SPHERES * 6.0 * np.pi * radius
    array = StokesArray(
        (cells,) * 3, [sphere(radius, (0.5 * cells,) * 3)], device, diameter=2.0 * radius, expected=expected, viscosity=0.1,
        precision=wp.float32, tolerance=1e-4,
    )
    assert array.drag == pytest.approx(expected, rel=0.03)
    assert array.force == pytest.approx(array.drive * (array.volume - array.solid_volume), rel=1e-3)
