"""Host and device memory kept apart on the CPU, as they are with a GPU, so that habits that only a CPU forgives fail.

With a GPU Warp refuses `np.asarray(array)`, `numpy()` returns a copy, `wp.array(values, copy=False)` copies too, and kernels
take no NumPy arrays. On the CPU all of these share memory. Not kept apart: `array.ptr`, DLPack, tensors of PyTorch, and arrays
that were made on "cpu" on purpose.
"""

import sys

import numpy as np
import pytest
import warp as wp

_init, _numpy, _interface = wp.array.__init__, wp.array.numpy, wp.array.__array_interface__
_launch, _set_param = wp.launch, wp.Launch.set_param_at_index


def separate_memory(patch: pytest.MonkeyPatch) -> None:
    """Makes the CPU's arrays behave as those of a GPU, until `patch` is undone."""
    patch.setattr(wp.array, "__init__", _copied)
    patch.setattr(wp.array, "numpy", _read_only)
    patch.setattr(wp.array, "__array_interface__", property(_interface_for_warp))
    patch.setattr(wp.array, "__array__", property(_rejection))
    patch.setattr(wp, "launch", _launched)
    patch.setattr(wp.Launch, "set_param_at_index", _replaced)


def _copied(array, data=None, *arguments, copy=True, **options):
    """`copy=False` holds for arrays of Warp only, since the memory of a NumPy array is never that of a GPU."""
    _init(array, data, *arguments, copy=copy or not isinstance(data, wp.array), **options)


def _read_only(array, **options):
    """A copy that cannot be written: it would be lost with a GPU, and reach the array on the CPU."""
    values = _numpy(array, **options).copy()
    values.flags.writeable = False
    return values


def _interface_for_warp(array):
    """Lets only Warp itself read the memory: NumPy looks for this attribute on behalf of the Python code that called it."""
    if not sys._getframe(1).f_globals.get("__name__", "").startswith("warp."):
        raise AttributeError("__array_interface__ is not supported on a GPU")
    return _interface.__get__(array)


def _rejection(array):
    if sys._getframe(1).f_globals.get("__name__", "").startswith("warp."):
        raise AttributeError("Warp itself reads the memory by __array_interface__")

    def reject(dtype=None, copy=None):
        raise TypeError("implicit conversion of an array on a GPU to NumPy: call array.numpy()")

    return reject


def _launched(kernel, dim, inputs=(), outputs=(), *arguments, **options):
    for value in (*inputs, *outputs):
        _require_device(value)
    return _launch(kernel, dim, inputs, outputs, *arguments, **options)


def _replaced(launch, index, value, *arguments):
    _require_device(value)
    return _set_param(launch, index, value, *arguments)


def _require_device(value):
    if isinstance(value, np.ndarray):
        raise TypeError(f"a kernel on a GPU cannot read a NumPy array {value.shape}: make it a wp.array on the device")
