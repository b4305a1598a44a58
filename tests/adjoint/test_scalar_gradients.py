"""Scalars: gradients of checkpointed and of settled flows; `test_every_operator` has every input."""


import numpy as np
import pytest
import warp as wp
from adjoint_cases import CASES
from channel_cases import central

from sparselbm.adjoint import Checkpointed, InitialPopulations, Parameter, Points, Steady, Stored, value_and_grad
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN
from sparselbm.models.force import Boussinesq
from sparselbm.models.scalar import FixedValue, Scalar
from sparselbm.observe import Force, ScalarFlux, evaluate
from sparselbm.solver import Obstacle, Simulation


def test_checkpoints_give_the_same_bits(device):
    case = CASES["scalars-D2Q9"].run(device)
    wrt = [Parameter("heat.diffusivity"), Points("body"), InitialPopulations()]
    stored, few = (
        case.value_and_grad("everything", *wrt, method=method)
        for method in (Stored(), Checkpointed(memory=5 * case.simulation.state.nbytes))
    )
    assert stored.value == few.value
    assert all(np.array_equal(a, b) for a, b in zip(stored.gradients, few.gradients, strict=True))


@pytest.mark.validate
def test_a_steady_gradient_of_natural_convection(device):
    """Heat through a warm, closed box at Ra 1000: the fixed point's gradient against differences of converged runs."""
    n, D = 16, 0.12
    speed2 = 1e3 * 0.71 * D * D / n**2
    heat = Scalar("heat", D, conditions=(FixedValue(X_MIN, 0.5), FixedValue(X_MAX, -0.5)))
    simulation = Simulation(
        box((n, n), device=device), viscosity=0.71 * D, precision=wp.float64, scalars=(heat,),
        force=Boussinesq("heat", 1.0, (0.0, -speed2 / n)),
    )
    names = ("viscosity", "heat.diffusivity", "heat.x_min.value", "heat.expansion", "heat.gravity_y")
    objective = ScalarFlux("heat", 0, n // 2)
    _, gradients = value_and_grad(
        objective, simulation, steps=8000, wrt=[Parameter(name) for name in names], method=Steady(tolerance=1e-7)
    )
    for name, gradient in zip(names, gradients, strict=True):
        present = simulation.parameter(name)

        def value(t, name=name, present=present):
            simulation.set_parameter(name, present * (1.0 + t))
            simulation.run(6000)
            result = evaluate(objective, simulation)
            simulation.set_parameter(name, present)
            return result

        assert float(gradient) * present == pytest.approx(float(central(value, 1e-3)), rel=1e-5), name


def test_a_steady_gradient_at_a_constant_amount_of_scalar(device):
    """Dye in a closed, driven box, where nothing adds or takes any: the adjoint of its amount is projected out."""
    shape = (24, 16)
    dye, heavy = Scalar("dye", 0.1, source=None), Boussinesq("dye", 1.0, (0.0, 2e-4))
    simulation = Simulation(
        box(shape, device=device), viscosity=0.1, precision=wp.float64, scalars=(dye,), force=heavy,
        obstacles=(Obstacle("body", TriangleMesh.cylinder(3.2, (12.3, 6.6, -6.0), (12.3, 6.6, 7.0), 24)),),
    )
    simulation.set_scalar("dye", 0.5)
    objective = Force("body", (0.0, 1.0))
    names = ("dye.gravity_y", "dye.expansion")
    wrt = [Points("body"), *map(Parameter, names)]
    _, (points, *numbers) = value_and_grad(objective, simulation, steps=6000, wrt=wrt, method=Steady(tolerance=1e-6))
    geometry = simulation.solids.geometry[0]
    start, there = simulation.state.populations.numpy().copy(), geometry.points.numpy().copy()

    def settled():
        simulation.state.populations.assign(start)
        simulation.run(6000)
        return evaluate(objective, simulation)

    for name, gradient in zip(names, numbers, strict=True):
        present = simulation.parameter(name)

        def value(t, name=name, present=present):
            simulation.set_parameter(name, present + t)
            result = settled()
            simulation.set_parameter(name, present)
            return result

        assert float(gradient) == pytest.approx(float(central(value, 1e-3 * present)), rel=1e-4), name

    def moved(t):
        geometry.move(there + t * (there - there.mean(axis=0)))
        simulation.update_geometry()
        return settled()

    along = np.sum(points * (there - there.mean(axis=0)))
    assert along == pytest.approx(float(central(moved, 1e-4)), rel=1e-3)
