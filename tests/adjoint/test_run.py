"""A run as a function of arrays: gradients of every input through every output, and what it leaves alone."""

import functools

import numpy as np
import pytest
import warp as wp
from channel_cases import body, central

from sparselbm.adjoint import (
    AdjointMethod,
    Checkpointed,
    Disk,
    Field,
    FromMoments,
    FromPopulations,
    Moments,
    Parameter,
    Periodic,
    Points,
    Populations,
    Run,
    SolidFractions,
    Steady,
    Stored,
    Total,
    value_and_grad,
)
from sparselbm.errors import AdjointError, SimulationError
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, FreeSlip, Parabola, PressureOutlet, Tabulated, VelocityInlet
from sparselbm.models.collision import BGK
from sparselbm.models.force import ForceField
from sparselbm.observe import Force
from sparselbm.solver import Obstacle, Simulation

STEPS = 9
OUTPUTS = (Populations(), Moments(), Total(Force("body", (1.0, 0.3))))
DECLARED = {
    "populations": (FromPopulations(), ()),
    "moments": (FromMoments(), ()),
    "viscosity": (FromMoments(), (Parameter("viscosity"),)),
    "profile": (None, (Field("x_min.velocity_x"),)),
    "force field": (None, (Field("force_field_y"),)),
    "points": (None, (Points("body"),)),
    "solid fractions": (None, (SolidFractions(),)),
}


@functools.cache
def channel(device: str) -> Simulation:
    """An inlet with a profile, an outlet, a wall, free slip, a force field and a body; a flow that still develops."""
    faces = VelocityInlet(X_MIN, (0.05, 0.01), profile=Parabola(0)), FreeSlip(Y_MAX), PressureOutlet(X_MAX)
    simulation = Simulation(
        box((20, 13), device=device), viscosity=0.05, collision=BGK(), precision=wp.float64, boundaries=faces,
        force=ForceField(lambda x: 1e-4 * np.sin(x)), obstacles=(Obstacle("body", body(2)),),
    )
    simulation.set_state(1.0, (0.05, 0.01))
    simulation.run(3)
    return simulation


def warp_arrays(device, values) -> list[wp.array]:
    return [wp.array(np.atleast_1d(x), dtype=wp.float64, device=device) for x in values]


def present(simulation: Simulation, start, inputs) -> list[np.ndarray]:
    """The inputs' present values."""
    of_start = {
        FromPopulations(): lambda: Populations().read(simulation), FromMoments(): lambda: Moments().read(simulation),
    }
    return [*([of_start[start]().numpy()] if start else []), *(w.get(simulation) for w in inputs)]


def directions(simulation: Simulation, values) -> list[np.ndarray]:
    """Random ones; fields vary where they are kept, and nothing outside the fluid."""
    rng = np.random.default_rng(3)
    result = [np.asarray(rng.standard_normal(np.shape(x))) for x in values]
    shares = {3: simulation.domain.fluid[:, None], 2: simulation.domain.fluid * (simulation.fields.slots > 0)[:, None]}
    return [d * shares[d.ndim] if d.shape[:1] == simulation.domain.fluid.shape[:1] else d for d in result]


@pytest.mark.parametrize("name", DECLARED)
def test_gradients_are_right(device, name):
    """<y_bar, dy> = <x_bar, dx> along a random direction, dy by central differences, over all three outputs."""
    simulation, (start, inputs) = channel(device), DECLARED[name]
    run = Run(simulation, STEPS, start=start, inputs=inputs, outputs=OUTPUTS, method=Stored())
    values = present(simulation, start, inputs)
    there, along = run.at(*warp_arrays(device, values)), directions(simulation, values)
    rng = np.random.default_rng(4)
    cotangents = warp_arrays(device, [rng.standard_normal(y.shape) for y in there.outputs()])

    def weighted(t):
        outputs = run.at(*warp_arrays(device, [x + t * d for x, d in zip(values, along, strict=True)])).outputs()
        return sum(np.sum(y.numpy() * c.numpy()) for y, c in zip(outputs, cotangents, strict=True))

    expected = central(weighted, 1e-6 if name == "points" else 1e-4)
    gradients = there.pullback(cotangents, wanted=[True] * len(values))
    found = sum(np.sum(g.numpy().reshape(np.shape(d)) * d) for g, d in zip(gradients, along, strict=True))
    assert abs(expected) > 1e-3
    assert found == pytest.approx(expected, rel=1e-6 if name == "points" else 1e-7)


