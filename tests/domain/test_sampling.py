"""Sampling in space: exact for linear fields."""

import numpy as np
import pytest

from sparselbm.errors import DomainError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid import sample
from sparselbm.grid.build import box, inside


def domain_of(dimension, device):
    if dimension == 2:
        return box((24, 16), voxel_size=0.25, origin=(-1.0, 2.0, 0.0), device=device)
    return inside(TriangleMesh.sphere(3.0, (10.0, -5.0, 2.0)), voxel_size=0.25, device=device)


def inner_points(domain):
    """Points within half a cell of the centres of the box's middle."""
    rng = np.random.default_rng(1)
    middle = np.asarray(domain.origin[: domain.dimension]) + 0.5 * domain.voxel_size * np.asarray(domain.shape)
    return middle + rng.uniform(-1.0, 1.0, (200, domain.dimension))


@pytest.mark.parametrize("dimension", [2, 3])
def test_linear_fields_are_exact(dimension, device):
    domain = domain_of(dimension, device)
    slopes = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])[:, :dimension]
    points = inner_points(domain)
    vectors = sample(domain, domain.cell_centres() @ slopes.T, points)
    assert vectors.shape == (200, 2)
    assert np.abs(vectors - points @ slopes.T).max() < 2e-5
    assert np.array_equal(sample(domain, domain.cell_centres() @ slopes[0], points), vectors[:, 0])


def test_outside_of_the_tiles(device):
    domain = domain_of(3, device)
    far = np.array([[50.0, 0.0, 0.0], [10.0, -5.0, 2.0]])
    ones = np.ones(domain.fluid.shape)
    assert np.array_equal(sample(domain, ones, far, outside=-7.0), [-7.0, 1.0])
    assert np.array_equal(np.isnan(sample(domain, ones, far)), [True, False])


def test_what_is_refused(device):
    domain = domain_of(2, device)
    with pytest.raises(DomainError, match="the field has the shape"):
        sample(domain, np.ones((3, 4)), np.zeros((1, 2)))
    with pytest.raises(DomainError, match="points have the shape"):
        sample(domain, np.ones(domain.fluid.shape), np.zeros((1, 3)))


@pytest.mark.parametrize("dimension", [2, 3])
def test_at_a_centre_stands_the_value_of_its_cell_beside_cells_that_are_unknown(dimension, device):
    """Also in the last layer of the domain, and where the place is the centre but for rounding."""
    domain = domain_of(dimension, device)
    fluid, centres = domain.fluid, domain.cell_centres()
    values = np.where(np.random.default_rng(0).random(fluid.shape) < 0.5, centres[..., 0], np.nan)
    places = centres[fluid] + np.random.default_rng(1).uniform(-1e-9, 1e-9, centres[fluid].shape)
    assert np.array_equal(sample(domain, values, places), values[fluid].astype(np.float32), equal_nan=True)
