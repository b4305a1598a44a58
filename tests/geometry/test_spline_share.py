"""The share of solid beside a flat wall: values of the B-spline's integral, and its three derivatives."""

import functools

import numpy as np
import pytest
import warp as wp
from geometry_cases import SPLINE, share

from sparselbm.geometry.spline_share import spline_share


@functools.cache
def share_kernel(scalar):
    share = spline_share(scalar)

    @wp.kernel(module="unique")
    def evaluate(phi: wp.array(dtype=scalar), eps: wp.array(dtype=scalar)):
        i = wp.tid()
        eps[i] = share(phi[i])

    return evaluate


def share_and_slope(phi, device, scalar=wp.float64):
    phi = wp.array(phi, dtype=scalar, device=device, requires_grad=True)
    eps = wp.zeros_like(phi)
    with wp.Tape() as tape:
        wp.launch(share_kernel(scalar), len(phi), [phi], [eps], device=device)
    tape.backward(grads={eps: wp.ones_like(eps)})
    return eps.numpy(), phi.grad.numpy()


PLACES = np.concatenate([np.linspace(-2.5, 2.5, 301), np.arange(-2.0, 3.0)])


def test_it_is_the_integral_of_the_cubic_b_spline(device):
    """By SciPy's own spline: what lies beyond the wall at distance phi of a spline about 0."""
    eps, slope = share_and_slope(PLACES, device)
    assert eps == pytest.approx(share(PLACES), abs=1e-14)
    assert slope == pytest.approx(-np.nan_to_num(SPLINE(PLACES)), abs=1e-14)


def test_shares_of_a_row_add_up_to_the_place_of_the_wall(device):
    """Exactly, wherever it stands in its cell: B-splines with knots a cell apart add up to 1."""
    cells = np.arange(12) + 0.5
    for place in np.linspace(5.0, 6.0, 9):
        assert share_and_slope(cells - place, device)[0].sum() == pytest.approx(place, abs=1e-13)


def test_single_precision_agrees(device):
    eps, slope = share_and_slope(PLACES, device)
    single = share_and_slope(PLACES, device, wp.float32)
    assert single[0] == pytest.approx(eps, abs=1e-6)
    assert single[1] == pytest.approx(slope, abs=1e-6)
