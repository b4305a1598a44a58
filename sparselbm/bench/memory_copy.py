"""Memory copy as the reference of the other cases."""

from functools import cache

import numpy as np
import warp as wp

from ..grid import Domain
from ..grid.memory import tile_array
from ..kernels.launch import run_side_by_side
from ..system import core_count

_CHUNK = 1 << 14
"""Number of scalars that one thread of the kernel copies."""

_STREAM = """
typedef float Line __attribute__((vector_size(64)));
const Line* from = (const Line*)(source.data + (long long)thread * {chunk});
Line* to = (Line*)(target.data + (long long)thread * {chunk});
for (int k = 0; k < {chunk} / 16; ++k) __builtin_nontemporal_store(from[k], to + k);
"""


class MemoryCopy:
    """Copy of an array of the size of a state: with non-temporal stores on all CPU cores, by `wp.copy` on CUDA."""

    def __init__(self, domain: Domain, size: int):
        self._arrays = [tile_array(domain, size, wp.float32).flatten() for _ in range(2)]
        self._device = domain.device
        chunks = len(self._arrays[0]) // _CHUNK
        self.bytes = 2 * 4 * chunks * _CHUNK
        """Bytes read and written per copy."""
        if self._device.is_cpu:
            parts = np.array_split(np.arange(chunks), core_count())
            self._launches = [self._launch(part) for part in parts if len(part)]

    def _launch(self, part: np.ndarray) -> wp.Launch:
        ranges = [array[part[0] * _CHUNK : (part[-1] + 1) * _CHUNK] for array in self._arrays]
        source, target = ranges
        kernel = _copy_kernel()
        return wp.launch(kernel, len(part), inputs=[source], outputs=[target], device=self._device, record_cmd=True)

    def __call__(self) -> None:
        if self._device.is_cpu:
            run_side_by_side([launch.launch for launch in self._launches], len(self._launches))
        else:
            wp.copy(self._arrays[1], self._arrays[0], count=self.bytes // 8)


@cache
def _copy_kernel() -> wp.Kernel:
    @wp.func_native(_STREAM.format(chunk=_CHUNK))
    def stream(source: wp.array(dtype=wp.float32), target: wp.array(dtype=wp.float32), thread: wp.int32): ...

    @wp.kernel(enable_backward=False, module="unique")
    def copy_memory(source: wp.array(dtype=wp.float32), target: wp.array(dtype=wp.float32)):
        stream(source, target, wp.tid())

    return copy_memory
