"""Benchmark cases of gradients."""

import gc
from dataclasses import dataclass

import warp as wp

from ..adjoint import Checkpointed, InitialPopulations, Steady, value_and_grad
from ..adjoint.sweep import BackwardSweep
from ..grid import Domain
from ..grid.build import box
from ..kernels.adjoint import GradientTargets
from ..models.collision import BGK
from ..observe import FlowRate
from ..solver import Simulation
from . import domains
from .steps import started
from .work import SCALAR, BenchWork, bytes_per_cell, forward

SLOTS = 20
"""Number of states that the checkpointed gradient may store."""

_WORKING = 4
"""Additional population arrays: two for the steps, and two for lambda."""


def adjoint(size: int, device: wp.Device) -> BenchWork:
    """One adjoint step in a periodic box."""
    return _step_back(domains.periodic_box(size, device), "vector-Jacobian product of a step in the periodic box")


def adjoint_walls(size: int, device: wp.Device) -> BenchWork:
    """One adjoint step in a box with walls in a tenth of the tiles."""
    return _step_back(domains.scattered_spheres(size, device), "the same with walls in a tenth of the tiles")


def _step_back(domain: Domain, note: str) -> BenchWork:
    """Adjoint step: reads state and lambda, writes lambda. Compared with the forward step on the same domain."""
    simulation = started(domain)
    reverse = BackwardSweep(simulation, None, wrt=GradientTargets())
    wp.copy(reverse.adjoint, simulation.state.populations)

    def burst() -> None:
        for _ in range(2):
            reverse.back(simulation.state.populations, 0)

    return BenchWork(
        burst=burst, steps=2, cells=domain.fluid_cells, moved=3 * SCALAR * simulation.lattice.size,
        bytes_per_cell=bytes_per_cell(simulation, reverse), note=note, reference=forward(simulation, "forward"),
    )


def checkpointed(size: int, device: wp.Device, steps: int) -> BenchWork:
    """Gradient over many steps from few stored states, compared with as many forward steps."""
    edge = max(8, size // 16 * 8)
    simulation = started(domains.periodic_box(edge, device))
    objective, method = FlowRate(axis=0, layer=0), Checkpointed(memory=SLOTS * simulation.state.nbytes)
    value_and_grad(objective, simulation, steps=2, wrt=[InitialPopulations()], method=method)  # Compiles the kernels.
    state = SCALAR * simulation.lattice.size
    run = BenchWork(lambda: simulation.run(steps), steps, simulation.domain.fluid_cells, 2 * state, 0.0, "forward")

    def burst() -> None:
        value_and_grad(objective, simulation, steps=steps, wrt=[InitialPopulations()], method=method)

    return BenchWork(
        burst=burst, steps=steps, cells=run.cells, moved=run.moved,
        bytes_per_cell=bytes_per_cell(simulation) + (SLOTS + _WORKING) * state,
        note=f"gradient over {steps} steps of {edge}^3 cells from {SLOTS} states; counts each step once",
        reference=run, recordable=False,
    )


@dataclass(frozen=True)
class _PopulationArrays:
    """Probe in place of an adjoint method: counts the arrays of the size of a state after the backward pass."""

    state_size: int

    needs = GradientTargets()

    def require(self, simulation: Simulation) -> None: ...

    def gradient(self, reverse: BackwardSweep) -> int:
        # By `type`: `isinstance` makes stand-ins of other libraries emit warnings.
        return sum(issubclass(type(x), wp.array) and x.size == self.state_size for x in gc.get_objects())


def steady(size: int, device: wp.Device) -> BenchWork:
    """Fixed-point iteration of the adjoint of a steady flow, in a duct."""
    edge = max(8, size // 2)
    simulation = _duct(edge, device)
    reverse = BackwardSweep(simulation, FlowRate(axis=0, layer=0), wrt=GradientTargets())

    def burst() -> None:
        for _ in range(2):
            reverse.back(simulation.state.populations, 0, gather=False)
            reverse.inject(simulation.state.populations, 1.0, 0, gather=False)

    return BenchWork(
        burst=burst, steps=2, cells=simulation.domain.fluid_cells, moved=3 * SCALAR * simulation.lattice.size,
        bytes_per_cell=bytes_per_cell(simulation, reverse),
        note=f"iteration in a duct of {edge}^3 cells; a gradient needs {_arrays_of_steady(device)} population arrays",
        reference=forward(simulation, "forward"),
    )


def _duct(edge: int, device: wp.Device) -> Simulation:
    domain = box((edge, edge, edge), periodic=(True, False, False), device=device)
    return Simulation(domain, viscosity=1 / 6, collision=BGK(), force=(1e-5, 0.0, 0.0))


def _arrays_of_steady(device: wp.Device) -> int:
    """Number of population arrays alive at the end of a steady gradient, in a duct of unusual size."""
    domain = box((8, 8, 24), periodic=(True, False, False), device=device)
    simulation = Simulation(domain, viscosity=1 / 6, force=(1e-5, 0.0, 0.0))
    probes: list = [_PopulationArrays(simulation.state.populations.size)]
    method = Steady(tolerance=1e-2)
    _, (count,) = value_and_grad(FlowRate(axis=0, layer=0), simulation, steps=2000, wrt=probes, method=method)
    return int(count)
