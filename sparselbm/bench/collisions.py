"""Benchmark cases of each collision model, on the lattice for which it is made."""

import functools
from collections.abc import Sequence

import warp as wp

from ..lattice import D3Q19, D3Q27, Lattice
from ..models.collision import BGK, KBC, MRT, TRT, CentralMoment, Collision, Cumulant, RecursiveRegularised, Regularised
from ..models.rheology import PowerLaw
from ..models.turbulence import WALE, Smagorinsky
from .case import BenchCase
from .domains import periodic_box
from .steps import started
from .work import BenchWork, forward

ON_D3Q19: dict[str, Collision] = {
    "trt": TRT(), "mrt": MRT(), "regularised": Regularised(), "recursive_regularised": RecursiveRegularised(),
    "central_moment": CentralMoment(), "smagorinsky": Smagorinsky(BGK()), "wale": WALE(BGK()),
    "power_law": PowerLaw(BGK(), exponent=0.7),
}
"""Without ExactDifference, which equals the wrapped model if there is no force."""
ON_D3Q27: dict[str, Collision] = {
    "trt_27": TRT(), "mrt_27": MRT(), "central_moment_27": CentralMoment(), "cumulant_27": Cumulant(), "kbc_27": KBC(),
}

TARGETS = {"trt": 0.95, "cumulant_27": 1.0 / 1.6}
"""Smallest acceptable speeds relative to BGK on the same lattice: TRT 5 % slower, cumulants 60 % slower."""


_LATTICES = {**dict.fromkeys(ON_D3Q19, D3Q19), "bgk_27": D3Q27, **dict.fromkeys(ON_D3Q27, D3Q27)}


def collision_names() -> tuple[str, ...]:
    """Names of the available cases."""
    return tuple(_LATTICES)


def collision_cases(names: Sequence[str]) -> tuple[BenchCase, ...]:
    """Cases of the named collision models, "all" for every one. Raises ValueError for an unknown name."""
    unknown = set(names) - {"all", *_LATTICES}
    if unknown:
        raise ValueError(f"there is no collision {', '.join(sorted(unknown))}: use all, {', '.join(_LATTICES)}")
    return tuple(
        BenchCase(name, functools.partial(_on, name=name, lattice=lattice), TARGETS.get(name))
        for name, lattice in _LATTICES.items()
        if "all" in names or name in names
    )


def _on(size: int, device: wp.Device, name: str, lattice: Lattice) -> BenchWork:
    """Steps in a periodic box; on D3Q19, BGK is the first case of the benchmark, on D3Q27 it is timed with each model."""
    domain = periodic_box(size, device)
    collision = {**ON_D3Q19, **ON_D3Q27}.get(name, BGK())
    reference = None
    if lattice is D3Q27 and name != "bgk_27":
        reference = forward(started(domain, lattice=lattice), "BGK on D3Q27")
    note = f"{type(collision).__name__} on {lattice}, {size}^3 periodic cells"
    return forward(started(domain, collision, lattice), note, reference, reference_name="BGK on D3Q27")
