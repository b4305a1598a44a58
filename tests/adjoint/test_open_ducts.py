"""Inlet and outlet of every kind on a duct around a body: the books of mass, and the adjoint against differences."""

import functools
from itertools import product

import numpy as np
import pytest
import warp as wp
from channel_cases import Run, central, some_function, spread
from collision_cases import BENT, EVERY, NEWTONIAN, WRAPPERS

from sparselbm.adjoint import InitialPopulations, Parameter, SolidFractions
from sparselbm.boundary import (
    X_MAX,
    X_MIN,
    Y_MIN,
    CharacteristicOutlet,
    ConvectiveOutlet,
    GradPressure,
    GradVelocity,
    PressureOutlet,
    RegularisedPressure,
    RegularisedVelocity,
    VelocityInlet,
    WallFunction,
    ZouHePressure,
    ZouHeVelocity,
)
from sparselbm.collision import BGK, TRT
from sparselbm.domain import box
from sparselbm.geometry import TriangleMesh
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.memory import tile_view
from sparselbm.objective import Integral
from sparselbm.obstacle import Obstacle
from sparselbm.simulation import Simulation
from sparselbm.step import stream_kernel

PAIRS = [
    (VelocityInlet, PressureOutlet), (VelocityInlet, CharacteristicOutlet), (ZouHeVelocity, ZouHePressure),
    (RegularisedVelocity, RegularisedPressure), (GradVelocity, GradPressure), (VelocityInlet, ConvectiveOutlet),
]  # fmt: skip
REBUILT = (PressureOutlet, RegularisedVelocity, RegularisedPressure)
"""Conditions that change populations which do not enter."""
MODELS = {"BGK": (BGK(), EVERY), "TRT": (TRT(), EVERY), **NEWTONIAN, **WRAPPERS}
PRODUCT = [
    (lattice, name, pair) for name, (_, lattices) in MODELS.items() for lattice, pair in product(lattices, PAIRS)
]
"""lattice x collision x inlet and outlet: all of them under `make validate`."""
QUICK = [
    *product([D2Q9], ["TRT"], PAIRS), *product([D2Q9], MODELS, PAIRS[:1]), (D2Q9, "BGK", PAIRS[3]),
    (D3Q19, "TRT", PAIRS[1]), (D3Q19, "TRT", PAIRS[3]), (D3Q27, "Cumulant", PAIRS[2]), (D3Q27, "TRT", PAIRS[4]),
]  # fmt: skip

def label(lattice, name, pair):
    return "-".join([str(lattice), name, *(kind.__name__ for kind in pair)])


def marks(case):
    return () if case in QUICK else pytest.mark.validate


EVERY_CASE = pytest.mark.parametrize(
    ("lattice", "collision", "pair"),
    [pytest.param(c[0], MODELS[c[1]][0], c[2], id=label(*c), marks=marks(c)) for c in PRODUCT],
)


@functools.cache
def duct(device, lattice, collision, pair, precision, *walls):
    """Walls at rest, an oblique inlet, a body upstream of the middle, an outlet a little above the density at rest."""
    inlet, outlet = pair
    d = lattice.dimension
    if d == 2:
        shape, body = (24, 11), TriangleMesh.cylinder(2.6, (8.3, 5.2, -6.0), (8.3, 5.2, 7.0), 24)
    else:
        shape, body = (16, 8, 8), TriangleMesh.sphere(2.1, (6.8, 4.2, 3.7), 1)
    return Simulation(
        box(shape, device=device), lattice=lattice, collision=collision, viscosity=0.05, precision=precision,
        boundaries=(*walls, inlet(X_MIN, (0.05, 0.01, -0.01)[:d]), outlet(X_MAX, 1.002)),
        obstacles=(Obstacle("body", body),),
    )  # fmt: skip


