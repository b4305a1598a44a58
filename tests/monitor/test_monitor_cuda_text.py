"""The monitors' kernels compile for CUDA, which NVRTC checks on machines without a GPU too."""

import pytest
import warp as wp

from sparselbm.backends import CUDA
from sparselbm.kernels.context import Target
from sparselbm.kernels.observables import integral_kernel
from sparselbm.lattice import D3Q19
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.models.collision import TRT
from sparselbm.models.physics import Physics, TileClass
from sparselbm.observe import Dissipation, KineticEnergy, LayerPressure
from sparselbm.observe.monitor.probes import _gather_kernel
from sparselbm.observe.monitor.residual import _change_kernel
from sparselbm.observe.monitor.velocity_gradients import gradients_kernel
from sparselbm.solver.stability import LIMITS, limits_kernel

PHYSICS = Physics(
    D3Q19, TRT(), (VelocityInlet(X_MIN, (0.05, 0.0, 0.0)), PressureOutlet(X_MAX)), obstacles=("body",)
)
CLASS, TARGET = TileClass(walls=True, solid=True), Target(wp.float32, CUDA)
OBJECTIVES = (Dissipation(), KineticEnergy(), LayerPressure(0, 5))
KERNELS = {
    "limits": lambda: limits_kernel(PHYSICS, CLASS, TARGET, LIMITS).launchable,
    "sums": lambda: integral_kernel(PHYSICS, CLASS, TARGET, OBJECTIVES).launchable,
    "gather": lambda: _gather_kernel(wp.float32),
    "change": lambda: _change_kernel(wp.float32),
    "gradients": lambda: gradients_kernel(PHYSICS, CLASS, TARGET).launchable,
}


@pytest.mark.parametrize("name", KERNELS)
def test_text_compiles_for_cuda(name, tmp_path):
    wp.compile_aot_module(KERNELS[name]().module, arch=[80], module_dir=str(tmp_path), strip_hash=True)
    assert any(path.stat().st_size > 1000 for path in tmp_path.glob("*.cubin"))
