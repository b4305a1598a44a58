"""Detection of flows that have become unstable, and advice for them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..grid.memory import sums_array, tile_view
from ..kernels.context import KernelContext, traced_kernel
from ..lattice import D3Q19, Lattice
from ..models.collision import KBC, MRT, TRT, CentralMoment, Collision, Cumulant, RecursiveRegularised
from ..models.force import Boussinesq
from ..models.physics import Physics
from ..models.wall.partially_saturated import SOLID_THRESHOLD
from ..trace.expression import dot
from .bodies import listed
from .open_cells import open_cells
from .simulation_view import SimulationView

CHECK_INTERVAL = 100
"""Steps between two checks; a check takes about as long as half a step."""


@dataclass(frozen=True)
class StabilityLimits:
    """Limits that no cell of a stable flow exceeds [lattice units].

    Above |u| = 0.42 a step of BGK on D2Q9 amplifies some wave at any viscosity; at tau = 0.51 it does so above 0.16
    (von Neumann analysis after Sterling & Chen, J. Comput. Phys. 123 (1996) 196). No flow that is nearly incompressible comes
    near these densities.
    """

    speed: float = 0.4
    """Largest |u| [cells / step]."""
    density: tuple[float, float] = (0.3, 3.0)
    """Least and largest rho."""
    scalar: float = 1e15
    """Largest |phi| of a scalar, whatever its unit: its square is still a number in single precision."""


LIMITS = StabilityLimits()

_ADVISED_SPEED = 0.1
"""Largest velocity that a boundary should give [cells / step]: 3 % of compressibility error."""

_NEAR_HALF = 0.01
"""tau - 1/2 below which the collision decides whether a flow of 0.1 cells / step is stable."""

OF_CASES, _OF_PYTHON = (CentralMoment, Cumulant, RecursiveRegularised), (MRT, KBC)
"""Collision models that are stable at lower viscosities than BGK and TRT (docs/explanation/stability.md): those that a case can
name, and others."""


@traced_kernel
def limits_kernel(k: KernelContext, limits: StabilityLimits) -> None:
    """Counts the fluid cells that exceed the limits or are not finite (every comparison with NaN fails).

    Cells that are completely solid are not counted.
    """
    cell, (least, largest) = k.cell, limits.density
    rho, u = cell.density, cell.velocity
    sound = cell.mask(dot(u, u) < limits.speed**2) * cell.mask(rho > least) * cell.mask(rho < largest)
    for scalar in cell.carried:
        sound = sound * cell.mask(scalar.value * scalar.value < limits.scalar**2)
    unsound = 1.0 - sound
    if k.tiles.solid:
        unsound = cell.mask(cell.solid_fraction < SOLID_THRESHOLD) * unsound
    k.reduce(unsound)


class StabilityCheck:
    """Checks the current state of a simulation, in one pass over the tiles with one number per tile."""

    def __init__(self, simulation: SimulationView, limits: StabilityLimits = LIMITS):
        self._simulation = simulation
        self._limits = limits
        self._sums = sums_array(simulation.domain, 1)
        self._count = simulation.general_sweep(limits_kernel, limits)

    def unsound_cells(self) -> int:
        """Number of cells that exceed the limits or are not finite."""
        self._count(source=self._simulation.state, sums=self._sums)
        count = round(float(self._sums.numpy().sum()))
        if count:  # Sums that are still 0 need not be cleared.
            self._sums.zero_()
        return count

    def complaint(self) -> str | None:
        """Message with the fault, its cell and the remedy; None while the flow is stable."""
        count = self.unsound_cells()
        if not count:
            return None
        fault = _worst(self._simulation, self._limits)
        more = f" ({count} such cells)" if count > 1 else ""
        return (
            f"the flow has blown up by step {self._simulation.steps}, first seen at cell {fault.place}: {fault.text}{more}; "
            + "; ".join([*_spoilt(self._simulation.physics, fault.scalars), advice(self._simulation)])
        )


@dataclass(frozen=True)
class _Fault:
    place: tuple[int, ...]
    text: str
    scalars: tuple[str, ...] = ()
    """Names of the scalars that are not finite in the cell."""


def _worst(simulation: SimulationView, limits: StabilityLimits) -> _Fault:
    """Returns the first cell that is not finite, or else the one that exceeds a limit by most."""
    d = simulation.lattice.dimension
    moments = tile_view(simulation.domain, simulation.moments(), 1 + d).astype(np.float64)
    phi = {s.name: simulation.scalar(s.name).astype(np.float64) for s in simulation.physics.scalars}
    with np.errstate(all="ignore"):
        rho, speed = moments[:, 0], np.sqrt((moments[:, 1:] ** 2).sum(axis=1))
        least, largest = limits.density
        scalars = [np.abs(values) / limits.scalar for values in phi.values()]
        excess = np.stack([speed / limits.speed, rho / largest, 2.0 - rho / least, *scalars])
    excess = np.where(open_cells(simulation), np.where(np.isfinite(excess).all(axis=0), excess, np.inf), -np.inf)
    which, tile, cell = np.unravel_index(np.argmax(excess), excess.shape)
    place = tuple(int(x) for x in simulation.domain.cell_indices()[tile, cell])
    value = rho[tile, cell]
    if not np.isfinite(excess[which, tile, cell]):
        flow = f"density {value:g}, speed {speed[tile, cell]:g} cells/step"
        lost = tuple(name for name, values in phi.items() if not np.isfinite(values[tile, cell]))
        carried = "".join(f"{name} {phi[name][tile, cell]:g}, not finite, with " for name in lost)
        return _Fault(place, carried + flow + ("" if lost else ", not finite"), lost)
    if which == 0:
        limit = f"{limits.speed:g} (Mach number {3**0.5 * limits.speed:.2f})"
        return _Fault(place, f"speed {speed[tile, cell]:.3g} cells/step, above the limit of {limit}")
    if which > 2:
        name = list(phi)[which - 3]
        return _Fault(place, f"{name} {phi[name][tile, cell]:.3g}, beyond the limit of {limits.scalar:g}")
    return _Fault(place, f"density {value:.3g}, outside the limits of {least:g} to {largest:g}")


def _spoilt(physics: Physics, scalars: Sequence[str]) -> list[str]:
    """Advice for scalars that are not finite."""
    driving = {force.scalar for force in physics.forces if isinstance(force, Boussinesq)}
    return [
        f"check the initial values of {name}, its boundary values and its source"
        + (", which enters the flow through Boussinesq even if the expansion is 0" if name in driving else "")
        for name in scalars
    ]


def advice(simulation: SimulationView) -> str:
    """Advice for this simulation: inlet velocities, relaxation times, and obstacles that meet."""
    found = []
    face, speed = _fastest_boundary(simulation)
    if speed > _ADVISED_SPEED:
        found.append(
            f"{face} gives {speed:.3g} cells/step, more than {_ADVISED_SPEED:g}: lower the lattice velocity, and the "
            "viscosity by the same factor"
        )
    tau = 3.0 * simulation.parameter("viscosity") + 0.5
    if tau - 0.5 < _NEAR_HALF:
        found.append(
            f"the relaxation time {tau:.6g} is within {_NEAR_HALF:g} of 1/2: use finer voxels, "
            f"{_more_stable(simulation.physics.collision, simulation.lattice)}, or raise the viscosity"
        )
    found += _slow_diffusion(simulation)
    if simulation.meetings:
        found.append(
            f"obstacles meet: {listed(simulation.meetings)}: move them apart, or join parts of one solid into one mesh"
        )
    if not found:
        found.append(
            f"no boundary gives more than {_ADVISED_SPEED:g} cells/step and the relaxation time {tau:.4g} is sound: "
            "lower the first velocity or the force, or look at the geometry near that cell"
        )
    return "; ".join(found)


def _slow_diffusion(simulation: SimulationView) -> list[str]:
    """Advice for scalars whose relaxation time is close to 1/2 or below it."""
    d, found = simulation.lattice.dimension, []
    for scalar in simulation.physics.scalars:
        tau = simulation.parameter(f"{scalar.name}.diffusivity") / scalar.lattice(d).cs2 + 0.5
        if tau - 0.5 < _NEAR_HALF:
            found.append(
                f"the relaxation time {tau:.6g} of {scalar.name} is not {_NEAR_HALF:g} above 1/2: raise its diffusivity, use "
                "finer voxels or ScalarTRT(magic=1/4)"
            )
    return found


def _fastest_boundary(simulation: SimulationView) -> tuple[str, float]:
    """Returns the boundary condition with the largest velocity, and its |u| [cells / step]."""
    values: dict[str, float] = {}
    for name in simulation.physics.parameters:
        owner, _, quantity = name.rpartition(".")
        if owner and quantity.startswith("velocity"):
            values[owner] = float(np.hypot(values.get(owner, 0.0), simulation.parameter(name)))
    return max(values.items(), key=lambda item: item[1], default=("no boundary", 0.0))


def _more_stable(present: Collision, lattice: Lattice) -> str:
    """Returns advice on collision models that are more stable than the current one, and on their lattice."""
    best = ", best on D3Q27" if lattice == D3Q19 else ""
    named, python = ([each.__name__ for each in some if type(present) is not each] for some in (OF_CASES, _OF_PYTHON))
    if isinstance(present, TRT) and present.magic != 1 / 4:
        python.append("TRT(magic=1/4)")
    return f"a more stable collision ({', '.join(named)}{best}; in Python also {', '.join(python)} or a sub-grid model)"
