"""Stores that bypass the cache: found in the machine code of large states' kernels, absent from those of small ones."""

import platform
import re

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint.sweep import BackwardSweep
from sparselbm.backends import CPU
from sparselbm.grid.build import box
from sparselbm.kernels import launch
from sparselbm.kernels.adjoint import GradientTargets
from sparselbm.solver import Simulation

STREAMING_STORE = re.compile(
    rb"\x62[\x01\x11\x21\x31\x41\x51\x61\x71\x81\x91\xa1\xb1\xc1\xd1\xe1\xf1][\x7c\xfd][\x08\x28\x48]\x2b"  # AVX-512
    rb"|\xc5[\x78\xf8\x7c\xfc\x79\xf9\x7d\xfd]\x2b|\xc4[\x41\x61\xc1\xe1][\x78\x7c\x79\x7d]\x2b"  # AVX
    rb"|(?:\x44|\x66|\x66\x44)\x0f\x2b",
    re.DOTALL,
)
"""The x86-64 encodings of vmovntps, vmovntpd, movntps and movntpd."""

pytestmark = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads x86-64 machine code")


def simulated(device, precision, *, dimension=3, threads=1) -> Simulation:
    simulation = Simulation(
        box((16,) * dimension, periodic=(True,) * dimension, device=device), viscosity=0.05, precision=precision, threads=threads
    )
    velocity = 0.01 * np.random.default_rng(1).standard_normal((*simulation.domain.fluid.shape, dimension))
    simulation.set_state(1.0, velocity)
    return simulation


def streaming_stores(sweep, folder) -> int:
    """How many stores of a sweep's compiled kernel bypass the cache."""
    (kernel,) = {command.kernel for command in sweep._recorded._commands}
    wp.compile_aot_module(kernel.module, device="cpu", module_dir=folder)
    (file,) = folder.glob("*.o")
    return len(STREAMING_STORE.findall(file.read_bytes()))


@pytest.mark.parametrize("backward", [False, True], ids=["step", "adjoint"])
@pytest.mark.parametrize("precision", [wp.float32, wp.float64], ids=["fp32", "fp64"])
def test_machine_code_of_large_and_small_states(precision, backward, device, tmp_path, monkeypatch):
    """Every population is stored past the cache where a state exceeds the cache, none where it fits."""
    if box((8, 8), device=device).backend is not CPU:
        pytest.skip("the choice is the CPU's")
    counts = []
    for cached in (0, 1 << 40):
        monkeypatch.setattr(launch, "_CACHED_BYTES", cached)
        simulation = simulated(device, precision)
        sweep = BackwardSweep(simulation, None, wrt=GradientTargets())._full if backward else simulation.stepper._step
        folder = tmp_path / str(cached)
        folder.mkdir()
        counts.append(streaming_stores(sweep, folder))
    streaming, plain = counts
    assert streaming >= simulation.physics.size
    assert plain == 0


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("precision", [wp.float32, wp.float64], ids=["fp32", "fp64"])
@pytest.mark.parametrize("threads", [1, 2])
def test_same_bits(precision, dimension, threads, device, monkeypatch):
    """Both texts give the same states, bit for bit."""
    states = []
    for cached in (0, 1 << 40):
        monkeypatch.setattr(launch, "_CACHED_BYTES", cached)
        simulation = simulated(device, precision, dimension=dimension, threads=threads)
        simulation.run(5)
        states.append(simulation.state.populations.numpy().copy())
    assert np.array_equal(*states)
    assert np.ptp(states[0]) > 0.0
