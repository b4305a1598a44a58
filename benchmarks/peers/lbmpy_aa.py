"""Speed of lbmpy's generated code beside sparselbm's on the same machine: D3Q19, single relaxation time, fp32.

    pip install lbmpy py-cpuinfo      # AGPL: in an environment of its own, no dependency of sparselbm
    OMP_NUM_THREADS=2 python benchmarks/peers/lbmpy_aa.py 128

Steps in place (`aa`) and between two arrays (`pull`), in a dense box, without the copies that a periodic box needs.
"""

import sys
import time

import numpy as np
import pystencils as ps
from lbmpy import LBMConfig, LBMOptimisation, LBStencil, Method, Stencil, create_lb_update_rule
from lbmpy.advanced_streaming.utility import Timestep


def kernels(pdfs, other, pattern):
    """The kernels of a pair of steps; in place for `aa`."""
    for timestep in (Timestep.EVEN, Timestep.ODD) if pattern == "aa" else (Timestep.BOTH,):
        lbm = LBMConfig(
            stencil=LBStencil(Stencil.D3Q19), method=Method.SRT, relaxation_rate=1.0 / 0.65, compressible=True,
            zero_centered=True, streaming_pattern=pattern, timestep=timestep,
        )
        optimisation = LBMOptimisation(symbolic_field=pdfs, symbolic_temporary_field=pdfs if pattern == "aa" else other)
        rule = create_lb_update_rule(lbm_config=lbm, lbm_optimisation=optimisation)
        target = max(ps.Target.available_vector_cpu_targets(), key=lambda each: each.value)
        config = ps.CreateKernelConfig(target=target, default_dtype="float32", ghost_layers=1)
        config.cpu.openmp.enable = True
        config.cpu.vectorize.enable = True
        config.cpu.vectorize.assume_inner_stride_one = True
        yield ps.create_kernel(rule, config).compile()


def main(size, pattern):
    shape = (size + 2,) * 3
    pdfs, other = ps.fields(f"pdfs(19), other(19): float32[{', '.join(map(str, shape))}]", layout="fzyx")
    arrays = [np.zeros((19, *shape[::-1]), dtype=np.float32).transpose(3, 2, 1, 0) for _ in range(2)]
    made = list(kernels(pdfs, other, pattern))

    def pair():
        if pattern == "aa":
            for kernel in made:
                kernel(pdfs=arrays[0])
        else:
            made[0](pdfs=arrays[0], other=arrays[1])
            made[0](pdfs=arrays[1], other=arrays[0])

    pair()
    best, end = float("inf"), time.perf_counter() + 4.0
    while time.perf_counter() < end:
        start = time.perf_counter()
        pair()
        best = min(best, time.perf_counter() - start)
    print(f"lbmpy, {pattern}: {2 * size**3 / best / 1e6:.0f} MLUPS (no periodic copies included)")


if __name__ == "__main__":
    for each in ("aa", "pull"):
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 128, each)
