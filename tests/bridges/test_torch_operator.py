"""Runs as PyTorch operators: right gradients, compiled without a break, and every rule of autograd kept."""

import gc
import weakref

import numpy as np
import pytest
import warp as wp
from bridge_cases import Watched, flow, flow_inputs, own, own_inputs

from sparselbm.adjoint import Run, Stored, taped
from sparselbm.errors import AdjointError

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sparselbm[torch]'")
from sparselbm.bridges.torch import Operator, operator  # noqa: E402


def tensors(device, values, gradients=True) -> list:
    on = wp.device_to_torch(wp.get_device(device))
    return [torch.tensor(x, device=on, requires_grad=gradients) for x in values]


@pytest.fixture
def flowing(device):
    """The flow's operator, its inputs, and a loss of all its outputs."""
    flowing, inputs = operator(flow(device)), tensors(device, flow_inputs())
    weights = torch.tensor(np.random.default_rng(5).standard_normal((1, 3, 64)), device=inputs[0].device)

    def loss(*given):
        moments, energy = flowing(*given)
        return (weights * moments**2).sum() + torch.sin(energy)

    return flowing, inputs, loss


def gradients(loss, inputs) -> list:
    return torch.autograd.grad(loss(*inputs), inputs)


def test_gradients_are_right(flowing):
    """By PyTorch's own check, against differences along random directions, undefined gradients included."""
    operator_, inputs, _ = flowing
    assert torch.autograd.gradcheck(operator_, inputs, eps=1e-6, atol=1e-7, rtol=1e-6, fast_mode=True)


def test_the_operator_is_registered_as_pytorch_wants_it(flowing):
    """Schema, fake kernel, autograd, and tracing with static and symbolic shapes."""
    operator_, inputs, _ = flowing
    torch.library.opcheck(torch.ops.sparselbm.forward.default, (inputs, operator_.key, True))


def test_compiled_without_a_break(flowing):
    """The same values and gradients as without."""
    _, inputs, loss = flowing
    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    assert torch.equal(compiled(*inputs), loss(*inputs))
    assert all(map(torch.equal, gradients(compiled, inputs), gradients(loss, inputs)))


@pytest.mark.validate
def test_compiled_to_native_code(flowing):
    """By the default back end, which calls a C++ compiler."""
    _, inputs, loss = flowing
    compiled = torch.compile(loss, fullgraph=True)
    for a, b in zip(gradients(compiled, inputs), gradients(loss, inputs), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-14)


def test_no_copy_in_or_out(device):
    watched = Watched(device)
    (x,) = tensors(device, [np.arange(6.0).reshape(2, 3)])
    double, triple = operator(watched)(x)
    assert watched.seen[0].ptr == x.data_ptr()
    assert [y.ptr for y in watched.given] == [double.data_ptr(), triple.data_ptr()]
    assert torch.equal(triple, 3.0 * x)


def test_some_gradients_missing(device):
    """An output that nothing depends on comes back as None, not as an array of zeros."""
    watched = Watched(device)
    (x,) = tensors(device, [np.ones(4)])
    _, triple = operator(watched)(x)
    (gradient,) = torch.autograd.grad((triple**2).sum(), x)
    assert watched.cotangents[0][0] is None
    assert torch.equal(gradient, torch.full_like(x, 18.0))


def test_gradients_that_nobody_wants_are_not_computed(flowing):
    _, (moments, nu), loss = flowing
    every = gradients(loss, [moments, nu])
    (alone,) = torch.autograd.grad(loss(moments.detach(), nu), nu)
    assert torch.equal(alone, every[1])


@pytest.mark.parametrize("name", ["run", "tape"])
def test_a_second_pass_over_a_kept_graph(device, name):
    """Gives the same bits; a third one with half of the gradient coming in gives half."""
    run, values = (flow(device), flow_inputs()) if name == "run" else (own(device), own_inputs())
    inputs = tensors(device, values)
    inputs = [x.requires_grad_(given.gradient) for x, given in zip(inputs, run.inputs, strict=True)]
    result = operator(run)(*inputs)
    result = result[0].square().sum() if isinstance(result, tuple) else result
    wanted = [x for x in inputs if x.requires_grad]
    first, second = (torch.autograd.grad(result, wanted, retain_graph=True, allow_unused=True) for _ in range(2))
    half = torch.autograd.grad(0.5 * result, wanted, allow_unused=True)
    for a, b, c in zip(first, second, half, strict=True):
        assert a.abs().max() > 0.0
        assert torch.equal(a, b)
        torch.testing.assert_close(c, 0.5 * a, rtol=1e-12, atol=0.0)


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
def test_the_way_back_does_not_repeat_the_run(flowing, forward_steps, monkeypatch, compiled):
    """Steps forward, counted: five for value and gradient, none for a second gradient, and no state kept without a graph."""
    _, inputs, loss = flowing
    if compiled:
        loss = torch.compile(loss, fullgraph=True, backend="aot_eager")
        gradients(loss, inputs)
        forward_steps.clear()
    value = loss(*inputs)
    torch.autograd.grad(value, inputs, retain_graph=not compiled)
    if not compiled:  # What is compiled cannot be gone back over twice.
        torch.autograd.grad(value, inputs)
    assert len(forward_steps) == 5
    monkeypatch.setattr(Stored, "forward", lambda *given: pytest.fail("states were stored"))
    with torch.no_grad():
        assert torch.equal(loss(*inputs), value)


