"""Differentiable runs as JAX functions, also under `jit`."""
# pyright: reportMissingImports=false

from collections.abc import Callable, Sequence

import numpy as np
import warp as wp

from ..adjoint import Differentiable, Pass
from ..errors import AdjointError, MissingPackageError

try:
    import jax
    from jax.custom_derivatives import SymbolicZero
except ImportError as missing:
    raise MissingPackageError.of("sparselbm.bridges", ["JAX"], "sparselbm[jax]") from missing


def operator(run: Differentiable) -> Callable:
    """Returns the run as a JAX function with a vector-Jacobian product; also a decorator, above `taped`.

    Several outputs are returned as a tuple; those without a gradient count as 0. Arrays must have the dtypes of the inputs: a
    run in fp64 needs JAX's x64 mode. Arrays are passed through host memory. Raises AdjointError for inputs that do not fit,
    and for the gradient of an input that has none.

    JAX's functions are pure, and do not report when a graph is released. Therefore only the latest forward pass is stored, until
    its backward pass or the next forward pass; the backward pass of an earlier one repeats the forward pass, and raises
    AdjointError if the run reads other values besides its inputs than before.
    """
    latest = _Latest()

    def evaluate(arrays, function, *others):
        """Returns the outputs and the other results of the function, through a host callback."""
        shapes = _require(run, arrays)
        outputs = [jax.ShapeDtypeStruct(o.shape(*shapes), wp.dtype_to_numpy(o.dtype)) for o in run.outputs]
        *results, other = jax.pure_callback(function, [*outputs, others], *arrays, vmap_method="sequential")
        return results[0] if len(results) == 1 else tuple(results), other

    @jax.custom_vjp
    def call(*arrays):
        return evaluate(arrays, lambda *values: [*_outputs(run, _at(run, values), values, for_pullback=False), ()])[0]

    def run_and_store(*values):
        latest.release()
        there = _at(run, values)
        outputs = _outputs(run, there, values, for_pullback=True)
        return [*outputs, (np.array([latest.store(there), there.fingerprint()], dtype=np.uint32),)]

    def forward(*arrays):
        values, wanted = tuple(a.value for a in arrays), tuple(a.perturbed for a in arrays)
        run.require_gradients(wanted)
        outputs, (ticket,) = evaluate(values, run_and_store, jax.ShapeDtypeStruct((2,), np.uint32))
        # Flags are passed to the backward pass as a structure, which is static under `jit`: numbers would be traced.
        return outputs, (ticket, values, tuple(() if wish else None for wish in wanted))

    def back(ticket, values, given, wishes):
        there = latest.take(int(ticket[0])) or _again(run, values, int(ticket[1]))
        given = [None if c is None else _to_warp(np.array(c), run.device) for c in given]  # Copies, which the pass may overwrite.
        gradients = there.pullback(given, wishes)
        return [g.numpy().reshape(np.shape(x)) for g, x in zip(gradients, values, strict=True) if g is not None]

    def backward(residual, cotangents):
        ticket, values, wanted = residual
        wishes = [wish is not None for wish in wanted]
        given = cotangents if isinstance(cotangents, tuple | list) else (cotangents,)
        given = [None if isinstance(c, SymbolicZero) else c for c in given]
        shapes = [jax.ShapeDtypeStruct(x.shape, x.dtype) for x, wish in zip(values, wishes, strict=True) if wish]
        gradients = iter(
            jax.pure_callback(
                lambda ticket, values, given: back(ticket, values, given, wishes), shapes, ticket, values, given,
                vmap_method="sequential",
            )
        )
        return tuple(next(gradients) if wish else None for wish in wishes)

    call.defvjp(forward, backward, symbolic_zeros=True)
    return call


class _Latest:
    """Latest forward pass, stored for its backward pass."""

    def __init__(self):
        self._ticket, self._stored = 0, None

    def store(self, latest: Pass) -> int:
        self._ticket, self._stored = self._ticket + 1, latest
        return self._ticket

    def release(self) -> None:
        self._stored = None

    def take(self, ticket: int) -> Pass | None:
        """Returns the pass with this ticket, if it is the stored one, and releases it."""
        if ticket != self._ticket:
            return None
        stored, self._stored = self._stored, None
        return stored


def _at(run: Differentiable, values: Sequence) -> Pass:
    return run.at(*(_to_warp(x, run.device) for x in values))


def _again(run: Differentiable, values: Sequence, fingerprint: int) -> Pass:
    """Repeats the pass of an earlier call. Raises AdjointError if the function has changed since."""
    there = _at(run, values)
    if there.fingerprint() != fingerprint:
        raise AdjointError(
            "the simulation was changed between a forward pass and its backward pass, which has to repeat the forward pass "
            "because JAX has run another one since: run the backward pass first, or leave parameters, fields, bodies and state "
            "unchanged"
        )
    return there


def _outputs(run: Differentiable, there: Pass, values: Sequence, for_pullback: bool) -> list[np.ndarray]:
    shapes = [np.shape(x) for x in values]
    return [y.numpy().reshape(o.shape(*shapes)) for y, o in zip(there.outputs(for_pullback), run.outputs, strict=True)]


def _require(run: Differentiable, arrays: Sequence) -> list[tuple[int, ...]]:
    """Shapes of the inputs. Raises AdjointError if they do not fit."""
    doubles = [part.name for part in (*run.inputs, *run.outputs) if part.dtype in (wp.float64, wp.int64)]
    if doubles and not jax.config.jax_enable_x64:  # type: ignore[attr-defined]
        raise AdjointError(
            f"{', '.join(dict.fromkeys(doubles))}: 64-bit values, but JAX's x64 mode is off; "
            'call jax.config.update("jax_enable_x64", True) first, or use a simulation with precision=wp.float32'
        )
    shapes = [tuple(np.shape(x)) for x in arrays]
    run.require([wp.dtype_from_numpy(x.dtype) for x in arrays], shapes)
    return shapes


def _to_warp(values, device: wp.Device) -> wp.array:
    """Returns the memory of the array; on a GPU a copy."""
    host = np.atleast_1d(np.ascontiguousarray(values))
    return wp.array(host, dtype=wp.dtype_from_numpy(host.dtype), device=device, copy=False)
