"""Differentiable runs as PyTorch operators, which `torch.compile` traces without a graph break."""
# pyright: reportMissingImports=false

import itertools
import weakref
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Optional

import numpy as np
import warp as wp

from ..adjoint import Differentiable, Pass
from ..errors import AdjointError, MissingPackageError

try:
    import torch
    from torch import Tensor
except ImportError as missing:
    raise MissingPackageError.of("sparselbm.bridges", ["PyTorch"], "sparselbm[torch]") from missing


class Operator:
    """Function of tensors with PyTorch's autograd: `run` on tensors of its device, without copies.

    Several outputs are returned as a tuple; those without a gradient count as 0. Tensors must have the dtypes of the inputs.
    Backward passes can be repeated (`retain_graph=True`); the stored states are released with the graph. Raises AdjointError
    for inputs that do not fit, for the gradient of an input that has none, and for second derivatives (`create_graph=True`).
    """

    def __init__(self, run: Differentiable):
        self.run = run
        self.key = str(next(_keys))
        _operators[self.key] = self

    def __call__(self, *tensors: Tensor) -> "Tensor | tuple[Tensor, ...]":
        for_pullback = torch.is_grad_enabled() and any(x.requires_grad for x in tensors)
        *outputs, _ = _forward(list(tensors), self.key, for_pullback)
        return outputs[0] if len(outputs) == 1 else tuple(outputs)


def operator(run: Differentiable) -> Operator:
    """Returns the run as a PyTorch operator; also a decorator, above `taped`."""
    return Operator(run)


# The schema of an operator cannot contain objects, so their keys are passed and looked up. Both tables are weak:
# an operator lives as long as its user or a graph refers to it, a pass as long as the memory of its ticket. Keys are text,
# since tracing treats a number that differs from the previous call as a variable.
_keys = itertools.count()
_operators: weakref.WeakValueDictionary[str, Operator] = weakref.WeakValueDictionary()
_passes: weakref.WeakValueDictionary[int, "_Ticket"] = weakref.WeakValueDictionary()


class _Ticket:
    """Word of memory whose address identifies a pass: the tensor at this address keeps both alive."""

    def __init__(self, stored: Pass):
        self.stored = stored
        self._memory = np.zeros(1, dtype=np.int64)
        self.__array_interface__ = self._memory.__array_interface__

    def tensor(self) -> Tensor:
        ticket = torch.from_numpy(np.asarray(self)).reshape(())
        _passes[ticket.data_ptr()] = self
        return ticket


def _run(key: str) -> Differentiable:
    if key not in _operators:
        raise AdjointError(
            "the operator of this graph has been released: keep a reference to it as long as the compiled function is "
            "used"
        )
    return _operators[key].run


def _stored(ticket: Tensor) -> Pass:
    if ticket.data_ptr() not in _passes:
        raise AdjointError(
            "the states of the forward pass have been released, since saved tensors were copied: exclude this "
            "operator from `saved_tensors_hooks`"
        )
    return _passes[ticket.data_ptr()].stored


@torch.library.custom_op("sparselbm::forward", mutates_args=())
def _forward(inputs: Sequence[Tensor], key: str, for_pullback: bool) -> list[Tensor]:
    """Outputs, then the ticket of the stored states; `for_pullback`: whether a backward pass may follow."""
    run = _run(key)
    shapes = _require(run, inputs)
    with _stream(run.device):
        stored = run.at(*(_to_warp(x) for x in inputs))
        outputs = zip(stored.outputs(for_pullback), run.outputs, strict=True)
        return [*(wp.to_torch(y).reshape(o.shape(*shapes)) for y, o in outputs), _Ticket(stored).tensor()]


@_forward.register_fake
def _(inputs, key, for_pullback):
    run = _run(key)
    shapes, device = _require(run, inputs), inputs[0].device
    outputs = [torch.empty(o.shape(*shapes), dtype=wp.dtype_to_torch(o.dtype), device=device) for o in run.outputs]
    return [*outputs, torch.empty((), dtype=torch.int64)]


@torch.library.custom_op("sparselbm::pullback", mutates_args=())
def _pullback(
    ticket: Tensor, inputs: Sequence[Tensor], cotangents: Sequence[Optional[Tensor]], wanted: Sequence[bool]  # noqa: UP045
) -> list[Tensor]:
    """Gradients with respect to the inputs that are wanted."""
    stored = _stored(ticket)
    with _stream(wp.device_from_torch(inputs[0].device)):
        # Autograd may use one gradient twice, or add to it in place.
        given = [None if c is None else _to_warp(c.clone(memory_format=torch.contiguous_format)) for c in cotangents]
        gradients = stored.pullback(given, wanted)
        return [wp.to_torch(g).reshape(x.shape) for g, x in zip(gradients, inputs, strict=True) if g is not None]


@_pullback.register_fake
def _(ticket, inputs, cotangents, wanted):
    return [torch.empty_like(x) for x, wish in zip(inputs, wanted, strict=True) if wish]


def _save(ctx, inputs, output) -> None:
    tensors, key, _ = inputs
    wanted = ctx.needs_input_grad[: len(tensors)]
    _run(key).require_gradients(wanted)
    ctx.operator = _operators[key]
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(output[-1], *tensors)


def _backward(ctx, cotangents):
    if torch.is_grad_enabled():
        raise AdjointError(
            "create_graph=True is not supported, since a run has no second derivatives: use differences of gradients, "
            "or call backward without create_graph"
        )
    ticket, *inputs = ctx.saved_tensors
    wanted = ctx.needs_input_grad[0]
    gradients = iter(_pullback(ticket, inputs, cotangents[:-1], wanted))
    return [next(gradients) if wish else None for wish in wanted], None, None


_forward.register_autograd(_backward, setup_context=_save)


def _require(run: Differentiable, inputs: Sequence[Tensor]) -> list[tuple[int, ...]]:
    """Shapes of the inputs. Raises AdjointError if they do not fit."""
    shapes = [tuple(x.shape) for x in inputs]
    run.require([wp.dtype_from_torch(x.dtype) for x in inputs], shapes)
    device = torch.device(wp.device_to_torch(run.device))
    for given, x in zip(run.inputs, inputs, strict=True):
        if x.device != device:
            raise AdjointError(f"input {given.name!r} is on {x.device}, but must be on {device}: move it there")
    return shapes


def _to_warp(tensor: Tensor) -> wp.array:
    """Returns the memory of the tensor, copied only if it is not contiguous."""
    return wp.from_torch(torch.atleast_1d(tensor.detach()).contiguous(), requires_grad=False)


def _stream(device: wp.Device) -> AbstractContextManager:
    """Runs Warp's work on PyTorch's current stream."""
    return nullcontext() if device.is_cpu else wp.ScopedStream(wp.stream_from_torch(wp.device_to_torch(device)))
