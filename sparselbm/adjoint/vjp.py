"""Functions of arrays with a vector-Jacobian product, on which the bridges to other tools are built."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import warp as wp

from ..errors import AdjointError


@dataclass(frozen=True)
class Input:
    """Argument of a `Differentiable`."""

    name: str
    dtype: type = wp.float64
    """A Warp scalar type."""
    gradient: bool = True
    """Whether the gradient exists; requesting one that does not is an error, never a zero."""
    shape: tuple[int, ...] | None = None
    """Required shape; None: any."""


@dataclass(frozen=True)
class Output:
    """Result of a `Differentiable`."""

    name: str
    shape: Callable[..., tuple[int, ...]]
    """Shape as a function of the shapes of the inputs, in their order: `lambda density, weights: density`."""
    dtype: type = wp.float64
    """A Warp scalar type."""


class Pass(ABC):
    """`Differentiable` at specific inputs: its results and the pullback. It refers to none of the arrays passed in or out."""

    @abstractmethod
    def outputs(self, for_pullback: bool = True) -> tuple[wp.array, ...]:
        """y, one array per output; numbers, of shape (), as (1,). Can be recomputed at each call.

        `for_pullback`: whether to store what `pullback` needs, which otherwise recomputes it.
        """

    @abstractmethod
    def pullback(self, cotangents: Sequence[wp.array | None], wanted: Sequence[bool]) -> tuple[wp.array | None, ...]:
        """x_bar = (d y / d x)^T y_bar, one array per input; None for inputs that are not wanted.

        `cotangents`: y_bar of each output, None for 0. Can be called any number of times; calls are independent.
        """

    @abstractmethod
    def fingerprint(self) -> int:
        """32-bit checksum of all values that the function reads besides its inputs.

        For bridges that cannot store a pass and repeat it: they refuse a function that has changed.
        """


class Differentiable(ABC):
    """Function y = F(x) of several arrays x and y."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    device: wp.Device

    @abstractmethod
    def at(self, *values: wp.array) -> Pass:
        """F at these inputs, contiguous arrays on `device`; numbers, of shape (), as (1,)."""

    def require(self, dtypes: Sequence[type], shapes: Sequence[tuple[int, ...]]) -> None:
        """Raises AdjointError if number, dtypes or shapes of inputs are not as declared."""
        if len(dtypes) != len(self.inputs):
            names = ", ".join(given.name for given in self.inputs)
            raise AdjointError(f"{len(dtypes)} inputs were passed, but {len(self.inputs)} are required, in this order: {names}")
        for given, dtype, shape in zip(self.inputs, dtypes, shapes, strict=True):
            if dtype is not given.dtype:
                raise AdjointError(f"input {given.name!r} is {dtype.__name__}: convert it to {given.dtype.__name__}")
            if given.shape is not None and tuple(shape) != given.shape:
                raise AdjointError(f"input {given.name!r} has the shape {tuple(shape)}, but must have {given.shape}")

    def require_gradients(self, wanted: Sequence[bool]) -> None:
        """Raises AdjointError if a gradient is wanted of an input that has none."""
        for given, needed in zip(self.inputs, wanted, strict=True):
            if needed and not given.gradient:
                raise AdjointError(
                    f"input {given.name!r} has no gradient: treat it as a constant, or declare it with gradient=True"
                )
