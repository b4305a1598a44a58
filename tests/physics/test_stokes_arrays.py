"""Drag of periodic arrays in Stokes flow: cylinders (Sangani & Acrivos 1982), spheres (Zick & Homsy 1982)."""

import itertools

import numpy as np
import pytest
import warp as wp
from flows import StokesArray, cylinder, sphere

from sparselbm.memory import tile_view

VISCOSITY = 0.05
"""tau = 0.65: the partially saturated wall is most accurate for small viscosities (at 1/6 the drag is 1 % less)."""
CYLINDERS = {0.05: 15.56, 0.1: 24.83, 0.2: 51.53, 0.3: 102.9, 0.4: 217.9, 0.5: 532.6}
"""Drag per length / (mu U) of a square array, by solid fraction."""
SPHERES = {0.027: 2.0078, 0.064: 2.8102, 0.125: 4.2916, 0.216: 7.4420, 0.343: 15.399, 0.45: 28.086}
"""Drag / (6 pi mu a U) of a simple cubic array, by solid fraction."""
SIMPLE = [(0.5, 0.5, 0.5)]
CORNERS = list(itertools.product((0.0, 1.0), repeat=3))
FACES = [tuple(np.roll((side, 0.5, 0.5), axis)) for side in (0.0, 1.0) for axis in range(3)]
"""Centres of spheres [cell lengths]; one that crosses the box is given with its periodic images."""


def cylinder_array(cells, c, device, *, shift=(0.0, 0.0), **options):
    radius = cells * np.sqrt(c / np.pi)
    solid = cylinder(radius, (cells / 2 + shift[0], cells / 2 + shift[1]))
    return StokesArray((cells, cells), [solid], device, diameter=2.0 * radius, expected=CYLINDERS[c], **options)


def sphere_array(cells, places, c, reference, device, **options):
    """The array with spheres at these places [cell lengths], and the error of the drag of each / (6 pi mu a U)."""
    count = len({tuple(np.mod(place, 1.0)) for place in places})
    radius = cells * (3.0 * c / (4.0 * np.pi * count)) ** (1 / 3)
    solids = [sphere(radius, [cells * x for x in place]) for place in places]
    expected = reference * count * 6.0 * np.pi * radius
    array = StokesArray(
        (cells,) * 3, solids, device, diameter=2.0 * radius, expected=expected, precision=wp.float32,
        tolerance=1e-4, **options,
    )  # fmt: skip
    return array, array.drag / expected - 1.0


def test_square_array_of_cylinders(device):
    array = cylinder_array(32, 0.2, device, viscosity=VISCOSITY)
    assert array.drag == pytest.approx(CYLINDERS[0.2], rel=0.025)
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
    f = tile_view(simulation.domain, simulation.state, simulation.lattice.size)
    momentum = np.einsum("tqc,qk->tck", f, np.asarray(simulation.lattice.velocities, dtype=float))
    assert np.abs(momentum[array.eps == 1.0]).max() < 1e-8 * array.drive
    assert np.abs(momentum[array.eps == 0.0]).max() > 10.0 * array.drive


def test_simple_cubic_array_of_spheres(device):
    array, error = sphere_array(32, SIMPLE, 0.125, SPHERES[0.125], device, viscosity=0.1)
    assert abs(error) < 0.03
    assert array.force == pytest.approx(array.drive * (array.volume - array.solid_volume), rel=1e-3)


@pytest.mark.validate
@pytest.mark.parametrize("c", CYLINDERS)
def test_cylinders_forty_cells_across(c, device):
    coarse, fine = (grid(2.0 * np.sqrt(c / np.pi), across) for across in (14, 40))
    errors = [cylinder_error(n, c, device) for n in (coarse, fine)]
    print(
        f"c {c}: {coarse} cells {errors[0]:+.4f}, {fine} cells {errors[1]:+.4f}, "
        f"order {order(errors, coarse, fine):.2f}"
    )
    assert abs(errors[1]) < 0.01


NARROW = pytest.mark.xfail(strict=True, reason="5 to 9 cells of gap: the wall's error is 3.4, 4.8 and 7.4 % here")


@pytest.mark.validate
@pytest.mark.parametrize("c", [0.05, 0.1, 0.2, *(pytest.param(c, marks=NARROW) for c in (0.3, 0.4, 0.5))])
def test_cylinders_fourteen_cells_across(c, device):
    assert abs(cylinder_error(grid(2.0 * np.sqrt(c / np.pi), 14), c, device)) < 0.025


def cylinder_error(cells, c, device):
    return cylinder_array(cells, c, device, viscosity=VISCOSITY, tolerance=1e-5).drag / CYLINDERS[c] - 1.0


def grid(diameter, across):
    """The least multiple of 8 cells a side that gives a solid of this diameter [sides] so many cells across."""
    return 8 * int(np.ceil(across / diameter / 8))


def order(errors, coarse, fine):
    return np.log(abs(errors[0] / errors[1])) / np.log(fine / coarse)


@pytest.mark.validate
@pytest.mark.parametrize("c", SPHERES)
def test_spheres_forty_eight_cells_across(c, device):
    coarse, fine = (grid(2.0 * (3.0 * c / (4.0 * np.pi)) ** (1 / 3), across) for across in (16, 48))
    errors = [sphere_error(n, c, device) for n in (coarse, fine)]
    print(
        f"c {c}: {coarse} cells {errors[0]:+.4f}, {fine} cells {errors[1]:+.4f}, "
        f"order {order(errors, coarse, fine):.2f}"
    )
    assert abs(errors[1]) < 0.01


CLOSE = pytest.mark.xfail(strict=True, reason="1 to 6 cells of gap: the wall's error is 3.4, 4.0 and 5.0 % here")


@pytest.mark.validate
@pytest.mark.parametrize("c", [0.027, 0.064, 0.125, *(pytest.param(c, marks=CLOSE) for c in (0.216, 0.343, 0.45))])
def test_spheres_sixteen_cells_across(c, device):
    assert abs(sphere_error(grid(2.0 * (3.0 * c / (4.0 * np.pi)) ** (1 / 3), 16), c, device)) < 0.03


def sphere_error(cells, c, device):
    return sphere_array(cells, SIMPLE, c, SPHERES[c], device, viscosity=VISCOSITY)[1]


@pytest.mark.validate
@pytest.mark.parametrize(
    ("places", "reference"),
    [(SIMPLE + CORNERS, 12.659), (CORNERS + FACES, 12.793)],
    ids=["body-centred", "face-centred"],
)
def test_centred_cubic_arrays_at_thirty_percent(places, reference, device):
    errors = [sphere_array(n, places, 0.3, reference, device, viscosity=VISCOSITY)[1] for n in (24, 48)]
    print(f"24 cells {errors[0]:+.4f}, 48 cells {errors[1]:+.4f}, order {order(errors, 24, 48):.2f}")
    assert abs(errors[1]) < 0.03
