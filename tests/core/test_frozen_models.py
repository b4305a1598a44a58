"""Kernels are those of the present values of what functions refer to; models that can be changed are refused."""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import SimulationError
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MIN, VelocityInlet
from sparselbm.models.collision import BGK, Collision
from sparselbm.observe import Integral, evaluate
from sparselbm.observe.evaluation import Sums
from sparselbm.solver import Simulation

WEIGHT = 1.0


class Weight:
    """An object whose attribute, method and function refer to a weight."""

    def __init__(self):
        self.value = 1.0

    def weighted(self, rho, u):
        return self.value * rho

    def __call__(self, rho, u):
        return self.value * rho


def of_global(set_to):
    def change(x):
        global WEIGHT
        WEIGHT = x

    set_to.append(change)
    return lambda rho, u: WEIGHT * rho


def of_closure(set_to):
    weight = 1.0

    def change(x):
        nonlocal weight
        weight = x

    set_to.append(change)
    return lambda rho, u: weight * rho


def of_default(set_to):
    def weighted(rho, u, weight=1.0):
        return weight * rho

    set_to.append(lambda x: setattr(weighted, "__defaults__", (x,)))
    return weighted


def of_attribute(set_to):
    weight = Weight()
    set_to.append(lambda x: setattr(weight, "value", x))
    return lambda rho, u: weight.value * rho


def of_method(set_to):
    weight = Weight()
    set_to.append(lambda x: setattr(weight, "value", x))
    return weight.weighted


def of_callable(set_to):
    weight = Weight()
    set_to.append(lambda x: setattr(weight, "value", x))
    return weight


def of_partial(set_to):
    weight = Weight()
    set_to.append(lambda x: setattr(weight, "value", x))
    return partial(lambda w, rho, u: w.value * rho, weight)


def of_array(set_to):
    weights = np.array([1.0])
    set_to.append(lambda x: weights.fill(x))
    return lambda rho, u: float(weights[0]) * rho


FUNCTIONS = (of_global, of_closure, of_default, of_attribute, of_method, of_callable, of_partial, of_array)


@pytest.fixture(scope="module")
def still(device):
    return Simulation(box((16, 16), periodic=(True, True), device=device), viscosity=0.05, precision=wp.float64)


@pytest.mark.parametrize("of", FUNCTIONS)
@pytest.mark.parametrize("again", [False, True], ids=["same objective", "new objective"])
def test_what_a_function_refers_to_is_as_it_is_now(still, of, again):
    change = []
    function = of(change)
    objective = Integral(function)
    for weight in (1.0, 3.0):
        change[0](weight)
        assert evaluate(objective, still) == pytest.approx(256.0 * weight)
        sums = Sums(still, [objective])
        sums.add(still.state.populations)
        assert sums.take() == pytest.approx([256.0 * weight])
        if again:
            objective = Integral(function)
    change[0](1.0)


def test_equal_kernels_are_one(still):
    """Traced twice, compiled once."""
    first, second = (still.physics, Simulation(still.domain, viscosity=0.2, precision=wp.float64).physics)
    from sparselbm.backends import CPU
    from sparselbm.kernels.context import Target
    from sparselbm.kernels.step import step_kernel
    from sparselbm.models.physics import TileClass

    made = [step_kernel(p, TileClass(True, True), Target(wp.float64, CPU)) for p in (first, first, second)]
    assert made[0].launchable is made[1].launchable is made[2].launchable


RATE = 0.8


@dataclass(frozen=True)
class OfGlobal(Collision):
    """Relaxation at a rate that is a global of the user's module."""

    def collide(self, lattice, f, viscosity, force):
        return BGK().collide(lattice, f, viscosity * RATE, force)


def test_a_model_that_reads_a_global_is_as_that_is_when_the_simulation_is_made(device):
    global RATE
    found = []
    for rate in (0.8, 0.3):
        RATE = rate
        simulation = Simulation(
            box((8, 8), periodic=(True, True), device=device), viscosity=0.1, collision=OfGlobal(), precision=wp.float64
        )
        y = simulation.domain.cell_indices()[..., 1]
        simulation.set_state(velocity=np.stack([0.01 * np.sin(2 * np.pi * y / 8), 0.0 * y], axis=-1))
        simulation.run(20)
        found.append(np.abs(simulation.velocity()).max())
    assert found[1] > 1.2 * found[0]


class Loose(Collision):
    """Not a value."""

    def __init__(self):
        self.rate = 1.0

    def collide(self, lattice, f, viscosity, force):
        return BGK().collide(lattice, f, viscosity, force)


@dataclass
class Thawed(Loose):
    """A dataclass that can be changed."""

    rate: float = 1.0


@dataclass(frozen=True)
class Around(Collision):
    """A frozen model that holds one that is not."""

    inner: Collision = field(default_factory=Loose)

    def collide(self, lattice, f, viscosity, force):
        return self.inner.collide(lattice, f, viscosity, force)


@dataclass(frozen=True)
class Listed(Loose):
    """A frozen model with a list in it."""

    rate: list = field(default_factory=list)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"collision": Loose()}, r"Loose: Loose can be changed.*declare it with @dataclass\(frozen=True\)"),
        ({"collision": Thawed()}, r"Thawed: Thawed can be changed.*@dataclass\(frozen=True\)"),
        ({"collision": Around()}, r"Around.inner: Loose can be changed.*@dataclass\(frozen=True\)"),
        ({"collision": Listed()}, r"Listed.rate: a list can be changed.*use a tuple"),
        ({"boundaries": [VelocityInlet(X_MIN, [0.1, 0.0])]}, r"VelocityInlet.velocity: a list .*use a tuple"),
        ({"boundaries": [VelocityInlet(X_MIN, np.array([0.1, 0.0]))]}, r"VelocityInlet.velocity: a ndarray .*use a tuple"),
    ],
)
def test_a_model_that_can_be_changed_is_refused(device, options, text):
    with pytest.raises(SimulationError, match=text):
        Simulation(box((8, 8), device=device), viscosity=0.1, **options)
