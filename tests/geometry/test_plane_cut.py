"""The share of a cube behind a plane: exact values, symmetries, and its gradient."""

import functools

import numpy as np
import pytest
import warp as wp

from sparselbm.geometry.plane_cut import plane_cut

RNG = np.random.default_rng(2)


@functools.cache
def cut_kernel(scalar):
    cut = plane_cut(scalar)

    @wp.kernel(module="unique")
    def evaluate(
        phi: wp.array(dtype=scalar),
        n: wp.array(dtype=wp.types.vector(3, scalar)),
        eps: wp.array(dtype=scalar),
    ):
        i = wp.tid()
        eps[i] = cut(phi[i], n[i])

    return evaluate


def evaluate(phi, n, device, scalar=wp.float64, with_gradient=False):
    phi, n = np.broadcast_to(phi, len(n)), np.asarray(n, dtype=np.float64)
    phi_ = wp.array(phi, dtype=scalar, device=device, requires_grad=True)
    n_ = wp.array(n, dtype=wp.types.vector(3, scalar), device=device, requires_grad=True)
    eps = wp.zeros(len(n), dtype=scalar, device=device, requires_grad=True)
    tape = wp.Tape()
    with tape:
        wp.launch(cut_kernel(scalar), len(n), [phi_, n_], [eps], device=device)
    if not with_gradient:
        return eps.numpy()
    tape.backward(grads={eps: wp.ones_like(eps)})
    return eps.numpy(), phi_.grad.numpy(), n_.grad.numpy()


def unit(n):
    n = np.asarray(n, dtype=np.float64)
    return n / np.linalg.norm(n, axis=-1, keepdims=True)


