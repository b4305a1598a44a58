"""Habits that only a CPU forgives, because host and device share memory, fail in a rehearsal as they do with a GPU."""

import re
from pathlib import Path

import numpy as np
import pytest
import warp as wp
from separate_memory import separate_memory

import sparselbm
from sparselbm.backends import REHEARSAL
from sparselbm.grid import memory
from sparselbm.grid.build import box


def writes_to_the_values_of_an_array(array):
    array.numpy()[...] = 1.0
    return array.numpy().all()


def writes_to_a_part_of_a_tile_array(array):
    memory.tile_view(box((8, 8), device="cpu"), array.reshape((1, 1, 64)), 1)[0, 0, 3] = 1.0
    return array.numpy()[3] == 1.0


def converts_to_numpy(array):
    return np.asarray(array).shape == (64,)


def computes_with_numpy(array):
    return np.sum(array) == 0.0


def writes_behind_an_array_that_was_not_copied(array):
    host = np.zeros(64, dtype=np.float32)
    made = wp.array(host, dtype=wp.float32, device=array.device, copy=False)
    host[:] = 1.0
    return made.numpy().all()


def reads_values_that_were_taken_before_a_kernel_ran(array):
    values = array.numpy()
    array.fill_(1.0)
    return values.all()


def launches_a_kernel_on_an_array_of_numpy(array):
    host = np.zeros(64, dtype=np.float32)
    wp.launch(_set, 64, inputs=[host], device=array.device)
    return host.all()


def replaces_an_argument_by_an_array_of_numpy(array):
    host = np.zeros(64, dtype=np.float32)
    command = wp.launch(_set, 64, inputs=[array], device=array.device, record_cmd=True)
    command.set_param_at_index(0, host)
    command.launch()
    return host.all()


@wp.kernel(enable_backward=False, module="unique")
def _set(array: wp.array(dtype=wp.float32)):
    array[wp.tid()] = 1.0


HABITS = [
    writes_to_the_values_of_an_array, writes_to_a_part_of_a_tile_array, converts_to_numpy, computes_with_numpy,
    writes_behind_an_array_that_was_not_copied, reads_values_that_were_taken_before_a_kernel_ran,
    launches_a_kernel_on_an_array_of_numpy, replaces_an_argument_by_an_array_of_numpy,
]  # fmt: skip
UNNOTICED = (writes_behind_an_array_that_was_not_copied, reads_values_that_were_taken_before_a_kernel_ran)
"""Habits that raise no error with a GPU: values are other ones."""


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.__name__)
def test_habit_of_the_cpu(habit, request, monkeypatch):
    if request.config.getoption("--device") == "cpu":
        assert habit(wp.zeros(64, dtype=wp.float32, device="cpu"))
    separate_memory(monkeypatch)
    array = wp.zeros(64, dtype=wp.float32, device="cpu")
    if habit in UNNOTICED:
        assert not habit(array)
    else:
        with pytest.raises((ValueError, TypeError), match=r"read-only|implicit conversion|cannot read a NumPy array"):
            habit(array)


def test_what_a_gpu_allows(monkeypatch):
    """Copies in both directions, values that are copied before they change, and kernels on arrays of the device."""
    separate_memory(monkeypatch)
    array = wp.array(np.arange(64.0), dtype=wp.float32, device="cpu")
    wp.launch(_set, 32, inputs=[array], device="cpu")
    values = array.numpy().copy()
    values[40:] = 2.0
    array.assign(values)
    assert array.numpy().sum() == 32 * 1.0 + sum(range(32, 40)) + 24 * 2.0


def test_arrays_without_tiles(monkeypatch):
    """Most simulations have no fields; their array of no tiles was an error with a GPU."""
    monkeypatch.setattr(memory, "backend_for", lambda is_cpu: REHEARSAL)
    assert memory.aligned_array((0, 1, 512), wp.float32, wp.get_device("cpu")).shape == (0, 1, 512)


def test_the_package_reads_no_addresses():
    """A rehearsal does not notice memory that is read by its address; only the CPU's allocator does so."""
    found = re.compile(r"\.ptr\b|\bctypes\b|dlpack")
    paths = [p for p in Path(sparselbm.__file__).parent.rglob("*.py") if found.search(p.read_text(encoding="utf-8"))]
    assert [path.name for path in paths] == ["memory.py"]
