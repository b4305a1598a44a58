"""exp and log as the kernels compute them, against NumPy in extended precision."""

import numpy as np
import pytest
import warp as wp

from sparselbm.backends import CUDA
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_array, tile_view
from sparselbm.kernels.adjoint import GradientTargets, adjoint_kernel
from sparselbm.kernels.context import Target
from sparselbm.kernels.kernel_trace import KernelTrace
from sparselbm.kernels.launch import TileSweep, group_tiles
from sparselbm.lattice import D2Q9
from sparselbm.models.collision import TRT
from sparselbm.models.physics import Physics, TileClass
from sparselbm.models.rheology import PowerLaw
from sparselbm.models.turbulence import Smagorinsky
from sparselbm.trace.expression import exp, log

PRECISIONS = pytest.mark.parametrize("precision", [wp.float32, wp.float64], ids=["fp32", "fp64"])
RANGE = {wp.float32: 86.0, wp.float64: 706.0}
"""Of the arguments of exp whose results are normal numbers."""


def computed(formula, given, precision, device):
    """The formula at each of the numbers, by a compiled kernel."""
    domain = box((64, 64), device=device)
    trace = KernelTrace(D2Q9, ())
    trace.store("target", 0, 1, formula(trace.local("source", 0, 1)))
    kernel = trace.kernel(precision, domain.backend)
    source, target = tile_array(domain, 1, precision), tile_array(domain, 1, precision)
    values = np.resize(given, source.shape).astype(wp.dtype_to_numpy(precision))
    source.assign(values)
    groups = group_tiles(domain, {TileClass(False, False): np.arange(domain.tile_count)})
    numbers = wp.zeros(1, dtype=precision, device=device)
    sweep = TileSweep(domain, groups, lambda tiles: kernel, arrays={"parameters": numbers}, state_bytes=0)
    sweep(source=source, target=target)
    return tile_view(domain, source, 1).ravel().astype(np.longdouble), tile_view(domain, target, 1).ravel()


@PRECISIONS
def test_exp(precision, device):
    """To two units in the last place over the whole range, and near 0."""
    random = np.random.default_rng(4)
    given = np.concatenate([random.uniform(-1.0, 1.0, 2000) * RANGE[precision], random.normal(size=2000) * 1e-3, [0.0]])
    x, y = computed(exp, given, precision, device)
    assert np.abs(y / np.exp(x) - 1.0).max() < 2.0 * np.finfo(y.dtype).eps


@PRECISIONS
def test_log(precision, device):
    """To three units in the last place of the result, over the whole range, and near 1, where it vanishes."""
    random = np.random.default_rng(5)
    wide, near = np.exp(random.uniform(-1.0, 1.0, 2000) * RANGE[precision]), 1.0 + random.normal(size=2000) * 1e-3
    x, y = computed(log, np.concatenate([wide, near, [1.0]]), precision, device)
    one = x == 1.0
    assert np.abs(y[one]).max() == 0.0
    assert np.abs(y[~one] / np.log(x[~one]) - 1.0).max() < 3.0 * np.finfo(y.dtype).eps


@pytest.mark.parametrize("formula", [exp, log], ids=["exp", "log"])
def test_what_is_not_a_number_stays_so(formula, device):
    _, y = computed(formula, np.array([np.nan]), wp.float32, device)
    assert np.isnan(y).all()


def test_shear_rates_compile_for_cuda(tmp_path):
    physics = Physics(D2Q9, PowerLaw(Smagorinsky(TRT()), 0.5))
    kernel = adjoint_kernel(physics, TileClass(False, False), Target(wp.float32, CUDA), GradientTargets(parameters=True))
    wp.compile_aot_module(kernel.launchable.module, arch=[80], module_dir=str(tmp_path), strip_hash=True)
    assert any(path.stat().st_size > 1000 for path in tmp_path.glob("*.cubin"))