def test_cotangents_that_are_missing_are_zeros(device):
    """And gradients that are not wanted are not given; a second pass gives the same bits."""
    simulation = channel(device)
    start, inputs = FromMoments(), (Parameter("viscosity"), Parameter("x_min.velocity_x"))
    run = Run(simulation, STEPS, start=start, inputs=inputs, outputs=OUTPUTS, method=Checkpointed())
    there = run.at(*warp_arrays(device, present(simulation, start, inputs)))
    cotangents = list(there.outputs())
    full = there.pullback(cotangents, wanted=[True] * 3)
    single = [[c if k == j else None for k, c in enumerate(cotangents)] for j in range(3)]
    parts = [there.pullback(given, wanted=[True] * 3) for given in single]
    for k, whole in enumerate(full):
        assert whole.numpy() == pytest.approx(sum(part[k].numpy() for part in parts), rel=1e-9, abs=1e-12)
    again = there.pullback(cotangents, wanted=[False, True, False])
    assert [g is None for g in again] == [True, False, True]
    assert np.array_equal(again[1].numpy(), full[1].numpy())


def methods(simulation: Simulation, folder) -> dict[str, AdjointMethod]:
    state = simulation.state.nbytes
    return {
        "stored": Stored(), "checkpointed": Checkpointed(2 * state), "disk": Checkpointed(state, Disk(folder, 2 * state)),
    }


@pytest.mark.parametrize("name", ["stored", "checkpointed", "disk"])
def test_forward_and_back_cost_what_value_and_grad_costs(device, tmp_path, forward_steps, name):
    """Steps forward, counted, for the same bits; a second way back repeats what its method has not kept."""
    simulation = channel(device)
    method, objective, wrt = methods(simulation, tmp_path)[name], OUTPUTS[2].objective, [Parameter("viscosity")]
    run = Run(simulation, STEPS, inputs=wrt, outputs=[Total(objective)], method=method)
    there = run.at(*warp_arrays(device, [0.05]))
    forward_steps.clear()
    there.outputs()
    assert len(forward_steps) == STEPS
    (gradient,) = there.pullback(warp_arrays(device, [1.0]), wanted=[True])
    cost = len(forward_steps)
    (again,) = there.pullback(warp_arrays(device, [1.0]), wanted=[True])
    assert np.array_equal(gradient.numpy(), again.numpy())
    assert len(forward_steps) == (cost if name == "stored" else 2 * cost)
    forward_steps.clear()
    state, steps = simulation.state.populations.numpy().copy(), simulation.steps
    _, (expected,) = value_and_grad(objective, simulation, steps=STEPS, wrt=wrt, method=method)
    simulation.state.populations.assign(state)
    simulation.state.steps = steps
    assert len(forward_steps) == cost == method.work(simulation, STEPS).forward_steps
    assert gradient.numpy()[0] == expected != 0.0
    forward_steps.clear()
    there.outputs(for_pullback=False)
    assert len(forward_steps) == STEPS


@pytest.mark.parametrize("name", ["stored", "checkpointed", "disk"])
def test_what_a_pass_keeps_goes_with_it(device, tmp_path, living_states, name):
    """States in memory and files; without a way back to come nothing is kept."""
    simulation = channel(device)
    run = Run(simulation, STEPS, inputs=[Parameter("viscosity")], outputs=OUTPUTS, method=methods(simulation, tmp_path)[name])
    there = run.at(*warp_arrays(device, [0.05]))
    spares = 1  # The simulation's own, changed for another.
    before = living_states()
    there.outputs(for_pullback=False)
    assert living_states() <= before + spares
    there.outputs()
    assert living_states() >= before + 2
    assert len(list(tmp_path.rglob("*.state"))) == 2 * (name == "disk")
    del there
    assert living_states() <= spares
    assert not list(tmp_path.iterdir())


def everything(simulation: Simulation) -> list:
    solids, parameters = simulation.solids, simulation.parameters.array
    arrays = (simulation.state.populations, parameters, simulation.fields.array, solids.fractions, solids.geometry[0].points)
    return [simulation.steps, *(array.numpy().copy() for array in arrays)]


def test_the_simulation_is_left_as_it_was(device):
    """Whatever the inputs were; also when the flow of the run blows up."""
    simulation = channel(device)
    inputs = (Parameter("viscosity"), Field("x_min.velocity_x"), Points("body"))
    run = Run(simulation, STEPS, start=FromMoments(), inputs=inputs, outputs=OUTPUTS)
    values = present(simulation, FromMoments(), inputs)
    values[1] = values[1] + 0.01
    values[3] = values[3] + 0.5
    before = everything(simulation)
    there = run.at(*warp_arrays(device, values))
    there.pullback(there.outputs(), wanted=[True, True, False, False])
    assert all(np.array_equal(a, b) for a, b in zip(before, everything(simulation), strict=True))
    values[0] = 1e200 * values[0]
    with pytest.raises(AdjointError, match="blown up"):
        run.at(*warp_arrays(device, values)).pullback(there.outputs(), wanted=[True, True, False, False])
    assert all(np.array_equal(a, b) for a, b in zip(before, everything(simulation), strict=True))


