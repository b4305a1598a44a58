"""The CUDA text, run cell by cell on the CPU, computes what the CPU's own text does, and sums as a GPU does."""

from dataclasses import replace

import numpy as np
import pytest
import warp as wp
from states import noise, set_dense_state

from sparselbm.backends import CPU, CUDA, REHEARSAL
from sparselbm.grid.build import box
from sparselbm.grid.memory import summed, sums_array, tile_array, tile_view
from sparselbm.kernels.adjoint import GradientTargets, adjoint_kernel
from sparselbm.kernels.context import Target
from sparselbm.kernels.kernel_trace import KernelTrace
from sparselbm.kernels.launch import TileSweep, group_tiles
from sparselbm.kernels.step import step_kernel
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.models.collision import TRT
from sparselbm.models.physics import Physics, TileClass
from sparselbm.models.turbulence import WALE
from sparselbm.solver import Simulation

LATTICES = pytest.mark.parametrize("lattice", [D2Q9, D3Q19], ids=repr)


def simulated(lattice, backend):
    """A channel with WALE in fp64, launched as a back end does."""
    domain = replace(box((16, 13, 8)[: lattice.dimension], device="cpu"), backend=backend)
    inlet = VelocityInlet(X_MIN, (0.05, 0.0, 0.0)[: lattice.dimension])
    return Simulation(
        domain, lattice=lattice, collision=WALE(TRT()), viscosity=0.02, boundaries=(inlet, PressureOutlet(X_MAX)),
        precision=wp.float64,
    )  # fmt: skip


@LATTICES
def test_steps_and_adjoint(lattice):
    """Three steps, and an adjoint step with the gradient in the models' parameters."""
    found = []
    for backend in (CPU, REHEARSAL):
        simulation = simulated(lattice, backend)
        set_dense_state(simulation, noise(lattice, simulation.domain.shape))
        simulation.run(3)
        adjoint = simulation.passes.by_class(adjoint_kernel, GradientTargets(parameters=True))
        sums, back = sums_array(simulation.domain, len(simulation.physics.parameters)), simulation.state.zeros()
        differences = [tile_array(simulation.domain, lattice.dimension**2, wp.float64) for _ in range(2)]
        adjoint(
            source=simulation.state.populations, adjoint=simulation.state.populations, target=back, sums=sums,
            differences_adjoint=differences[0], differences_target=differences[1],
        )  # fmt: skip
        states = [tile_view(simulation.domain, x, simulation.physics.size).copy() for x in (simulation.state.populations, back)]
        found.append((*states, summed(sums)))
    for own, rehearsed in zip(*found, strict=True):
        assert np.abs(own).max() > 1e-3
        assert np.allclose(rehearsed, own, rtol=1e-12, atol=1e-13)


@LATTICES
def test_sum_of_a_warp(lattice):
    """Partial sums, bit for bit those of `__shfl_down_sync`: 16, 8, 4, 2 and 1 threads apart, 32 cells for each slot."""
    domain = replace(box((16, 8, 8)[: lattice.dimension], device="cpu"), backend=REHEARSAL)
    trace = KernelTrace(lattice, ())
    trace.sum(trace.local("source"))
    kernel, source, sums = trace.kernel(wp.float32, REHEARSAL), tile_array(domain, 1, wp.float32), sums_array(domain, 1)
    source.assign(np.random.default_rng(4).normal(size=source.shape).astype(np.float32))
    groups = group_tiles(domain, {TileClass(False, False): np.arange(domain.tile_count)})
    numbers = wp.zeros(1, dtype=wp.float32, device=domain.device)
    TileSweep(domain, groups, lambda tiles: kernel, arrays={"parameters": numbers}, state_bytes=0)(source=source, sums=sums)
    values = tile_view(domain, source, 1).astype(np.float64).reshape(domain.tile_count, 1, -1, 32)
    for reach in (16, 8, 4, 2, 1):
        values = values[..., :reach] + values[..., reach : 2 * reach]
    assert np.array_equal(sums.numpy(), values[..., 0])


def test_text_is_that_of_cuda():
    """Without sums a rehearsal has the text of CUDA to the letter."""
    physics, tiles = Physics(D3Q19, TRT()), TileClass(walls=True, solid=False)
    texts = {step_kernel(physics, tiles, Target(wp.float32, backend)).text for backend in (CUDA, REHEARSAL)}
    assert len(texts) == 1


def test_domains_of_a_rehearsal(device, request):
    """`--device rehearsal` reaches every domain; otherwise the device has its own back end."""
    domain = box((8, 8), device=device)
    rehearsed = request.config.getoption("--device") == "rehearsal"
    own = CPU if wp.get_device(device).is_cpu else CUDA
    assert domain.backend is (REHEARSAL if rehearsed else own)
    assert np.shares_memory(domain.coordinates.numpy(), domain.coordinates.numpy()) == (domain.backend is CPU)