class Books:
    """What enters and leaves through the two faces, step by step, in fp64 from the state and its moments."""

    def __init__(self, simulation):
        self.simulation, self.lattice, self.domain = simulation, simulation.lattice, simulation.domain
        layer = self.domain.cell_indices()[..., 0]
        self.faces = [
            (b, self.domain.fluid & (layer == (0 if b.face.end == 0 else self.domain.shape[0] - 1)))
            for b in simulation.physics.boundaries
        ]
        self.sweep, self.incoming = simulation.general_sweep(stream_kernel), simulation.new_state()

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
        self.sweep(source=self.simulation.state, target=self.incoming)
        mass, sent, came = self.look(), self.populations(self.simulation.state), self.populations(self.incoming)
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


@pytest.mark.parametrize("precision", [wp.float64, wp.float32], ids=["fp64", "fp32"])
@EVERY_CASE
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


@EVERY_CASE
def test_the_adjoint_is_the_derivative(lattice, collision, pair, device):
    """Within 1e-6 of central differences for populations, solid fractions, and every parameter."""
    run = Run(duct(device, lattice, collision, pair, wp.float64), {"Integral": Integral(some_function)}, steps=12)
    if isinstance(collision, BENT):  # Where nothing is strained at all they have no derivative.
        run.simulation.run(200)
        run.keep()
    check_adjoint(run, 1e-8 if isinstance(collision, BENT) else 1e-4)


@pytest.mark.parametrize("lattice", [D2Q9, D3Q19, D3Q27], ids=str)
@pytest.mark.parametrize("viscosity", [1e-5, 0.05], ids=["power law", "sublayer"])
def test_the_adjoint_of_the_wall_function_is_the_derivative(viscosity, lattice, device):
    wall = WallFunction(Y_MIN, viscosity)
    simulation = duct(device, lattice, TRT(), (VelocityInlet, PressureOutlet), wp.float64, wall)
    check_adjoint(Run(simulation, {"Integral": Integral(some_function)}, steps=12), 1e-4)


def check_adjoint(run, h):
    simulation, domain, rng = run.simulation, run.simulation.domain, np.random.default_rng(3)
    names = simulation.physics.parameters
    _, (f, eps, *numbers) = run.value_and_grad("Integral", InitialPopulations(), SolidFractions(), *map(Parameter, names))
    along = {"f": rng.standard_normal((domain.tile_count, simulation.physics.size, domain.cells_per_tile)),
             "eps": rng.standard_normal((domain.tile_count, 1, domain.cells_per_tile))}  # fmt: skip
    ours = {
        "f": np.sum(f * along["f"] * domain.fluid[:, None]), "eps": np.sum(eps * along["eps"][:, 0] * domain.fluid),
        **dict(zip(names, map(float, numbers), strict=True)),
    }  # fmt: skip
    expected = {
        "f": difference_in_populations(run, along["f"], h), "eps": difference_in_fractions(run, along["eps"], h),
        **{name: difference_in_parameter(run, name) for name in names},
    }  # fmt: skip
    for name, value in expected.items():
        assert abs(value) > 1e-7, f"{name} does not matter: the test would pass for any zero"
        assert ours[name] == pytest.approx(value, rel=1e-6), name


def difference_in_populations(run, direction, h):
    start, flat = run.start, spread(run, direction)

    def function(t):
        run.start = start + t * flat
        value = run.values()[0]
        run.start = start
        return value

    return central(function, h)


def difference_in_fractions(run, direction, h):
    simulation = run.simulation
    fractions, flat = simulation.solid.numpy().copy(), spread(run, direction)
    near = simulation.solid_tiles

    def function(t):
        simulation.solid.assign(fractions + t * flat)
        simulation.solid_tiles = np.arange(simulation.domain.tile_count)  # Every tile now holds some solid.
        value = run.values()[0]
        simulation.solid.assign(fractions)
        simulation.solid_tiles = near
        return value

    return central(function, h)


def difference_in_parameter(run, name):
    present = run.simulation.parameter(name)

    def function(t):
        run.simulation.set_parameter(name, present + t)
        value = run.values()[0]
        run.simulation.set_parameter(name, present)
        return value

    return central(function, 0.002 * abs(present) or 1e-5)
