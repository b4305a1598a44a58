"""A gradient over 10,000 steps of a million cells: its memory, beside what the method foretold.

Run: python benchmarks/long_gradient.py

D3Q19 in fp32, checkpoints in 6.5 GiB; 20 minutes on two idle cores. The aim is a peak of 8 GiB at most.
"""

import resource
from time import perf_counter

import numpy as np
import warp as wp

from sparselbm.adjoint import Checkpointed, InitialPopulations, value_and_grad
from sparselbm.bench.steps import started
from sparselbm.grid.build import box
from sparselbm.observe import FlowRate

SHAPE, STEPS, ROOM = (128, 128, 64), 10_000, "6.5 GiB"


def main() -> None:
    wp.config.quiet = True
    simulation = started(box(SHAPE, periodic=(True, True, True)))
    method = Checkpointed(ROOM)
    print("foretold:", method.work(simulation, STEPS), flush=True)
    began = perf_counter()
    _, (gradient,) = value_and_grad(FlowRate(0, 0), simulation, steps=STEPS, wrt=[InitialPopulations()], method=method)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"found: {perf_counter() - began:.0f} s, a peak of {peak:.2f} GiB in all, finite: {np.isfinite(gradient).all()}")


if __name__ == "__main__":
    main()
