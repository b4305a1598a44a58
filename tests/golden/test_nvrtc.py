"""Every kernel of the package compiles for NVIDIA's A100, H100 and B200, which NVRTC does without a GPU."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import warp as wp
from golden_kernels import TABLE, golden_kernels
from warp_kernels import WARP_FACTORIES, warp_kernels

from sparselbm.backends import CUDA

NAMES = json.loads(TABLE.read_text())
ARCHITECTURES = (80, 90, 100)
SAMPLE = ("step, everything, float32, cuda", "adjoint, everything, float64, cpu", "integral's adjoint, torque")
"""Kernels of `make test`, for one architecture."""


@pytest.fixture(scope="module")
def kernels():
    """The kernels of the table with their CUDA text, by their names."""
    return dict(golden_kernels(CUDA))


def require_machine_code(kernel: wp.Kernel, architectures: Sequence[int], folder: Path) -> None:
    """Compiles a kernel, which lies in a module of its own, and requires machine code for each architecture."""
    paths = wp.compile_aot_module(kernel.module, arch=list(architectures), module_dir=str(folder), strip_hash=True)
    made = {path.name.split(".")[-2]: path.stat().st_size for path in paths}
    assert set(made) == {f"sm{architecture}" for architecture in architectures}
    assert all(path.suffix == ".cubin" for path in paths)
    assert min(made.values()) > 1000


@pytest.mark.parametrize("name", SAMPLE)
def test_sample_compiles(name, kernels, tmp_path):
    require_machine_code(kernels[name].launchable, ARCHITECTURES[:1], tmp_path)


@pytest.mark.nvrtc
@pytest.mark.parametrize("name", NAMES)
def test_golden_kernel_compiles(name, kernels, tmp_path):
    require_machine_code(kernels[name].launchable, ARCHITECTURES, tmp_path)


@pytest.mark.nvrtc
@pytest.mark.parametrize(("module", "factory"), WARP_FACTORIES)
def test_warp_kernel_compiles(module, factory, tmp_path):
    for number, kernel in enumerate(warp_kernels(module, factory)):
        require_machine_code(kernel, ARCHITECTURES, tmp_path / str(number))
