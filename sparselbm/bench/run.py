"""Benchmark run: each case is timed alternately with a memory copy and with its reference."""

import functools
from collections.abc import Callable, Sequence

import warp as wp

from ..estimate.machine import describe_machine
from ..lattice import D3Q19
from ..layout import EDGE
from . import domains, gradients, steps
from .case import BenchCase
from .collisions import collision_cases
from .memory_copy import MemoryCopy
from .report import BenchReport, BenchRow
from .timing import best_of
from .work import BenchWork


def cases(gradient_steps: int) -> tuple[BenchCase, ...]:
    """All cases after the first, the periodic box."""
    return (
        BenchCase("trt", steps.trt),
        BenchCase("walls", steps.walls, target=0.85),
        BenchCase("pipes", steps.pipes, target=0.75),
        BenchCase("differentiable", steps.differentiable, target=0.95),
        BenchCase("adjoint", gradients.adjoint, target=1 / 2.5),
        BenchCase("adjoint_walls", gradients.adjoint_walls, target=1 / 2.5),
        BenchCase("steady", gradients.steady),
        BenchCase("checkpointed", functools.partial(gradients.checkpointed, steps=gradient_steps), target=1 / 6),
    )


def run_bench(
    device: wp.DeviceLike = None, *, size: int = 128, seconds: float = 5.0, gradient_steps: int = 1000,
    on_row: Callable[[BenchRow], None] | None = None, collisions: Sequence[str] = (),
) -> BenchReport:
    """Measures speed and memory, D3Q19 in fp32; about 2 minutes on two cores.

    `collisions`: collision models to time instead of the default cases, "all" for all of them.

    `size`: cells along an edge of the periodic box, a multiple of 8; the other cases scale with it. `seconds`: time per row,
    of whose bursts the fastest counts. `gradient_steps`: length of the checkpointed gradient. `on_row` is called with each
    completed row. Raises ValueError for numbers out of range and unknown names.
    """
    if size < 16 or size % EDGE:
        raise ValueError(f"the size is {size}: it must be a multiple of {EDGE} and at least 16; 128 exceeds the CPU caches")
    if not seconds > 0 or gradient_steps < 1:
        raise ValueError(
            f"seconds is {seconds} and gradient_steps {gradient_steps}: they must be above 0 and at least 1"
        )
    rest = collision_cases(collisions) if collisions else cases(gradient_steps)
    device = wp.get_device(device)
    machine = describe_machine(device)
    copy = MemoryCopy(domains.periodic_box(size, device), D3Q19.size)
    base = steps.periodic(size, device)
    rows, best_copy = [], 0.0
    for case in (BenchCase("periodic", lambda size, device: base), *rest):
        row, bandwidth = _measure(case, case.prepare(size, device), base, copy, device, seconds)
        best_copy = max(best_copy, bandwidth)
        rows.append(row)
        if on_row is not None:
            on_row(row)
    return BenchReport(machine, size, best_copy / 1e9, tuple(rows))


def _measure(
    case: BenchCase, work: BenchWork, base: BenchWork, copy: MemoryCopy, device: wp.Device, seconds: float
) -> tuple[BenchRow, float]:
    """Row of a case, and the bandwidth of the copies timed with it [bytes / s]."""
    reference = work.reference or base
    bursts = [copy, _recorded(reference, device), _recorded(work, device)]
    copy_time, reference_time, work_time = best_of(bursts, device, seconds)
    speed, bandwidth = work.updates / work_time, copy.bytes / copy_time
    row = BenchRow(
        name=case.name, mlups=speed / 1e6, share_of_copy=speed * work.moved / bandwidth,
        bytes_per_cell=work.bytes_per_cell, cells=work.cells, relative=speed * reference_time / reference.updates,
        reference="periodic" if reference is base else work.reference_name, target=case.target, note=work.note,
    )
    return row, bandwidth


def _recorded(work: BenchWork, device: wp.Device) -> Callable[[], None]:
    """Burst of a workload; on CUDA as a graph, so that launch overhead is small."""
    if not work.recordable:
        return work.burst
    work.burst()  # Compiles the kernels.
    if device.is_cpu:
        return work.burst
    with wp.ScopedCapture(device=device) as capture:
        work.burst()
    graph = capture.graph
    assert graph is not None
    return lambda: wp.capture_launch(graph)
