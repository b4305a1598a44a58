"""Stability check of the flow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import SimulationError
from ..grid.memory import sums_array, tile_view
from ..kernels.context import KernelContext, traced_kernel
from ..kernels.sweep import Sweep
from ..lattice.moments import excess_density, momentum
from ..models.wall.partially_saturated import SOLID_THRESHOLD
from ..trace.expression import dot, total
from .diagnoses import BlowUp, advice
from .macroscopic import MacroscopicFields
from .parameter_table import ParameterTable
from .solids import Solids

CHECK_INTERVAL = 100
"""Steps between two checks during a run."""
SHORT_RUN = 10
"""Steps since the last check from which on the end of a run is checked too, so that the checks of a loop of short runs take about
two per cent of its time: a check takes about as long as a quarter of a step."""


@dataclass(frozen=True)
class StabilityLimits:
    """Limits of the values in a cell, beyond which the flow counts as unstable [lattice units].

    Above |u| = 0.42, a step of BGK on D2Q9 amplifies some wave at any viscosity; at tau = 0.51, it does so above 0.16
    (von Neumann analysis after Sterling & Chen, J. Comput. Phys. 123 (1996) 196). The densities of nearly incompressible flows
    are far from these limits.
    """

    speed: float = 0.4
    """Largest |u| [cells / step]."""
    density: tuple[float, float] = (0.3, 3.0)
    """Smallest and largest rho."""
    scalar: float = 1e15
    """Largest |phi| of a scalar, in any unit: its square is still finite in single precision."""


LIMITS = StabilityLimits()


@traced_kernel
def limits_kernel(k: KernelContext, limits: StabilityLimits) -> None:
    """Number of fluid cells beyond the limits, or with values that are not finite (every comparison with NaN fails).

    Fully solid cells do not count.
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


@traced_kernel
def suspicion_kernel(k: KernelContext, limits: StabilityLimits) -> None:
    """Number of fluid cells whose populations, where they lie, are more than halfway to a limit or not finite.

    After a collision they have the density of the cell and its momentum with the whole force. Neither neighbours nor conditions
    are read, so that flows of one lattice share the kernel.
    """
    held = k.read("source", k.physics.size)
    rho, (least, largest) = 1.0 + excess_density(held[: k.lattice.size]), limits.density
    j, speed = momentum(k.lattice, held[: k.lattice.size]), 0.5 * limits.speed
    sound = k.cell.mask(dot(j, j) < speed**2 * (rho * rho))
    sound = sound * k.cell.mask(rho > 0.5 * (1.0 + least)) * k.cell.mask(rho < 0.5 * (1.0 + largest))
    for scalar in k.physics.scalars:
        phi = total(held[k.physics.components(scalar.name)])
        sound = sound * k.cell.mask(phi * phi < (0.5 * limits.scalar) ** 2)
    unsound = 1.0 - sound
    if k.tiles.solid:
        unsound = k.cell.mask(k.cell.solid_fraction < SOLID_THRESHOLD) * unsound
    k.reduce(unsound)