def test_second_derivatives_are_refused(flowing):
    _, inputs, loss = flowing
    with pytest.raises(AdjointError, match="create_graph=True is not supported"):
        torch.autograd.grad(loss(*inputs), inputs, create_graph=True)


def watch(run, monkeypatch) -> list:
    """Weak references to what each forward pass keeps."""
    passes, at = [], run.at

    def noted(*values):
        kept = at(*values)
        passes.append(weakref.ref(kept))
        return kept

    monkeypatch.setattr(run, "at", noted)
    return passes


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
def test_what_a_graph_keeps_goes_with_it(flowing, monkeypatch, compiled):
    """Held by the graph alone: while it lives, and no longer; at once where there is no graph."""
    operator_, inputs, loss = flowing
    if compiled:
        loss = torch.compile(loss, fullgraph=True, backend="aot_eager")
        gradients(loss, inputs)
    passes = watch(operator_.run, monkeypatch)
    value = loss(*inputs)
    gc.collect()
    assert passes[-1]() is not None
    value.backward()
    del value
    assert passes[-1]() is None, "after a backward pass"
    value = loss(*inputs)
    del value
    gc.collect()
    assert passes[-1]() is None, "without one"
    with torch.no_grad():
        loss(*inputs)
    assert passes[-1]() is None, "without a graph"
    assert len(passes) == 3


def test_an_operator_goes_with_its_last_graph(device):
    operator_ = operator(flow(device))
    inputs = tensors(device, flow_inputs())
    value, gone = operator_(*inputs)[0].sum(), weakref.ref(operator_)
    del operator_
    value.backward()
    assert inputs[1].grad is not None
    del value
    gc.collect()
    assert gone() is None


def test_incoming_gradients_are_cloned(device):
    """A pullback may write into its cotangents: nobody else's gradient changes. Expanded ones come as whole arrays."""
    watched = Watched(device)
    (x,) = tensors(device, [np.ones((3, 2))])
    double, triple = operator(watched)(x)
    shared = torch.ones_like(double)
    torch.autograd.backward([double, triple], [shared, shared])
    assert torch.equal(shared, torch.ones_like(shared))
    assert torch.equal(x.grad, torch.full_like(x, 5.0))
    first, second = watched.cotangents[0]
    assert first.ptr != second.ptr
    (gradient,) = torch.autograd.grad(operator(watched)(x)[0].sum(), x)
    assert watched.cotangents[1][0].is_contiguous
    assert torch.equal(gradient, torch.full_like(x, 2.0))


def test_a_users_own_run(device):
    """Two kernels around a run, on a tape: PyTorch's check of the gradient, and no gradient in what is declared without."""
    mine = operator(own(device))
    amplitude, pattern = tensors(device, own_inputs())
    still = pattern.detach()
    assert torch.autograd.gradcheck(lambda a: mine(a, still), [amplitude], eps=1e-6, atol=1e-8, rtol=1e-6)
    with pytest.raises(AdjointError, match="'pattern' has no gradient: treat it as a constant, or declare"):
        mine(amplitude, pattern)


def test_it_decorates(device):
    """`operator` above `taped`, which declares inputs and outputs."""
    watched = own(device)

    @operator
    @taped(inputs=watched.inputs, outputs=watched.outputs, device=device)
    def loss(tape, amplitude, pattern):
        return watched.function(tape, amplitude, pattern)

    inputs = tensors(device, own_inputs(), gradients=False)
    assert isinstance(loss, Operator)
    assert torch.equal(loss(*inputs), operator(watched)(*inputs))


def test_inputs_that_do_not_fit(flowing):
    operator_, (moments, nu), _ = flowing
    with pytest.raises(AdjointError, match="2 are required, in this order: moments, viscosity"):
        operator_(moments)
    with pytest.raises(AdjointError, match="'viscosity' is float32: convert it to float64"):
        operator_(moments, nu.float())
    with pytest.raises(AdjointError, match=r"'moments' has the shape \(3, 64\), but must have \(1, 3, 64\)"):
        operator_(moments[0], nu)
    with pytest.raises(AdjointError, match="'viscosity' is on meta, but must be on"):
        operator_(moments, nu.to("meta"))


def test_changing_an_input_in_place_is_an_error(flowing):
    """PyTorch's own, as for its operators."""
    _, inputs, loss = flowing
    scaled = inputs[0] * 1.0
    value = loss(scaled, *inputs[1:])
    scaled.add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        value.backward()


def test_work_goes_to_the_present_stream(device):
    """On a GPU: results are right without any synchronisation but the stream's own order."""
    if wp.get_device(device).is_cpu:
        pytest.skip("streams are CUDA's: run with --device cuda:0")
    inputs = tensors(device, flow_inputs())
    expected = operator(flow(device))(*inputs)[0]
    with torch.cuda.stream(torch.cuda.Stream()):
        late = [x.detach() * 0.0 + x for x in inputs]
        assert torch.equal(operator(flow(device))(*late)[0], expected)


def test_it_is_a_run(device):
    assert isinstance(operator(flow(device)).run, Run)
