"""sparselbm: sparse-domain, differentiable lattice Boltzmann on NVIDIA Warp; USD scene in, optimised obstacle out."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str
    from .adjoint.value_and_grad import value_and_grad as value_and_grad
    from .case.case import Case as Case
    from .design.grid_check import grid_check as grid_check
    from .design.problem import DesignProblem as DesignProblem
    from .design.variables.shape import ShapeVariables as ShapeVariables
    from .flows import Flow as Flow
    from .flows import WindTunnel as WindTunnel
    from .observe.snapshot import Snapshot as Snapshot
    from .results.writer import ResultsWriter as ResultsWriter
    from .scene.usd.scene import Scene as Scene
    from .solver.obstacle import Obstacle as Obstacle
    from .solver.simulation import Simulation as Simulation
    from .units import Units as Units

_HOMES = {
    "Case": "case.case",
    "DesignProblem": "design.problem",
    "Flow": "flows",
    "Obstacle": "solver.obstacle",
    "ResultsWriter": "results.writer",
    "Scene": "scene.usd.scene",
    "ShapeVariables": "design.variables.shape",
    "Simulation": "solver.simulation",
    "Snapshot": "observe.snapshot",
    "Units": "units",
    "WindTunnel": "flows",
    "grid_check": "design.grid_check",
    "value_and_grad": "adjoint.value_and_grad",
}
"""Public names at the root and the module of each; others keep their one path, such as `sparselbm.observe.Force`."""

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str):
    """Imports a public name when it is first used, so that `import sparselbm` stays light."""
    if name == "__version__":
        return import_module(".release", __name__).package_version()
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module 'sparselbm' has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
