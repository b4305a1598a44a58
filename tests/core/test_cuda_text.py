"""The same text compiles for CUDA, which NVRTC checks on machines without a GPU too."""

import pytest
import warp as wp

from sparselbm.boundary import X_MAX, X_MIN, Y_MAX, FreeSlip, PressureOutlet, VelocityInlet
from sparselbm.collision import TRT
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.objective import Torque
from sparselbm.physics import Physics, TileClass
from sparselbm.step import Target, adjoint_kernel, integral_adjoint_kernel, step_kernel

EVERYTHING = TileClass(walls=True, solid=True)


def physics(lattice):
    d = lattice.dimension
    boundaries = (VelocityInlet(X_MIN, (0.05, 0.0, 0.0)[:d]), FreeSlip(Y_MAX), PressureOutlet(X_MAX))
    return Physics(lattice, TRT(), boundaries, forced=True, obstacles=("body",))


KERNELS = {
    "step": lambda: step_kernel(physics(D3Q19), EVERYTHING, Target(wp.float32, cuda=True)),
    "adjoint": lambda: adjoint_kernel(physics(D3Q19), EVERYTHING, Target(wp.float32, cuda=True), True, True),
    "torque": lambda: integral_adjoint_kernel(
        physics(D2Q9), EVERYTHING, Target(wp.float64, cuda=True), Torque("body", (8.0, 8.0)), True, True
    ),
}


@pytest.mark.parametrize("name", KERNELS)
def test_text_compiles_for_cuda(name, tmp_path):
    module = KERNELS[name]().launchable.module
    wp.compile_aot_module(module, arch=[80], module_dir=str(tmp_path), strip_hash=True)
    assert any(path.stat().st_size > 1000 for path in tmp_path.glob("*.cubin"))
