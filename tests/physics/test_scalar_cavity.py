"""Natural convection in a square cavity with a warm and a cold side: heat and flow drive each other."""

import numpy as np
import pytest
import warp as wp

from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN
from sparselbm.models.force import Boussinesq
from sparselbm.models.scalar import FixedValue, Scalar
from sparselbm.observe import ScalarFlux, evaluate
from sparselbm.solver import Simulation

PRANDTL = 0.71
NUSSELT = {1e3: 1.118, 1e4: 2.243}
"""De Vahl Davis, Int. J. Numer. Meth. Fluids 3 (1983) 249; others give 2.238 to 2.245 at 1e4."""


def nusselt(device, rayleigh, n, speed, crossings):
    """Nu = J / (D dT) of the flux J through the middle, and its largest departure from that of any layer.

    `speed`: sqrt(g beta dT n) [cells / step]; `crossings`: length of the run in n / speed.
    """
    D = speed * n / np.sqrt(rayleigh * PRANDTL)
    heat = Scalar("heat", D, conditions=(FixedValue(X_MIN, 0.5), FixedValue(X_MAX, -0.5)))
    simulation = Simulation(
        box((n, n), device=device), viscosity=PRANDTL * D, precision=wp.float64, scalars=(heat,),
        force=Boussinesq("heat", expansion=1.0, gravity=(0.0, -(speed**2) / n)),
    )
    simulation.run(int(crossings * n / speed))
    layers = np.array([evaluate(ScalarFlux("heat", 0, k), simulation) for k in range(1, n, n // 8)]) / D
    middle = evaluate(ScalarFlux("heat", 0, n // 2), simulation) / D
    return middle, np.abs(layers / middle - 1.0).max()


@pytest.mark.parametrize("rayleigh", NUSSELT)
def test_nusselt_number_on_a_coarse_grid(device, rayleigh):
    value, unsettled = nusselt(device, rayleigh, 32, speed=0.2, crossings=60)
    print(f"Ra {rayleigh:g}, 32 cells: Nu {value:.4f}, {unsettled:.1e} from steady")
    assert unsettled < 2e-3
    assert value == pytest.approx(NUSSELT[rayleigh], rel=0.02)


@pytest.mark.validate
@pytest.mark.parametrize("rayleigh", NUSSELT)
def test_nusselt_number(device, rayleigh):
    """Two grids and two Mach numbers; 2 % asked of the finer."""
    coarse, _ = nusselt(device, rayleigh, 48, speed=0.1, crossings=40)
    fast, _ = nusselt(device, rayleigh, 96, speed=0.1, crossings=40)
    value, unsettled = nusselt(device, rayleigh, 96, speed=0.05, crossings=40)
    print(f"Ra {rayleigh:g}: Nu {coarse:.4f} (48 cells), {fast:.4f} (96, twice the speed), {value:.4f} (96), {unsettled:.1e}")
    assert unsettled < 1e-4
    assert value == pytest.approx(NUSSELT[rayleigh], rel=0.02)
