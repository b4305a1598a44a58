"""The same text compiles for CUDA, which NVRTC checks on machines without a GPU too."""

import pytest
import warp as wp

from sparselbm.backends import CUDA
from sparselbm.kernels.adjoint import GradientTargets, adjoint_kernel
from sparselbm.kernels.context import Target
from sparselbm.kernels.observables import integral_adjoint_kernel
from sparselbm.kernels.step import step_kernel
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, FreeSlip, Parabola, PressureOutlet, VelocityInlet
from sparselbm.models.collision import TRT
from sparselbm.models.force import Boussinesq, UniformForce
from sparselbm.models.physics import Physics, TileClass
from sparselbm.models.scalar import BodyValue, FixedValue, Outflow, Scalar
from sparselbm.models.turbulence import WALE
from sparselbm.observe import Torque

EVERYTHING = TileClass(walls=True, solid=True, fields=True, fractions=True)
WRT = GradientTargets(solid=True, fields=True, parameters=True)


def physics(lattice):
    d = lattice.dimension
    boundaries = (VelocityInlet(X_MIN, (0.05, 0.0, 0.0)[:d], profile=Parabola(0)), FreeSlip(Y_MAX), PressureOutlet(X_MAX))
    heat = Scalar("heat", 0.1, conditions=(FixedValue(X_MIN, 1.0), Outflow(X_MAX)), bodies=(BodyValue("body", 0.5),))
    return Physics(
        lattice, WALE(TRT()), boundaries, (UniformForce((0.0,) * d), Boussinesq("heat", 1.0, (0.0,) * d)), obstacles=("body",),
        moving=("body",), scalars=(heat, Scalar("dye", 0.1)),
    )


KERNELS = {
    "step": lambda: step_kernel(physics(D3Q19), EVERYTHING, Target(wp.float32, CUDA)),
    "adjoint": lambda: adjoint_kernel(physics(D3Q19), EVERYTHING, Target(wp.float32, CUDA), WRT),
    "torque": lambda: integral_adjoint_kernel(
        physics(D2Q9), EVERYTHING, Target(wp.float64, CUDA), Torque("body", (8.0, 8.0)), WRT
    ),
}


@pytest.mark.parametrize("name", KERNELS)
def test_text_compiles_for_cuda(name, tmp_path):
    module = KERNELS[name]().launchable.module
    wp.compile_aot_module(module, arch=[80], module_dir=str(tmp_path), strip_hash=True)
    assert any(path.stat().st_size > 1000 for path in tmp_path.glob("*.cubin"))
