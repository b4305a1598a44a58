"""Inlet and outlet of every kind on a duct around a body: the books of mass, and the adjoint against differences."""

import functools
from itertools import product

import numpy as np
import pytest
import warp as wp
from adjoint_cases import Case
from collision_cases import BENT, EVERY, NEWTONIAN, WRAPPERS

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.kernels.step import stream_kernel
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    CharacteristicOutlet,
    ConvectiveOutlet,
    GradPressure,
    GradVelocity,
    PressureOutlet,
    RegularisedPressure,
    RegularisedVelocity,
    VelocityInlet,
    ZouHePressure,
    ZouHeVelocity,
)
from sparselbm.models.collision import BGK, TRT
from sparselbm.solver import Obstacle, Simulation

PAIRS = [
    (VelocityInlet, PressureOutlet), (VelocityInlet, CharacteristicOutlet), (ZouHeVelocity, ZouHePressure),
    (RegularisedVelocity, RegularisedPressure), (GradVelocity, GradPressure), (VelocityInlet, ConvectiveOutlet),
]
REBUILT = (PressureOutlet, RegularisedVelocity, RegularisedPressure)
"""Conditions that change populations which do not enter."""
MODELS = {"BGK": (BGK(), EVERY), "TRT": (TRT(), EVERY), **NEWTONIAN, **WRAPPERS}
PRODUCT = [
    (lattice, name, pair) for name, (_, lattices) in MODELS.items() for lattice, pair in product(lattices, PAIRS)
]
"""lattice x collision x inlet and outlet: all of them under `make validate`."""
QUICK = [
    *product([D2Q9], ["TRT"], PAIRS), *product([D2Q9], MODELS, PAIRS[:1]), (D2Q9, "BGK", PAIRS[3]),
    (D3Q19, "TRT", PAIRS[3]), (D3Q27, "Cumulant", PAIRS[2]),
]

def label(lattice, name, pair):
    return "-".join([str(lattice), name, *(kind.__name__ for kind in pair)])




@functools.cache
def duct(device, lattice, collision, pair, precision):
    """Walls at rest, an oblique inlet, a body upstream of the middle, an outlet a little above the density at rest."""
    inlet, outlet = pair
    d = lattice.dimension
    if d == 2:
        shape, body = (24, 11), TriangleMesh.cylinder(2.6, (8.3, 5.2, -6.0), (8.3, 5.2, 7.0), 24)
    else:
        shape, body = (16, 8, 8), TriangleMesh.sphere(2.1, (6.8, 4.2, 3.7), 1)
    return Simulation(
        box(shape, device=device), lattice=lattice, collision=collision, viscosity=0.05, precision=precision,
        boundaries=(inlet(X_MIN, (0.05, 0.01, -0.01)[:d]), outlet(X_MAX, 1.002)),
        obstacles=(Obstacle("body", body),),
    )


class Books:
    """What enters and leaves through the two faces, step by step, in fp64 from the state and its moments."""

    def __init__(self, simulation):
        self.simulation, self.lattice, self.domain = simulation, simulation.lattice, simulation.domain
        layer = self.domain.cell_indices()[..., 0]
        self.faces = [
            (b, self.domain.fluid & (layer == (0 if b.face.end == 0 else self.domain.shape[0] - 1)))
            for b in simulation.physics.boundaries
        ]
        self.sweep, self.incoming = simulation.passes.general(stream_kernel), simulation.state.zeros()

    def populations(self, array):
        return tile_view(self.domain, array, self.simulation.physics.size).astype(float)

    def look(self):
        """The mass, and by face the outward momentum of its cells."""
        rho = self.simulation.density().astype(float)
        j = rho * self.simulation.velocity()[..., 0]
        self.rho = rho
        self.outward = [-b.face.inward * j[at].sum() for b, at in self.faces]
        return (rho - 1.0)[self.domain.fluid].sum()

    def step(self):
        """One step: what has left after it and enters at the next, and the mass then."""
        before = self.outward
        self.simulation.run(1)
        self.sweep(source=self.simulation.state.populations, target=self.incoming)
        mass, sent, came = self.look(), self.populations(self.simulation.state.populations), self.populations(self.incoming)
        flux = 0.0
        for (b, at), j_before, j_now in zip(self.faces, before, self.outward, strict=True):
            inward = b.face.entering(self.lattice)
            outward = [self.lattice.opposites[q] for q in inward]
            # A collision keeps the momentum: what leaves is what is sent inward and the outward momentum.
            leaves = sum(sent[:, q][at].sum() for q in inward) + j_before
            if isinstance(b, REBUILT):
                others = [q for q in range(self.lattice.size) if q not in inward]
                brought = (self.rho - 1.0)[at].sum() - sum(came[:, q][at].sum() for q in others)
            else:
                brought = sum(came[:, q][at].sum() for q in outward) - j_now
            flux += brought - leaves
        return flux, mass


def marks(case, precision):
    """Quick in single precision: one pair of openings."""
    quick = QUICK[:1] if precision is wp.float32 else QUICK
    return () if case in quick else pytest.mark.validate


@pytest.mark.parametrize(
    ("lattice", "collision", "pair", "precision"),
    [
        pytest.param(c[0], MODELS[c[1]][0], c[2], p, id=f"{label(*c)}-{name}", marks=marks(c, p))
        for c in PRODUCT for name, p in (("fp64", wp.float64), ("fp32", wp.float32))
    ],
)
def test_the_mass_changes_by_what_flows_through_the_faces(lattice, collision, pair, precision, device):
    """Over 200 steps from a start that is far from steady, to rounding."""
    simulation = duct(device, lattice, collision, pair, precision)
    simulation.set_state(1.0, (0.03, 0.0, 0.0)[: lattice.dimension])
    books = Books(simulation)
    start = books.look()
    steps = [books.step() for _ in range(200)]
    flux, mass = np.array([f for f, _ in steps]), np.array([m for _, m in steps])
    tolerance = (1e-7 if precision is wp.float32 else 1e-14) * simulation.domain.fluid_cells
    assert np.abs(np.diff(mass, prepend=start) - flux).max() < tolerance
    assert abs(mass[-1] - start - flux.sum()) < 10.0 * tolerance
    assert np.abs(mass - start).max() > 0.05


@pytest.mark.validate
@pytest.mark.parametrize(
    ("lattice", "collision", "pair"), [pytest.param(c[0], MODELS[c[1]][0], c[2], id=label(*c)) for c in PRODUCT]
)
def test_the_adjoint_is_the_derivative(lattice, collision, pair, device):
    """Within 2e-6 of central differences for every input: models that bend allow small steps only, and rounding is then some
    1e-7 of what hardly matters. `test_every_operator` has each of the operators once, within 1e-7."""
    case = Case(lambda device: duct(device, lattice, collision, pair, wp.float64), isinstance(collision, BENT))
    errors = case.adjoint(device).disagreements()
    assert max(errors.values()) < 2e-6, {key: error for key, error in errors.items() if not error < 2e-6}
