"""Functions on a `wp.Tape`, with the user's own kernels and runs, as `Differentiable`."""

from collections.abc import Callable, Sequence

import numpy as np
import warp as wp

from .input_checksums import checksum
from .tape import Recording
from .vjp import Differentiable, Input, Output, Pass


def taped(
    *, inputs: Sequence[Input], outputs: Sequence[Output], device: wp.DeviceLike = None
) -> Callable[[Callable], "Taped"]:
    """Decorator that makes a `Differentiable` of a function on a tape, `function(tape, *inputs) -> outputs`.

        @taped(inputs=[Input("amplitude"), Input("weights", gradient=False)], outputs=[Output("loss", lambda a, w: ())])
        def loss(tape, amplitude, weights): ...

    The function is called with the tape active, launches kernels, calls `run_on_tape` and `moments_on_tape`, and returns an
    array, or a tuple of arrays, that require gradients. Gradients of other arrays on the tape are set to zero.
    """
    return lambda function: Taped(function, inputs, outputs, wp.get_device(device))


class Taped(Differentiable):
    """Function y = F(x) on a tape: see `taped`."""

    def __init__(self, function: Callable, inputs: Sequence[Input], outputs: Sequence[Output], device: wp.Device):
        self.function = function
        self.inputs, self.outputs, self.device = tuple(inputs), tuple(outputs), device

    def at(self, *values: wp.array) -> "TapedPass":
        return TapedPass(self, values)


class TapedPass(Pass):
    """Tape recorded for specific inputs."""

    def __init__(self, taped: Taped, values: Sequence[wp.array]):
        pairs = list(zip(values, taped.inputs, strict=True))
        self._inputs = [wp.clone(x, requires_grad=given.gradient) for x, given in pairs]
        self._tape = wp.Tape()
        with self._tape:
            results = taped.function(self._tape, *self._inputs)
        self._outputs = results if isinstance(results, tuple) else (results,)

    def outputs(self, for_pullback=True):
        return tuple(wp.clone(y, requires_grad=False) for y in self._outputs)

    def fingerprint(self):
        """Fingerprint of the simulations on the tape, without other variables of the function."""
        runs = [entry.checksums.fingerprint for entry in self._tape.launches if isinstance(entry, Recording)]
        return checksum(np.array(runs, dtype=np.int64))

    def pullback(self, cotangents, wanted):
        self._tape.zero()  # Gradients of an earlier pass.
        given = {y: c for y, c in zip(self._outputs, cotangents, strict=True) if c is not None}
        self._tape.backward(grads=given)
        return tuple(
            wp.clone(x.grad, requires_grad=False) if wish  # type: ignore[arg-type]
            else None
            for x, wish in zip(self._inputs, wanted, strict=True)
        )
