"""The collision models that tests run through, and the lattices of each."""

import pytest

from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.collision import (
    BGK,
    KBC,
    MRT,
    TRT,
    CentralMoment,
    Cumulant,
    ExactDifference,
    RecursiveRegularised,
    Regularised,
)
from sparselbm.models.rheology import Carreau, PowerLaw
from sparselbm.models.turbulence import WALE, Smagorinsky

EVERY, PRODUCTS = (D2Q9, D3Q19, D3Q27), (D2Q9, D3Q27)

NEWTONIAN = {
    "MRT": (MRT(), EVERY),
    "CentralMoment": (CentralMoment(), EVERY),
    "Cumulant": (Cumulant(), PRODUCTS),
    "Regularised": (Regularised(), EVERY),
    "RecursiveRegularised": (RecursiveRegularised(), EVERY),
    "KBC": (KBC(), PRODUCTS),
    "ExactDifference": (ExactDifference(BGK()), EVERY),
}
"""Models whose viscosity is that of the simulation, by name, with their lattices."""

WRAPPERS = {
    "Smagorinsky": (Smagorinsky(TRT(), 0.15), EVERY),
    "WALE": (WALE(TRT()), EVERY),
    "PowerLaw": (PowerLaw(BGK(), exponent=0.7), EVERY),
    "Carreau": (Carreau(RecursiveRegularised(), relaxation_time=500.0, power_index=0.5, infinite_shear_viscosity=0.02), EVERY),
}

BENT = (KBC, Smagorinsky, WALE, PowerLaw, Carreau)
"""Models with a root or a quotient that bends where the flow is hardly strained: differences need small steps."""

WITH_RATES = {
    "MRT with rates": (MRT(0.2, (1.7, 1.1, 0.9, 1.3)), EVERY),
    "CentralMoment with rates": (CentralMoment(0.2, (1.7, 1.1, 0.9, 1.3)), EVERY),
    "Cumulant with rates": (Cumulant(0.2, (1.7, 1.1, 0.9, 1.3)), PRODUCTS),
}
"""Every rate another number."""


def cases(*groups, lattices=EVERY, later=()):
    """model x lattice of the groups, for `pytest.mark.parametrize(("collision", "lattice"), ...)`.

    `later`: lattices of `make validate` only.
    """
    return [
        pytest.param(collision, lattice, id=f"{name}-{lattice}", marks=pytest.mark.validate if lattice in later else ())
        for group in groups
        for name, (collision, supported) in group.items()
        for lattice in supported
        if lattice in lattices
    ]
