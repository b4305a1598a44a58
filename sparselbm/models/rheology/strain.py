"""Strain rate of a cell from its non-equilibrium stress."""

from collections.abc import Sequence

from ...lattice import Lattice
from ...lattice.departure import departure_of_stress
from ...lattice.moments import macroscopic
from ...trace.expression import sqrt, total


def strain_stress(lattice: Lattice, f: Sequence, force: Sequence):
    """Stress norm (2 Pi : Pi)^(1/2) / rho of the trace-free stress Pi = -2 rho c_s^2 tau S of f - f^eq, tau = 3 nu + 1/2.

    The shear rate (2 S : S)^(1/2) is 3 / (2 tau) times this. The trace is excluded, since a collision may relax it at
    another rate. In a fluid at rest the value and its derivative are 0.
    """
    excess, u = macroscopic(lattice, f, force)
    pi = departure_of_stress(lattice, f, excess, u, force)
    diagonal = [value for key, value in pi.items() if max(key) == 2]
    mean = total(diagonal) * (1.0 / lattice.dimension)
    square = total((value - mean) * (value - mean) for value in diagonal)
    square = 2.0 * square + 4.0 * total(value * value for key, value in pi.items() if max(key) == 1)
    return sqrt(square) / (1.0 + excess)
