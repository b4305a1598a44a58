"""Steps in place give the same bits as steps between two arrays: for every model, over every seam, for any number of steps."""

import signal
from dataclasses import replace

import numpy as np
import pytest
import warp as wp
from changed_simulations import FEATURES, make
from collision_cases import NEWTONIAN, WRAPPERS, cases
from periodic_flows import FLOWS
from states import noise, set_dense_state

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models import RigidVelocity
from sparselbm.models.boundary import Y_MIN, MovingWall
from sparselbm.models.scalar import FixedValue, Scalar
from sparselbm.models.wall import Bouzidi
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.state import DoubleBuffer, InPlace


def require_the_same_bits(one, two, *runs):
    """After each of these numbers of steps; the first simulation has one array, the second two."""
    assert isinstance(one.state, InPlace)
    assert isinstance(two.state, DoubleBuffer)
    for steps in runs:
        for simulation in (one, two):
            simulation.run(steps)
        assert np.array_equal(one.state.populations.numpy(), two.state.populations.numpy())
    assert np.ptp(one.velocity()) > 1e-4


SINGLE = ("10 cells", "three seams", "links")
"""Also in fp32; the others under `make validate`."""


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        *((name, wp.float64) for name in FLOWS),
        *(pytest.param(name, wp.float32, marks=() if name in SINGLE else pytest.mark.validate) for name in FLOWS),
    ],
)
def test_seams(device, name, precision):
    """Ghost cells take part in a push, and have the values that they stand for in every pull."""
    flow = FLOWS[name]
    flows = [replace(flow, options={**flow.options, "in_place": each}) for each in (True, False)]
    one, two = (each.on((1,) * len(flow.shape), device, precision) for each in flows)
    require_the_same_bits(one, two, 2, 1, 5)


@pytest.mark.filterwarnings("ignore:the condition on")
@pytest.mark.parametrize("name", FEATURES)
def test_features(device, name):
    """Whatever a simulation has, and before and after it is changed."""
    feature = FEATURES[name]
    simulations = [make(replace(feature, options={**feature.options, "in_place": each}), device) for each in (True, False)]
    require_the_same_bits(*simulations, 3)
    for simulation in simulations:
        feature.change(simulation)
    require_the_same_bits(*simulations, 2, 1, 4)


@pytest.mark.parametrize(("collision", "lattice"), cases(NEWTONIAN, WRAPPERS, later=(D3Q19, D3Q27)))
def test_collisions(device, collision, lattice):
    """With a moving wall, a scalar, and a body whose walls cut the links; tiles with and without walls, on two threads."""
    d = lattice.dimension
    body = (
        TriangleMesh.cylinder(3.3, (9.2, 8.4, -9), (9.2, 8.4, 10), 24) if d == 2 else TriangleMesh.sphere(3.3, (9.2, 8.4, 8.0), 1)
    )
    one, two = (
        Simulation(
            box((40, 24, 16)[:d], periodic=(True, False, True)[:d], device=device), lattice=lattice, viscosity=0.04, threads=2,
            collision=collision, boundaries=[MovingWall(Y_MIN, (0.02, 0.0, 0.01)[:d])], in_place=in_place,
            obstacles=[Obstacle("body", body, wall=Bouzidi())],
            scalars=[Scalar("heat", 0.05, conditions=(FixedValue(Y_MIN, 1.0),))],
        )
        for in_place in (True, False)
    )
    for simulation in (one, two):
        set_dense_state(simulation, 0.1 * noise(lattice, simulation.domain.shape))
    require_the_same_bits(one, two, 3, 2)


@pytest.mark.parametrize("last", [1, 2, 5])
def test_an_interruption_within_a_pair_leaves_whole_steps(device, last, monkeypatch):
    """Ctrl-C, as Python handles it, after the even step of the first or the last pair, or of a single step."""
    one, two = (FLOWS["10 cells"].on((1, 1), device) for _ in range(2))
    count = 0

    def then_interrupt(sweep):
        def call(**arguments):
            nonlocal count
            count += 1
            sweep(**arguments)
            if count == (last + 1) // 2:
                signal.raise_signal(signal.SIGINT)

        return call

    one.run(2)
    two.run(2)
    monkeypatch.setitem(vars(one.stepper), "_even", then_interrupt(one.stepper._even))
    with pytest.raises(KeyboardInterrupt):
        one.run(last)
    assert one.steps == 2 + last
    two.run(last)
    assert np.array_equal(one.state.populations.numpy(), two.state.populations.numpy())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_default(device):
    """One array, but two where an obstacle moves: its simulation runs step by step."""

    def state(**options):
        body = Obstacle("body", TriangleMesh.cylinder(3.0, (8, 8, -9), (8, 8, 10), 24), **options)
        return Simulation(box((16, 16), device=device), viscosity=0.1, lattice=D2Q9, obstacles=[body]).state

    assert isinstance(state(), InPlace)
    assert isinstance(state(motion=RigidVelocity.at_rest(2)), DoubleBuffer)


def test_memory(device):
    """A run in place takes one array of populations, a number of steps that is odd as well."""
    simulation = Simulation(box((16, 16, 16), periodic=(True,) * 3, device=device), viscosity=0.1, lattice=D3Q19)
    lent = []
    simulation.state.empty = lambda count: lent.append(count)  # type: ignore[method-assign]
    simulation.run(7)
    assert lent == []
    held = [x for x in vars(simulation.state).values() if isinstance(x, wp.array)]
    assert sum(x.capacity for x in held) == simulation.state.nbytes