class StabilityCheck:
    """Checks the present state, in a pass over the tiles that writes one number per tile; a second one where it is suspicious."""

    def __init__(
        self, fields: MacroscopicFields, solids: Solids, parameters: ParameterTable, limits: StabilityLimits = LIMITS
    ):
        self._fields, self._solids, self._parameters, self._limits = fields, solids, parameters, limits
        self._sums = sums_array(fields.domain, 1)
        self._suspect = fields.passes.general(suspicion_kernel, limits)
        self._since, self._is_new = 0, True

    @cached_property
    def _count(self) -> Sweep:
        return self._fields.passes.general(limits_kernel, self._limits)

    @property
    def steps_left(self) -> int:
        """Number of steps until the next check is due during a run."""
        return CHECK_INTERVAL - self._since

    @property
    def is_due_at_end(self) -> bool:
        """Whether the state at the end of a run has to be checked: that of the first run, of the first one after the state was
        set, and after `SHORT_RUN` unchecked steps."""
        return self._is_new or self._since >= min(SHORT_RUN, self._fields.state.steps)

    def stepped(self, steps: int) -> None:
        """Counts steps that have been made since the last check."""
        self._since += steps

    def take_over(self, other: "StabilityCheck") -> None:
        """Counts on from another simulation's steps since its last check."""
        self._since, self._is_new = other._since, other._is_new

    def unsound_cells(self) -> int:
        """Number of cells that are beyond the limits or not finite."""
        return self._counted(self._count)

    def _counted(self, sweep: Sweep) -> int:
        sweep(source=self._fields.state.populations, sums=self._sums)
        count = round(float(self._sums.numpy().sum()))
        if count:  # Sums that are still 0 need not be cleared.
            self._sums.zero_()
        return count

    def require_sound(self) -> None:
        """Raises SimulationError with the place, the value, the limit and advice where the flow has become unstable."""
        self._since, self._is_new = 0, False
        count = self._counted(self._suspect) and self.unsound_cells()
        if not count:
            return
        fault = self._worst()
        more = f" ({count} such cells)" if count > 1 else ""
        raise SimulationError(
            f"the flow has blown up by step {self._fields.state.steps}, first seen at cell {fault.place}: {fault.text}{more}; "
            + advice(self.figures(fault.scalars))
        )

    def figures(self, lost: Sequence[str] = ()) -> BlowUp:
        """Figures from which the cause of an instability is found; `lost`: names of scalars that are not finite."""
        return BlowUp(
            domain=self._fields.domain, physics=self._fields.passes.physics, parameters=self._parameters,
            meetings=self._solids.meetings, bounds=self._solids.bounds, lost=lost,
        )

    def _worst(self) -> "_Fault":
        """The first cell that is not finite, else the one farthest beyond a limit."""
        fields, limits = self._fields, self._limits
        moments = tile_view(fields.domain, fields.moments(), 1 + fields.domain.dimension).astype(np.float64)
        phi = {s.name: fields.scalar(s.name).astype(np.float64) for s in fields.passes.physics.scalars}
        with np.errstate(all="ignore"):
            rho, speed = moments[:, 0], np.sqrt((moments[:, 1:] ** 2).sum(axis=1))
            least, largest = limits.density
            scalars = [np.abs(values) / limits.scalar for values in phi.values()]
            excess = np.stack([speed / limits.speed, rho / largest, 2.0 - rho / least, *scalars])
        excess = np.where(self._solids.open_cells(), np.where(np.isfinite(excess).all(axis=0), excess, np.inf), -np.inf)
        which, tile, cell = np.unravel_index(np.argmax(excess), excess.shape)
        place = tuple(int(x) for x in fields.domain.cell_indices()[tile, cell])
        values = {name: float(array[tile, cell]) for name, array in phi.items()}
        if not np.isfinite(excess[which, tile, cell]):
            return _not_finite(place, float(rho[tile, cell]), float(speed[tile, cell]), values)
        if which == 0:
            limit = f"{limits.speed:g} (Mach number {3**0.5 * limits.speed:.2f})"
            return _Fault(place, f"speed {speed[tile, cell]:.3g} cells/step, above the limit of {limit}")
        if which > 2:
            name = list(phi)[which - 3]
            return _Fault(place, f"{name} {values[name]:.3g}, beyond the limit of {limits.scalar:g}")
        return _Fault(place, f"density {rho[tile, cell]:.3g}, outside the limits of {least:g} to {largest:g}")


@dataclass(frozen=True)
class _Fault:
    place: tuple[int, ...]
    text: str
    scalars: tuple[str, ...] = ()
    """Names of the scalars that are not finite there."""


def _not_finite(place: tuple[int, ...], rho: float, speed: float, scalars: Mapping[str, float]) -> _Fault:
    """The fault of a cell with a density, speed or scalar that is not finite."""
    flow = f"density {rho:g}, speed {speed:g} cells/step"
    lost = tuple(name for name, value in scalars.items() if not np.isfinite(value))
    carried = "".join(f"{name} {scalars[name]:g}, not finite, with " for name in lost)
    return _Fault(place, carried + flow + ("" if lost else ", not finite"), lost)
