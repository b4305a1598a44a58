"""Checkpoints in half precision."""

import functools
from dataclasses import dataclass

import warp as wp

from ..backends import backend_for
from ..errors import AdjointError
from ..grid.memory import aligned_array
from ..solver import Simulation
from .state_codec import CheckpointFormat, PackedCheckpointStore, StateCodec

_SCALE = 2.0**15
"""Shifted populations within -2 and 2 fill the range of half precision; those above 2e-9 keep 11 significant bits."""

_ROW = 64
"""Numbers that a thread of the CPU converts: any remainder of a state beyond whole rows is padding."""


@dataclass(frozen=True)
class HalfPrecision(CheckpointFormat):
    """Shifted populations f_q - w_q times 2^15 as fp16: half the memory of fp32 states, a quarter of fp64 ones.

    Only checkpoints are rounded: the value is that of the exact run, and steps from a checkpoint run in full precision.
    Measured relative error in a channel with inlet, outlet and a body, 200 steps from 8 checkpoints: 1.3e-4 of the gradient in
    points, solid fractions and parameters, 5e-4 of that in the initial populations. Packing or unpacking a state takes about as
    long as a step.
    Source: Lehmann et al., Phys. Rev. E 106 (2022) 015308 (FP16S), there for the state itself.
    """

    def require(self, simulation):
        if simulation.physics.scalars:
            raise AdjointError(
                "HalfPrecision with scalars: the range of their values is not known. Use FullStates, with a smaller memory"
            )

    def size(self, simulation):
        return 2 * simulation.state.populations.size

    def codec(self, simulation):
        return _Halves(simulation)

    def store(self, simulation):
        return PackedCheckpointStore(self.codec(simulation))


@dataclass(frozen=True, eq=False)
class _Halves(StateCodec):
    simulation: Simulation

    def new(self):
        return aligned_array(self.simulation.state.populations.shape, wp.float16, self.simulation.domain.device)

    def pack(self, state, packed):
        _convert(_kernels(state.dtype)[0], state, packed, state, _SCALE)

    def unpack(self, packed, state):
        _convert(_kernels(state.dtype)[1], packed, state, state, 1.0 / _SCALE)


def _convert(kernel: wp.Kernel, source: wp.array, target: wp.array, state: wp.array, scale: float) -> None:
    row = 1 if backend_for(state.device.is_cpu).cell_per_thread else _ROW
    tiles, size, cells = state.shape
    wp.launch(kernel, (tiles, size * cells // row), [source, target, scale, row], device=state.device, record_tape=False)


@functools.cache
def _kernels(precision: type) -> tuple[wp.Kernel, wp.Kernel]:
    """Kernels from a state to half precision and back: rows are loops that the compiler vectorises (0.5 ns per number)."""
    numbers, halves = wp.array3d(dtype=precision), wp.array3d(dtype=wp.float16)

    @wp.func_native("""
    const long long first = source.strides[0] / sizeof(source.data[0]) * (long long)tile + (long long)thread * row;
    for (int k = 0; k < row; ++k)
      target.data[first + k] = wp::float_to_half(source.data[first + k] * scale);
    """)
    def to_half(source: numbers, target: halves, scale: wp.float32, row: wp.int32, tile: wp.int32, thread: wp.int32): ...

    @wp.func_native("""
    const long long first = source.strides[0] / sizeof(source.data[0]) * (long long)tile + (long long)thread * row;
    for (int k = 0; k < row; ++k) target.data[first + k] = wp::half_to_float(source.data[first + k]) * scale;
    """)
    def from_half(source: halves, target: numbers, scale: wp.float32, row: wp.int32, tile: wp.int32, thread: wp.int32): ...

    @wp.kernel(enable_backward=False, module="unique")
    def pack_states(source: numbers, target: halves, scale: wp.float32, row: wp.int32):
        tile, thread = wp.tid()
        to_half(source, target, scale, row, tile, thread)

    @wp.kernel(enable_backward=False, module="unique")
    def unpack_states(source: halves, target: numbers, scale: wp.float32, row: wp.int32):
        tile, thread = wp.tid()
        from_half(source, target, scale, row, tile, thread)

    return pack_states, unpack_states
