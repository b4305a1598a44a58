"""Six derivatives of drag and lift of the cylinder of case 8, two of which nearly cancel, against the trend of the lattice."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest
import warp as wp
from channel_cylinder import ChannelCylinder
from scipy.integrate import trapezoid

from sparselbm.adjoint import Anderson, Deformed, Steady, value_and_grad
from sparselbm.adjoint.anderson import Mixing
from sparselbm.geometry import SolidFraction
from sparselbm.geometry.deformation import BoundDeformation, Rigid
from sparselbm.observe import Force, evaluate

VARIABLES = ("x", "y", "R")
"""Place of the cylinder along and across the channel, and its radius."""
PLACES = (-0.5, -0.25, 0.0, 0.25, 0.5)
"""Of a sweep [cells]: its ends lie one period of the lattice apart."""
FACETS = 32768
"""The gradient is that of a polygon: with 2048 sides, dC_l/dy at 20 cells across is between -0.018 and -0.002."""
STEADY = Steady(tolerance=2e-4, flow_tolerance=1e-2, acceleration=Anderson(depth=20))
CANCEL = {("C_d", "y"), ("C_l", "x")}
"""Would vanish by symmetry on the channel's axis, from which the cylinder is 0.05 diameters off."""


@dataclass(frozen=True, eq=False)
class Sweeps:
    """C_d and C_l, and their gradients, while one variable passes over a cell; each flow starts from the last one."""

    flow: ChannelCylinder
    interval: int
    """Steps between two mixings of the flow."""

    @cached_property
    def forces(self) -> list[Force]:
        return [self.flow.along(0), self.flow.along(1)]

    @cached_property
    def rigid(self) -> BoundDeformation:
        return Rigid(translate=(True, True, False), scale=True).bind(self.flow.simulation.obstacles[0].mesh)

    @property
    def cell(self) -> np.ndarray:
        """One cell of each variable of `rigid`: two displacements [m] and a relative radius."""
        side = self.flow.simulation.domain.voxel_size
        return np.array([side, side, 2.0 / self.flow.across])

    def place(self, k: int, t: float) -> np.ndarray:
        """Puts the cylinder to t cells from its middle place along a variable; the variables."""
        variables = self.rigid.initial() + t * self.cell * (np.arange(3) == k)
        simulation = self.flow.simulation
        simulation.solids.geometry[0].move(self.rigid.points(variables))
        simulation.update_geometry()
        return variables

    def settled(self) -> np.ndarray:
        """C_d and C_l of the steady flow, which intervals of steps approach whose results are mixed as those of `Steady` are.

        Plain steps would be three times as many. Raises AssertionError after 200 intervals.
        """
        simulation, before = self.flow.simulation, np.inf
        mixing = Mixing(12, simulation.solids.open_cells()[:, None].astype(float), simulation.physics.size)
        for _ in range(200):
            start = simulation.state.populations.numpy().copy()
            simulation.run(self.interval)
            found = self.flow.coefficient(np.array([evaluate(force, simulation) for force in self.forces]))
            if np.abs(found - before).max() < 1e-8:
                return found
            before = found
            simulation.state.populations.assign(mixing.next(start, simulation.state.populations.numpy()))
        raise AssertionError(f"C_d and C_l still change, to {before}")

    def gradients(self, variables: np.ndarray) -> np.ndarray:
        """Changes of C_d and C_l per cell of each variable, (2, 3), by the adjoint of the steady flow."""
        wrt = [Deformed("cylinder", self.rigid, variables)]
        found = [value_and_grad(f, self.flow.simulation, steps=0, wrt=wrt, method=STEADY).gradients[0] for f in self.forces]
        return self.flow.coefficient(np.array(found)) * self.cell

    def run(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Values (5, 2) and gradients (5, 2, 3) at the places of a sweep along a variable."""
        values, gradients = [], []
        for t in PLACES:
            variables = self.place(k, t)
            values.append(self.settled())
            gradients.append(self.gradients(variables))
        return np.array(values), np.array(gradients)


@pytest.mark.validate
@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize(("cells", "interval"), [(82, 500), (164, 1000)], ids=["20 across", "40 across"])
def test_gradients_follow_the_trend_over_a_cell(cells, interval, variable, device):
    """Mean over a cell: within 2 % of the trend, and the two that nearly cancel within 0.2 % of the largest of the six numbers.

    The trend is the change of the coefficient over the cell, after which the lattice repeats itself.
    """
    flow = ChannelCylinder(
        dimension=2, cells=cells, length=1.1, place=(0.2, 0.2), reynolds=20.0, speed=0.1, device=device, wall=SolidFraction(),
        facets=FACETS, precision=wp.float64,
    )
    k = VARIABLES.index(variable)
    values, gradients = Sweeps(flow, interval).run(k)
    largest = np.abs(gradients[2]).max()
    for row, name in enumerate(("C_d", "C_l")):
        trend, along = values[-1, row] - values[0, row], gradients[:, row, k]
        mean = trapezoid(along, PLACES)
        print(f"d{name}/d{variable}: trend {trend:.5g}, mean {mean:.5g}, {mean / trend - 1.0:+.2%}, places {along}")
        allowed = 2e-3 * largest if (name, variable) in CANCEL else 0.02 * abs(trend)
        assert abs(mean - trend) < allowed
