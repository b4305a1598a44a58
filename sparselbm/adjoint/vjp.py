"""A function of arrays with a known vector-Jacobian product: what bridges to other tools are built on."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import warp as wp

from ..errors import AdjointError


@dataclass(frozen=True)
class Input:
    """An argument of a `Differentiable`."""

    name: str
    dtype: type = wp.float64
    """A Warp scalar type."""
    gradient: bool = True
    """Whether it has one; asking for the gradient of another is an error, never a zero."""
    shape: tuple[int, ...] | None = None
    """The only shape it may have; None: any."""


@dataclass(frozen=True)
class Output:
    """A result of a `Differentiable`."""

    name: str
    shape: Callable[..., tuple[int, ...]]
    """Of the inputs' shapes, in their order: `lambda density, weights: density`."""
    dtype: type = wp.float64
    """A Warp scalar type."""


class Pass(ABC):
    """A `Differentiable` at given inputs: its results, and the way back. It keeps no array that it was given or gave away."""

    @abstractmethod
    def outputs(self, keep: bool = True) -> tuple[wp.array, ...]:
        """y, one array an output; numbers, of shape (), as (1,). Computed anew at each call, if at all.

        `keep`: whether `pullback` is going to be called, which finds what it needs if it is kept, and computes it if not.
        """

    @abstractmethod
    def pullback(self, cotangents: Sequence[wp.array | None], wanted: Sequence[bool]) -> tuple[wp.array | None, ...]:
        """x_bar = (d y / d x)^T y_bar, one array an input; None where it is not wanted.

        `cotangents`: y_bar of each output, None for 0. May be called any number of times, each for itself.
        """

    @abstractmethod
    def fingerprint(self) -> int:
        """A number of 32 bits that differs where the function reads other values beside its inputs.

        For bridges that cannot keep a pass, and repeat it: they refuse one that is no longer the same function.
        """


class Differentiable(ABC):
    """y = F(x) for several arrays x and y."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    device: wp.Device

    @abstractmethod
    def at(self, *values: wp.array) -> Pass:
        """F at these inputs, contiguous arrays on `device`; numbers, of shape (), as (1,)."""

    def require(self, dtypes: Sequence[type], shapes: Sequence[tuple[int, ...]]) -> None:
        """Raises AdjointError for inputs of another number, dtype or shape than are declared."""
        if len(dtypes) != len(self.inputs):
            names = ", ".join(given.name for given in self.inputs)
            raise AdjointError(f"{len(dtypes)} inputs: give {len(self.inputs)}, in this order: {names}")
        for given, dtype, shape in zip(self.inputs, dtypes, shapes, strict=True):
            if dtype is not given.dtype:
                raise AdjointError(f"input {given.name!r} is {dtype.__name__}: convert it to {given.dtype.__name__}")
            if given.shape is not None and tuple(shape) != given.shape:
                raise AdjointError(f"input {given.name!r} has shape {tuple(shape)}: give {given.shape}")

    def require_gradients(self, wanted: Sequence[bool]) -> None:
        """Raises AdjointError where the gradient of an input is wanted that has none."""
        for given, needed in zip(self.inputs, wanted, strict=True):
            if needed and not given.gradient:
                raise AdjointError(
                    f"input {given.name!r} has no gradient: hold it constant, or declare it with gradient=True"
                )
