"""Force and torque between a body and the flow in one step, as a function of the body's velocity."""

from dataclasses import dataclass

import numpy as np

from ...grid.memory import summed, sums_array
from ...kernels.context import KernelContext, traced_kernel
from ..obstacle_geometry import ObstacleGeometry
from ..passes import Passes
from ..state import State


@dataclass(frozen=True, eq=False)
class Coupling:
    """The partially saturated method takes the momentum B (j - rho u_s) from a cell, so that F is linear in v and Omega.

    F = sum B j - m_B (v + Omega x r_B), and the torque about x_0 in the same way: (F, T) = impulse - inertia (v, Omega).
    """

    impulse: np.ndarray
    """Sums of B j and of B (x - x_0) x j over the cells, (6,)."""
    inertia: np.ndarray
    """Inertia about x_0 of the fluid in the body, with the mass B rho per cell, (6, 6)."""

    def exerted(self, velocity: np.ndarray, rotation: np.ndarray) -> np.ndarray:
        """Force and torque about x_0 of the fluid on the body in a step, (6,)."""
        return self.impulse - self.inertia @ np.concatenate([velocity, rotation])


@traced_kernel
def coupling_kernel(k: KernelContext, obstacle: str) -> None:
    """Sums of w, w r_a, w r_a r_b (a <= b), B j_a and B r x j over each tile, with w = B rho and r = x - x_0.

    Cells on a plane of symmetry count half. The obstacle is given at the launch: all bodies share one kernel.
    """
    cell = k.cell
    B = cell.in_obstacle(obstacle, at_launch=True) * cell.saturation * cell.mass_share
    axes = range(k.lattice.dimension)
    r = [cell.centre(a) - k.trace.parameter_at_launch(f"{obstacle}.centre_{'xyz'[a]}") for a in axes]
    j, w = cell.momentum, B * cell.density
    moments = [r[a] * j[b] - r[b] * j[a] for a, b in ((1, 2), (2, 0), (0, 1)) if max(a, b) in axes]
    values = [w, *(w * x for x in r), *(w * r[a] * r[b] for a in axes for b in axes if a <= b)]
    k.reduce(*values, *(B * x for x in j), *(B * x for x in moments))


class CouplingSums:
    """Computes the coupling of one obstacle with the present state."""

    def __init__(self, geometry: ObstacleGeometry, passes: Passes, state: State):
        self._state, self._dimension = state, passes.domain.dimension
        self._sweep = passes.general(coupling_kernel, geometry.name, tiles=lambda: geometry.tiles)
        d = self._dimension
        self._sums = sums_array(passes.domain, 1 + d + d * (d + 1) // 2 + d + (3 if d == 3 else 1))

    def take(self) -> Coupling:
        """The coupling about x_0, given by the obstacle's present parameters `centre_x`, ..."""
        self._sums.zero_()
        self._sweep(source=self._state.populations, sums=self._sums)
        return self._unpacked(summed(self._sums))

    def _unpacked(self, sums: np.ndarray) -> Coupling:
        d = self._dimension
        first, second, impulse = np.zeros(3), np.zeros((3, 3)), np.zeros(6)
        first[:d] = sums[1 : 1 + d]
        upper = np.triu_indices(d)
        pairs = d * (d + 1) // 2
        second[upper] = sums[1 + d : 1 + d + pairs]
        second = second + np.triu(second, 1).T
        impulse[:d] = sums[1 + d + pairs : 1 + 2 * d + pairs]
        impulse[3 if d == 3 else 5 :] = sums[1 + 2 * d + pairs :]
        cross = np.array([[0.0, -first[2], first[1]], [first[2], 0.0, -first[0]], [-first[1], first[0], 0.0]])
        turning = np.trace(second) * np.eye(3) - second
        return Coupling(impulse, np.block([[sums[0] * np.eye(3), -cross], [cross, turning]]))