def test_what_changes_in_between_does_not_matter(device):
    """The way back is that of the call, wherever the simulation has gone since."""
    simulation = channel(device)
    run = Run(simulation, STEPS, inputs=[Parameter("x_min.velocity_x")], outputs=OUTPUTS)
    there = run.at(*warp_arrays(device, [0.05]))
    outputs = there.outputs()
    (expected,) = there.pullback(outputs, wanted=[True])
    state, steps = simulation.state.populations.numpy().copy(), simulation.steps
    nu, points = simulation.parameter("viscosity"), Points("body").get(simulation)
    simulation.run(5)
    simulation.set_parameter("viscosity", 0.08)
    Points("body").put(simulation, points + 0.7)
    assert np.array_equal(there.pullback(outputs, wanted=[True])[0].numpy(), expected.numpy())
    simulation.state.populations.assign(state)
    simulation.state.steps = steps
    simulation.set_parameter("viscosity", nu)
    Points("body").put(simulation, points)


def test_steady_runs_have_fields_as_outputs(device, forward_steps):
    """A cotangent of 1 on the velocity, which is linear in the force: d (sum u_x) / d F = (sum u_x) / F.

    The way back takes no step forward but those of the look at whether the flow is steady.
    """
    simulation = Simulation(
        box((8, 16), periodic=(True, False), device=device), viscosity=1 / 6, force=(1e-5, 0.0), precision=wp.float64
    )
    simulation.run(4000)
    run = Run(simulation, 100, inputs=[Parameter("force_x")], outputs=[Moments()], method=Steady(tolerance=1e-5))
    there = run.at(*warp_arrays(device, [1e-5]))
    forward_steps.clear()
    (moments,) = there.outputs()
    assert len(forward_steps) == 100
    weights = np.zeros(moments.shape)
    weights[:, 1] = 1.0
    (found,) = there.pullback(warp_arrays(device, [weights]), wanted=[True])
    assert len(forward_steps) == run.method.work(simulation, 100).forward_steps
    assert found.numpy()[0] == pytest.approx(np.sum(moments.numpy()[:, 1]) / 1e-5, rel=1e-4)


def test_runs_that_cannot_be(device):
    simulation = channel(device)
    options = {"inputs": [Parameter("viscosity")], "outputs": OUTPUTS}
    for change, message in (
        ({"steps": 0}, "must be at least 1"),
        ({"inputs": ()}, "without inputs"),
        ({"outputs": ()}, "without outputs"),
        ({"start": FromMoments(), "method": Steady()}, "does not depend on it"),
        ({"method": Periodic()}, "a mean over time"),
        ({"inputs": [Parameter("colour")]}, "no parameter 'colour'"),
        ({"inputs": [Points("body"), SolidFractions()]}, "pass only one"),
    ):
        with pytest.raises(AdjointError, match=message):
            Run(simulation, **({"steps": STEPS} | options | change))
    swaying = VelocityInlet(X_MIN, (0.05, 0.0), profile=Tabulated(lambda x, step: np.ones(len(x)), steady=False))
    unsteady = Simulation(box((16, 8), device=device), viscosity=0.05, boundaries=(swaying, PressureOutlet(X_MAX)))
    with pytest.raises(AdjointError, match="unsteady profile: make it steady"):
        Run(unsteady, STEPS, inputs=[Field("x_min.velocity_x")], outputs=[Moments()])


def test_inputs_that_do_not_fit(device):
    run = Run(channel(device), STEPS, start=FromMoments(), inputs=[Parameter("viscosity")], outputs=OUTPUTS)
    shape = run.inputs[0].shape
    with pytest.raises(AdjointError, match="2 are required, in this order: moments, viscosity"):
        run.require([wp.float64], [shape])
    with pytest.raises(AdjointError, match="'viscosity' is float32: convert it to float64"):
        run.require([wp.float64, wp.float32], [shape, ()])
    with pytest.raises(AdjointError, match=r"'moments' has the shape \(3, 2\), but must have"):
        run.require([wp.float64, wp.float64], [(3, 2), ()])
    values = Field("force_field_x").get(run.simulation)
    slots = run.simulation.fields.slots
    slots[-1], kept = 0, slots[-1]
    with pytest.raises(SimulationError, match="that store no fields"):
        Field("force_field_x").put(run.simulation, values + 1.0)
    slots[-1] = kept
