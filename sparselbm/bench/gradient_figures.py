"""Cost of gradients relative to the flow's own run, with limits."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
import warp as wp

from ..adjoint import AdjointMethod, Checkpointed, InitialPopulations, Parameter, Points, Steady, Stored, value_and_grad
from ..adjoint.convergence_probe import still_to_come
from ..estimate.device import free_bytes
from ..geometry import TriangleMesh
from ..grid.build import box
from ..layout import EDGE
from ..models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from ..observe import FlowRate, Force, evaluate
from ..solver import Obstacle, Simulation
from . import domains
from .gradients import adjoint
from .steps import started
from .timing import best_of

CHECKPOINTS = 30
TOLERANCE = 1e-3
"""Estimated relative error at which flow and gradient count as converged."""
_STRETCH = 100
_ROOM = 1 << 32
"""Largest memory of stored states [bytes], if it is within a quarter of the free memory."""
_LONGEST = 100_000
"""Number of steps after which a flow is used even if it has not converged."""
_DRAG = Force("body", (1.0, 0.0))


@dataclass(frozen=True)
class GradientFigure:
    """Measured cost ratio."""

    name: str
    value: float
    limit: float
    """Target of the project."""
    note: str
    """Description of the measured case."""

    @property
    def met(self) -> bool:
        return self.value <= self.limit

    def to_json(self) -> dict:
        return asdict(self) | {"met": self.met}


def gradient_figures(
    device: wp.DeviceLike = None, *, size: int = 128, seconds: float = 5.0, steps: int = 1000,
    on_figure: Callable[[GradientFigure], None] | None = None,
) -> tuple[GradientFigure, ...]:
    """Measures the cost ratios, D3Q19 in fp32, the steady ones on D2Q9; about 2 minutes on two cores.

    `size`: cells along an edge of the box of the adjoint step, twice that of complete gradients; `seconds`: time per ratio, of
    whose bursts the fastest count; `steps`: of the complete gradients. Where every state is stored, the box is small enough for
    4 GiB. A first gradient allocates the memory before the measurement, as in an optimisation.
    """
    device, figures = wp.get_device(device), []
    half = max(8, size // 16 * 8)
    for measured in (
        lambda: [_step_back(size, device, seconds)],
        lambda: [_whole(_stored, 3.2, _edge(device, steps, half), steps, device, seconds)],
        lambda: [_whole(_checkpointed, 5.0, half, steps, device, seconds)],
        lambda: _steady(device),
    ):
        for figure in measured():
            figures.append(figure)
            if on_figure is not None:
                on_figure(figure)
    return tuple(figures)


def _edge(device: wp.Device, steps: int, most: int) -> int:
    """Number of cells along the largest box of whole tiles whose states over all steps fit in memory."""
    cells = min(_ROOM, free_bytes(device) // 4) / (76 * steps)
    return max(EDGE, min(most, int(cells ** (1 / 3)) // EDGE * EDGE))


def _step_back(size: int, device: wp.Device, seconds: float) -> GradientFigure:
    work = adjoint(size, device)
    assert work.reference is not None
    forward, back = best_of([work.reference.burst, work.burst], device, seconds)
    return GradientFigure("step back / step", back / forward, 2.0, f"{size}^3 periodic cells, BGK")


def _stored(simulation: Simulation) -> AdjointMethod:
    return Stored()


def _checkpointed(simulation: Simulation) -> AdjointMethod:
    return Checkpointed(CHECKPOINTS * simulation.state.nbytes)


def _whole(method_of: Callable, limit: float, size: int, steps: int, device: wp.Device, seconds: float) -> GradientFigure:
    """Cost of a gradient with respect to the initial populations, relative to the run."""
    simulation = started(domains.periodic_box(size, device))
    method = method_of(simulation)

    def gradient(steps: int) -> None:
        value_and_grad(FlowRate(0, 0), simulation, steps=steps, wrt=[InitialPopulations()], method=method)

    gradient(steps)  # Compiles the kernels and touches the memory.
    run, whole = best_of([partial(simulation.run, steps), partial(gradient, steps)], device, seconds)
    kind = type(method).__name__
    note = f"{size}^3 cells: {method.work(simulation, steps)}"
    return GradientFigure(f"gradient / run, {kind.lower()}", whole / run, limit, note)


def _cylinder(device: wp.Device) -> Simulation:
    """Flow in a channel with inlet and outlet that becomes steady."""
    mesh = TriangleMesh.cylinder(3.4, (20.3, 15.1, -6.0), (20.3, 15.1, 7.0), 32)
    faces = (VelocityInlet(X_MIN, (0.04, 0.0)), PressureOutlet(X_MAX, relaxation=0.2))
    domain = box((56, 32), device=device)
    return Simulation(domain, viscosity=0.05, boundaries=faces, obstacles=(Obstacle("body", mesh),))


def _steady(device: wp.Device) -> list[GradientFigure]:
    """Adjoint iterations relative to those of the flow, to the same error estimate; and the cost of a subsequent design."""
    simulation = _cylinder(device)
    from_rest, adjoint_from_rest = _settled(simulation), _adjoint_iterations(simulation)
    moved = simulation.solids.geometry[0]
    moved.move(moved.points.numpy() + np.array([0.0, 0.1, 0.0]))
    simulation.update_geometry()
    again, adjoint_again = _settled(simulation), _adjoint_iterations(simulation)
    note = f"cylinder in a channel of 56 x 32 cells, to {TOLERANCE:g}: {adjoint_from_rest} back, {from_rest} forward"
    # An adjoint step counts as two forward steps.
    design = (again + 2 * adjoint_again) / (from_rest + 2 * adjoint_from_rest)
    return [
        GradientFigure("steady adjoint / flow", adjoint_from_rest / from_rest, 1.5, note),
        GradientFigure(
            "next design / first", design, 0.5, f"moved by a tenth of a cell: {again} forward and {adjoint_again} back"
        ),
    ]


def _settled(simulation: Simulation) -> int:
    """Number of steps until the drag is converged, by the estimate that the adjoint uses."""
    value, change, calm, steps = np.nan, np.inf, 0, 0
    while calm < 2 and steps < _LONGEST:
        simulation.run(_STRETCH)
        steps += _STRETCH
        before, value, last = value, evaluate(_DRAG, simulation), change
        change = np.inf if np.isnan(before) else abs(value - before) / abs(value)
        calm = calm + 1 if still_to_come(change, last) < TOLERANCE else 0
    return steps


def _adjoint_iterations(simulation: Simulation) -> int:
    looks: list[int] = []
    method = Steady(tolerance=TOLERANCE, flow_tolerance=np.inf)
    wrt = (Points("body"), Parameter("viscosity"))
    value_and_grad(_DRAG, simulation, steps=0, wrt=wrt, method=method, on_back=looks.append)
    return _STRETCH * len(looks)
