"""Runs as JAX functions: right gradients in both precisions, under `jit`, and with some of them missing."""

import contextlib

import numpy as np
import pytest
import warp as wp
from bridge_cases import Watched, flow, flow_inputs, own, own_inputs, simulation

from sparselbm.adjoint import FromMoments, Moments, Run
from sparselbm.errors import AdjointError

jax = pytest.importorskip("jax", reason="JAX is not installed: pip install 'sparselbm[jax]'")
from jax.test_util import check_grads  # noqa: E402

from sparselbm.bridges.jax import operator  # noqa: E402


@contextlib.contextmanager
def x64(on: bool = True):
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", on)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.fixture
def doubles():
    with x64():
        yield


def flowing(device):
    """The flow as a function, its inputs, and a loss of all its outputs."""
    function, inputs = operator(flow(device)), [jax.numpy.asarray(x) for x in flow_inputs()]
    weights = jax.numpy.asarray(np.random.default_rng(5).standard_normal((1, 3, 64)))

    def loss(*given):
        moments, energy = function(*given)
        return (weights * moments**2).sum() + jax.numpy.sin(energy)

    return function, inputs, loss


def gradients(loss, inputs) -> list:
    return jax.grad(loss, argnums=tuple(range(len(inputs))))(*inputs)


@pytest.mark.usefixtures("doubles")
def test_gradients_are_right(device):
    """By JAX's own check, against differences along a random direction."""
    _, inputs, loss = flowing(device)
    check_grads(loss, inputs, order=1, modes=["rev"], eps=1e-5, atol=1e-6, rtol=1e-6)


@pytest.mark.usefixtures("doubles")
def test_jit_changes_nothing(device):
    """Value and gradients, in all inputs or in one."""
    _, inputs, loss = flowing(device)
    assert jax.jit(loss)(*inputs) == loss(*inputs)
    every = gradients(loss, inputs)
    jitted = jax.jit(jax.grad(loss, argnums=(0, 1)))(*inputs)
    assert all(np.array_equal(a, b) for a, b in zip(every, jitted, strict=True))
    assert jax.jit(jax.grad(loss, argnums=1))(*inputs) == every[1]


@pytest.mark.usefixtures("doubles")
def test_the_way_back_does_not_repeat_the_run(device, forward_steps):
    """Steps forward, counted: five for value and gradient, under `jit` as well; a second way back runs again."""
    _, inputs, loss = flowing(device)
    for function in (gradients, jax.jit(gradients, static_argnums=0)):
        function(loss, inputs)
        assert len(forward_steps) == 5
        forward_steps.clear()
    _, back = jax.vjp(loss, *inputs)
    first = back(1.0)
    assert len(forward_steps) == 5
    second = back(1.0)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert len(forward_steps) == 10


@pytest.mark.usefixtures("doubles")
def test_ways_back_in_another_order(device):
    """Each finds its own pass, kept or not."""
    _, (moments, nu), loss = flowing(device)
    backs = [jax.vjp(loss, moments, viscosity)[1] for viscosity in (nu, 2.0 * nu)]
    found = [back(1.0)[1] for back in backs]
    assert found == [jax.grad(loss, argnums=1)(moments, viscosity) for viscosity in (nu, 2.0 * nu)]
    assert found[0] != found[1]


def test_single_precision(device):
    """Without x64: fp32 in and out, near the gradient of fp64; a run in fp64 says what to do."""
    found = {}
    for precision in (wp.float64, wp.float32):
        with x64(precision is wp.float64):
            waves = operator(Run(simulation(device, precision), 5, start=FromMoments(), outputs=[Moments()]))
            moments = jax.numpy.asarray(flow_inputs()[0], dtype=wp.dtype_to_numpy(precision))
            found[precision] = np.asarray(jax.jit(jax.grad(lambda m, waves=waves: (waves(m) ** 3).sum()))(moments))
    assert found[wp.float32].dtype == np.float32
    assert found[wp.float32] == pytest.approx(found[wp.float64], rel=1e-4, abs=1e-5)
    with x64(False), pytest.raises(AdjointError, match=r'jax.config.update\("jax_enable_x64", True\)'):
        operator(flow(device))(*flow_inputs())


@pytest.mark.usefixtures("doubles")
def test_some_gradients_missing(device):
    """An output that nothing depends on comes back as None, not as an array of zeros."""
    watched = Watched(device)
    x, triple = jax.numpy.ones(4), operator(watched)
    for wrapped in (jax.grad, lambda f: jax.jit(jax.grad(f))):
        assert np.array_equal(wrapped(lambda x: (triple(x)[1] ** 2).sum())(x), np.full(4, 18.0))
        assert watched.cotangents[-1][0] is None


@pytest.mark.usefixtures("doubles")
def test_cotangents_may_be_written_to(device):
    """As in `Watched`, which sets them to zero: JAX's own arrays do not change."""
    watched = Watched(device)
    _, back = jax.vjp(operator(watched), jax.numpy.ones(3))
    cotangents = (jax.numpy.ones(3), jax.numpy.ones(3))
    first, second = back(cotangents), back(cotangents)
    assert np.array_equal(cotangents[0], np.ones(3))
    assert np.array_equal(first[0], np.full(3, 5.0))
    assert np.array_equal(second[0], first[0])


@pytest.mark.usefixtures("doubles")
def test_a_batch_is_a_loop(device):
    _, (moments, nu), loss = flowing(device)
    batch = jax.vmap(loss, in_axes=(None, 0))(moments, jax.numpy.asarray([nu, 0.1]))
    assert batch == pytest.approx([float(loss(moments, nu)), float(loss(moments, 0.1 + 0 * nu))], rel=1e-12)


@pytest.mark.usefixtures("doubles")
def test_a_users_own_run(device):
    """Two kernels around a run, on a tape; no gradient in what is declared without."""
    mine = operator(own(device))
    amplitude, pattern = map(jax.numpy.asarray, own_inputs())
    check_grads(lambda a: mine(a, pattern), [amplitude], order=1, modes=["rev"], eps=1e-5, atol=1e-8, rtol=1e-6)
    with pytest.raises(AdjointError, match="'pattern' has no gradient"):
        jax.grad(mine, argnums=1)(amplitude, pattern)


@pytest.mark.usefixtures("doubles")
def test_inputs_that_do_not_fit(device):
    function, (moments, nu), _ = flowing(device)
    with pytest.raises(AdjointError, match="2 are required, in this order: moments, viscosity"):
        function(moments)
    with pytest.raises(AdjointError, match="'viscosity' is float32: convert it to float64"):
        function(moments, nu.astype("float32"))
    with pytest.raises(AdjointError, match=r"'moments' has the shape \(3, 64\)"):
        function(moments[0], nu)


@pytest.mark.usefixtures("doubles")
def test_large_arrays_cross_under_jit(device):
    """Regression of others: callbacks that wait for JAX's own threads stop for ever on arrays of some size."""
    x = jax.numpy.ones(3_000_000)
    (gradient,) = jax.jit(lambda x: jax.vjp(lambda x: operator(Watched(device))(x)[0], x)[1](x))(x)
    assert np.array_equal(gradient, np.full(x.shape, 2.0))
