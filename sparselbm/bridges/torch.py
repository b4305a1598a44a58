"""Differentiable runs as PyTorch operators, which `torch.compile` traces without a break."""
# pyright: reportMissingImports=false

import itertools
import weakref
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Optional

import numpy as np
import warp as wp

from ..adjoint import Differentiable, Pass
from ..errors import AdjointError

try:
    import torch
    from torch import Tensor
except ImportError as missing:
    raise ImportError("sparselbm.bridges needs PyTorch, which is not installed: pip install 'sparselbm[torch]'") from missing


class Operator:
    """A function of tensors with PyTorch's autograd: `run` on tensors of its device, without a copy in or out.

    Several outputs come as a tuple; those without a gradient count as 0. Tensors must have the inputs' dtypes. Backward passes
    can be repeated (`retain_graph=True`); what the forward pass keeps for them goes with the graph. Raises AdjointError for
    inputs that do not fit, for the gradient of an input that has none, and for second derivatives (`create_graph=True`).
    """

    def __init__(self, run: Differentiable):
        self.run = run
        self.key = str(next(_keys))
        _operators[self.key] = self

    def __call__(self, *tensors: Tensor) -> "Tensor | tuple[Tensor, ...]":
        keep = torch.is_grad_enabled() and any(x.requires_grad for x in tensors)
        *outputs, _ = _forward(list(tensors), self.key, keep)
        return outputs[0] if len(outputs) == 1 else tuple(outputs)


def operator(run: Differentiable) -> Operator:
    """The run as a PyTorch operator; also a decorator, above `taped`."""
    return Operator(run)


# A schema of tensors and plain values has no place for objects, so that their keys cross and are looked up. Both tables are
# weak: an operator lives as long as its user or a graph holds it, a pass as long as the memory of its ticket. Keys are text,
# because tracing takes a number that was another one the last time for a variable.
_keys = itertools.count()
_operators: weakref.WeakValueDictionary[str, Operator] = weakref.WeakValueDictionary()
_passes: weakref.WeakValueDictionary[int, "_Ticket"] = weakref.WeakValueDictionary()


class _Ticket:
    """A word of memory, by whose address a pass is found: the tensor that lies there keeps both."""

    def __init__(self, kept: Pass):
        self.kept = kept
        self._memory = np.zeros(1, dtype=np.int64)
        self.__array_interface__ = self._memory.__array_interface__

    def tensor(self) -> Tensor:
        ticket = torch.from_numpy(np.asarray(self)).reshape(())
        _passes[ticket.data_ptr()] = self
        return ticket


def _run(key: str) -> Differentiable:
    if key not in _operators:
        raise AdjointError("the operator of this graph is gone: hold it as long as what was compiled from it")
    return _operators[key].run


def _kept(ticket: Tensor) -> Pass:
    if ticket.data_ptr() not in _passes:
        raise AdjointError(
            "what the forward pass kept is gone: saved tensors were copied on their way; leave this operator out of "
            "`saved_tensors_hooks`"
        )
    return _passes[ticket.data_ptr()].kept


@torch.library.custom_op("sparselbm::forward", mutates_args=())
def _forward(inputs: Sequence[Tensor], key: str, keep: bool) -> list[Tensor]:
    """The outputs, then the ticket of what the way back needs; `keep`: whether there is going to be one."""
    run = _run(key)
    shapes = _require(run, inputs)
    with _stream(run.device):
        kept = run.at(*(_to_warp(x) for x in inputs))
        outputs = zip(kept.outputs(keep), run.outputs, strict=True)
        return [*(wp.to_torch(y).reshape(o.shape(*shapes)) for y, o in outputs), _Ticket(kept).tensor()]


@_forward.register_fake
def _(inputs, key, keep):
    run = _run(key)
    shapes, device = _require(run, inputs), inputs[0].device
    outputs = [torch.empty(o.shape(*shapes), dtype=wp.dtype_to_torch(o.dtype), device=device) for o in run.outputs]
    return [*outputs, torch.empty((), dtype=torch.int64)]


@torch.library.custom_op("sparselbm::pullback", mutates_args=())
def _pullback(
    ticket: Tensor, inputs: Sequence[Tensor], cotangents: Sequence[Optional[Tensor]], wanted: Sequence[bool]  # noqa: UP045
) -> list[Tensor]:
    """The gradients in the inputs that are wanted."""
    kept = _kept(ticket)
    with _stream(wp.device_from_torch(inputs[0].device)):
        # Autograd may hand out one gradient twice, or one that it goes on to add to.
        given = [None if c is None else _to_warp(c.clone(memory_format=torch.contiguous_format)) for c in cotangents]
        gradients = kept.pullback(given, wanted)
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
            "create_graph=True: a run has no second derivatives; take them by differences of gradients, or hold its gradient "
            "constant by calling backward without create_graph"
        )
    ticket, *inputs = ctx.saved_tensors
    wanted = ctx.needs_input_grad[0]
    gradients = iter(_pullback(ticket, inputs, cotangents[:-1], wanted))
    return [next(gradients) if wish else None for wish in wanted], None, None


_forward.register_autograd(_backward, setup_context=_save)


def _require(run: Differentiable, inputs: Sequence[Tensor]) -> list[tuple[int, ...]]:
    """The inputs' shapes. Raises AdjointError where they do not fit."""
    shapes = [tuple(x.shape) for x in inputs]
    run.require([wp.dtype_from_torch(x.dtype) for x in inputs], shapes)
    device = torch.device(wp.device_to_torch(run.device))
    for given, x in zip(run.inputs, inputs, strict=True):
        if x.device != device:
            raise AdjointError(f"input {given.name!r} lies on {x.device}: move it to {device}")
    return shapes


def _to_warp(tensor: Tensor) -> wp.array:
    """The tensor's memory, copied only where it is not contiguous."""
    return wp.from_torch(torch.atleast_1d(tensor.detach()).contiguous(), requires_grad=False)


def _stream(device: wp.Device) -> AbstractContextManager:
    """Warp's work goes to the stream that PyTorch's does."""
    return nullcontext() if device.is_cpu else wp.ScopedStream(wp.stream_from_torch(wp.device_to_torch(device)))
