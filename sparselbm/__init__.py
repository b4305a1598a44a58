"""sparselbm: sparse-domain, differentiable lattice Boltzmann on NVIDIA Warp; USD scene in, optimised obstacle out."""

from importlib import import_module

_HOMES = {
    "Case": "case", "Scene": "usd", "Tunnel": "tunnel", "TunnelFlow": "flow", "DragStudy": "study", "DragProblem": "study",
    "on_second_grid": "study", "StudyFolder": "results", "Forecast": "forecast", "Snapshot": "snapshot",
    "Simulation": "simulation", "Obstacle": "obstacle", "Units": "units", "value_and_grad": "adjoint",
}  # fmt: skip
"""Public names at the root and the module of each; others keep their one path, such as `sparselbm.objective.Force`."""

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str):
    """Imports a public name when it is first used, so that `import sparselbm` stays light."""
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module 'sparselbm' has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
