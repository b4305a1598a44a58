"""Every kernel of the golden table compiles for NVIDIA's A100, H100 and B200, which NVRTC does without a GPU."""

import json
from pathlib import Path

import pytest
import warp as wp
from golden_kernels import golden_kernels

from sparselbm.backends import CUDA

NAMES = json.loads(Path(__file__).with_name("kernel_texts.json").read_text())
ARCHITECTURES = (80, 90, 100)


@pytest.fixture(scope="module")
def kernels():
    """The kernels of the table with their CUDA text, by their names."""
    return dict(golden_kernels(CUDA))


@pytest.mark.nvrtc
@pytest.mark.parametrize("name", NAMES)
def test_golden_kernel_compiles(name, kernels, tmp_path):
    """Machine code for all three architectures."""
    wp.compile_aot_module(
        kernels[name].launchable.module, arch=list(ARCHITECTURES), module_dir=str(tmp_path), strip_hash=True
    )
    made = {path.name.split(".")[-2]: path.stat().st_size for path in tmp_path.glob("*.cubin")}
    assert set(made) == {f"sm{architecture}" for architecture in ARCHITECTURES}
    assert min(made.values()) > 1000