def random_normals(count):
    """Unit normals, a third each of them general, with a component near 0, and with two."""
    n = RNG.normal(size=(count, 3))
    n[count // 3 :, 1] *= 10.0 ** RNG.uniform(-14, -1, len(n[count // 3 :]))
    n[2 * count // 3 :, 2] *= 10.0 ** RNG.uniform(-14, -1, len(n[2 * count // 3 :]))
    return unit(n)


def test_special_normals_have_their_exact_values(device):
    corner, edge = unit([1, 1, 1]), unit([1, 1, 0])
    cases = [
        (0.0, corner, 0.5),
        (0.25, [1, 0, 0], 0.25),
        (-0.25, [0, -1, 0], 0.75),
        (0.5, [0, 0, 1], 0.0),
        (0.25 * 2**0.5, edge, 0.125),
        (3**-0.5 * 0.5, corner, 1.0 / 6.0),
        (3**-0.5 * 1.25, corner, 0.25**3 / 6.0),
        (0.9, corner, 0.0),
        (-0.9, corner, 1.0),
    ]
    phi, n, expected = zip(*cases)
    np.testing.assert_allclose(evaluate(np.array(phi), np.array(n), device), expected, atol=2e-16)


def test_it_agrees_with_the_distribution_of_a_sum_of_uniform_numbers(device):
    n, phi = random_normals(60), RNG.uniform(-0.8, 0.8, 60)
    s = (np.arange(96) + 0.5) / 96 - 0.5
    plane = s[:, None, None, None] * n[:, 0] + s[:, None, None] * n[:, 1]
    # the innermost integral is done exactly, so that the midpoint rule sees a continuous function
    width = np.maximum(np.abs(n[:, 2]), 1e-12)
    share = np.clip((-phi - plane) / width + 0.5, 0.0, 1.0).mean(axis=(0, 1, 2))
    np.testing.assert_allclose(evaluate(phi, n, device), share, atol=6e-3)
    np.testing.assert_allclose(evaluate(phi, n, device).mean(), share.mean(), atol=3e-4)


def test_both_sides_of_a_plane_fill_the_cube(device):
    n, phi = random_normals(3000), RNG.uniform(-1, 1, 3000)
    total = evaluate(phi, n, device) + evaluate(-phi, n, device)
    np.testing.assert_allclose(total, 1.0, atol=1e-15)


def test_axes_and_signs_do_not_matter(device):
    n, phi = random_normals(300), RNG.uniform(-1, 1, 300)
    eps = evaluate(phi, n, device)
    for order, signs in (((1, 2, 0), (-1, 1, 1)), ((2, 1, 0), (1, -1, -1))):
        np.testing.assert_allclose(evaluate(phi, n[:, order] * signs, device), eps, atol=1e-14)


def test_it_grows_towards_the_solid_and_stays_in_0_to_1(device):
    for n in random_normals(30):
        eps = evaluate(np.linspace(0.9, -0.9, 400), np.tile(n, (400, 1)), device)
        assert (np.diff(eps) >= -1e-15).all()
        assert eps[0] == 0.0
        assert eps[-1] == 1.0


@pytest.mark.parametrize(("scalar", "tolerance"), [(wp.float64, 1e-11), (wp.float32, 3e-6)])
def test_it_is_continuous_where_components_vanish(device, scalar, tolerance):
    phi = np.linspace(-0.7, 0.7, 41)
    for base in ([1.0, 0.0, 0.0], [0.8, 0.6, 0.0]):
        exact = evaluate(phi, np.tile(base, (41, 1)), device)
        for small in (1e-8, 1e-12, 1e-20):
            tilted = evaluate(phi, np.tile(np.where(np.array(base) == 0.0, small, base), (41, 1)), device, scalar)
            np.testing.assert_allclose(tilted, exact, atol=max(tolerance, 3 * small))


def test_the_gradient_is_that_of_central_differences(device):
    n, phi, h = random_normals(600), RNG.uniform(-0.8, 0.8, 600), 1e-6
    _, by_phi, by_n = evaluate(phi, n, device, with_gradient=True)
    step = (evaluate(phi + h, n, device) - evaluate(phi - h, n, device)) / (2 * h)
    # across a kink (a component below the step) a difference shows the mean of both sides
    smooth = np.abs(n).min(axis=1) > 1e-3
    np.testing.assert_allclose(by_phi[smooth], step[smooth], atol=1e-5)
    for axis in range(3):
        shift = h * np.eye(3)[axis]
        step = (evaluate(phi, n + shift, device) - evaluate(phi, n - shift, device)) / (2 * h)
        np.testing.assert_allclose(by_n[smooth, axis], step[smooth], atol=1e-5)


@pytest.mark.parametrize("base", [[1, 1, 1], [1, 1, 0.3], [1, 0.3, 1], [1, 1, 2], [2, 1, 1], [-1, 1, -1]])
def test_equal_components_share_the_gradient_equally(device, base):
    """Regression: a sort by min and max sends the adjoints of equal components to one of them."""
    n, h = np.tile(unit(base), (21, 1)), 1e-6
    phi = np.linspace(-0.7, 0.7, 21)
    by_n = evaluate(phi, n, device, with_gradient=True)[2]
    for axis in range(3):
        shift = h * np.eye(3)[axis]
        step = (evaluate(phi, n + shift, device) - evaluate(phi, n - shift, device)) / (2 * h)
        np.testing.assert_allclose(by_n[:, axis], step, atol=2e-6)


@pytest.mark.parametrize("scalar", [wp.float32, wp.float64])
def test_the_gradient_is_finite_and_bounded_everywhere(device, scalar):
    n = np.concatenate([random_normals(500), np.eye(3), unit([[1, 1, 0], [1, 1, 1], [0, 0, 1]]), np.zeros((1, 3))])
    _, by_phi, by_n = evaluate(RNG.uniform(-1, 1, len(n)), n, device, scalar, with_gradient=True)
    assert np.isfinite(by_n).all()
    assert (np.abs(by_phi[:-1]) <= 2**0.5 + 1e-5).all()
    assert (np.abs(by_n[:-1]) <= 1.5).all()


def test_the_function_is_made_once():
    assert plane_cut(wp.float64) is plane_cut(wp.float64)
