"""A simulation that is changed between forward and backward pass: the gradient is that of the recorded values, or an error."""

import re
from collections.abc import Callable

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import (
    Checkpointed,
    Deformed,
    FromMoments,
    Moments,
    Parameter,
    Pass,
    Periodic,
    Points,
    Run,
    SolidFractions,
    Steady,
    Stored,
    Total,
    Window,
    moments_on_tape,
    run_on_tape,
    tape_array,
    value_and_grad,
)
from sparselbm.adjoint.sweep import BackwardSweep
from sparselbm.errors import AdjointError
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.deformation import FFD
from sparselbm.grid.build import box
from sparselbm.kernels.adjoint import GradientTargets
from sparselbm.models import Harmonic
from sparselbm.models.force import ForceField
from sparselbm.models.scalar import Scalar
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import Force
from sparselbm.solver import Obstacle, Simulation

STEPS = 12
DRAG = Force("body", (1.0, 0.3))
STEADY = Steady(tolerance=1e-2, flow_tolerance=10.0)
FEW = Checkpointed("40 KiB")
"""Some states, so that the way back runs forward again."""


def cylinder(radius: float, x: float, y: float) -> TriangleMesh:
    return TriangleMesh.cylinder(radius, (x, y, -9.0), (x, y, 10.0), 16)


def flow(device: str) -> Simulation:
    """Two bodies and a scalar in a force field whose viscosity changes in time, on its way."""
    domain = box((16, 16), periodic=(True, True), device=device)
    simulation = Simulation(
        domain, viscosity=0.1, precision=wp.float64, force=ForceField(lambda x: 1e-4 * (2.0 + np.sin(x))),
        obstacles=[Obstacle("body", cylinder(3.0, 5.3, 7.6)), Obstacle("other", cylinder(2.2, 12.1, 6.7))],
        scalars=(Scalar("dye", 0.1),), schedules={"viscosity": Harmonic(40.0, 0.2, 1.0)},
    )
    simulation.set_state(1.0, (0.04, 0.01))
    simulation.set_scalar("dye", 1.0)
    simulation.run(5)
    return simulation


def eps(simulation: Simulation) -> np.ndarray:
    return SolidFractions().get(simulation)


def move(simulation: Simulation, by: float = 0.4) -> None:
    simulation.solids.geometry[0].move(simulation.solids.geometry[0].points.numpy() + by)


def move_and_update(simulation: Simulation) -> None:
    move(simulation)
    simulation.update_geometry({"body"})


def exchange(simulation: Simulation) -> None:
    """The bodies change places: other owners of cells."""
    for geometry, by in zip(simulation.solids.geometry, (6.8, -6.8), strict=True):
        geometry.move(geometry.points.numpy() + np.array([by, 0.0, 0.0]))
    simulation.update_geometry()


def put_field(simulation: Simulation) -> None:
    simulation.fields.put("force_field_x", np.full(simulation.domain.fluid.shape, 3e-4))
    simulation.fields.upload()


OF_STATE = {
    "state": lambda s: s.set_state(1.01, (0.02, 0.0)),
    "scalar": lambda s: s.set_scalar("dye", 0.3),
    "run": lambda s: s.run(7),
}
HARMLESS = {
    "nothing": lambda s: None,
    "moved": move,
    "transferred_to": lambda s: s.transferred_to(s.domain).run(3),
    "there and back": lambda s: (move(s), s.update_geometry(), move(s, -0.4), s.update_geometry()),
}
TO_PUT_BACK = {
    "parameter": lambda s: s.set_parameter("viscosity", 0.15),
    "parameters": lambda s: s.set_parameters({"viscosity": 0.15, "dye.diffusivity": 0.2}),
    "field": lambda s: s.set_field("force_field_x", np.full(s.domain.fluid.shape, 3e-4)),
    "fractions": lambda s: s.set_solid_fractions(0.8 * eps(s)),
    "moved and updated": move_and_update,
    "moved, then fractions": lambda s: (move(s), s.set_solid_fractions(0.8 * eps(s))),
    "exchanged": exchange,
    "array of fractions": lambda s: s.solids.fractions.assign(0.8 * s.solids.fractions.numpy()),
    "array of fields": put_field,
}
REFUSED = {
    "schedule": lambda s: s.parameters.schedules.update({"viscosity": Harmonic(40.0, 0.1, 1.0)}),
    "array of parameters": lambda s: s.parameters.array.assign(1.2 * s.parameters.array.numpy()),  # It belongs to the table.
}
CHANGES = {**HARMLESS, **OF_STATE, **TO_PUT_BACK, **REFUSED}


def no_change(simulation: Simulation) -> None:
    """Between forward and backward."""


FrontEnd = Callable[[Simulation, Callable[[Simulation], object]], list[np.ndarray]]
"""From a simulation, and what is done to it between forward and backward pass, to gradients."""


def on_tape(method) -> FrontEnd:
    def gradients(simulation, change):
        simulation.parameters.array.requires_grad = True
        tape, start = wp.Tape(), tape_array(simulation, simulation.physics.size)
        start.assign(simulation.state.populations)
        end = run_on_tape(tape, simulation, start, STEPS, method=method)
        moments = moments_on_tape(tape, simulation, end)
        seed = wp.clone(moments, requires_grad=False)
        change(simulation)
        tape.backward(grads={moments: seed})
        arrays = (start.grad, simulation.parameters.array.grad, *(g.points.grad for g in simulation.solids.geometry))
        return [array.numpy().copy() for array in arrays]

    return gradients


def in_parts(method) -> FrontEnd:
    """As `value_and_grad` does it, with something in between."""

    def gradients(simulation, change):
        record = method.forward(simulation, None, STEPS, Window())
        change(simulation)
        backward = BackwardSweep(simulation, DRAG, wrt=GradientTargets(solid=True, parameters=True, fields=True))
        record.back(backward)
        return [*backward.gathered(), backward.points_gradient("body")]

    return gradients


def run_of(simulation: Simulation, inputs, method) -> tuple[Run, list[np.ndarray]]:
    """A run with its present inputs."""
    start = None if isinstance(method, Steady) else FromMoments()
    run = Run(simulation, STEPS, start=start, inputs=inputs, outputs=[Moments(), Total(DRAG)], method=method)
    moments = [] if start is None else [Moments().read(simulation).numpy()]
    return run, [*moments, *(w.get(simulation) for w in inputs)]


def by_torch(inputs, method) -> FrontEnd:
    def gradients(simulation, change):
        torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sparselbm[torch]'")
        from sparselbm.bridges.torch import operator

        run, values = run_of(simulation, inputs, method)
        given = [torch.tensor(x, requires_grad=True, device=wp.device_to_torch(run.device)) for x in values]
        moments, drag = operator(run)(*given)
        change(simulation)
        ((moments**2).sum() + torch.sin(drag)).backward()
        return [x.grad.cpu().numpy() for x in given]

    return gradients


def by_jax(inputs, method, *, repeated: bool) -> FrontEnd:
    """`repeated`: whether another forward pass comes in between, so that the first is repeated for its way back."""

    def gradients(simulation, change):
        jax = pytest.importorskip("jax", reason="JAX is not installed: pip install 'sparselbm[jax]'")
        from sparselbm.bridges.jax import operator

        jax.config.update("jax_enable_x64", True)
        run, values = run_of(simulation, inputs, method)
        function = operator(run)

        def loss(*given):
            moments, drag = function(*given)
            return (moments**2).sum() + jax.numpy.sin(drag)

        _, back = jax.vjp(loss, *map(jax.numpy.asarray, values))
        if repeated:
            jax.vjp(loss, *map(jax.numpy.asarray, values))
        change(simulation)
        return [np.asarray(x) for x in back(1.0)]

    return gradients


def as_it_is(simulation: Simulation) -> list[np.ndarray]:
    """All that a run depends on, and that it must leave alone."""
    solids = simulation.solids
    arrays = [simulation.state.populations, simulation.fields.array, solids.fractions, simulation.walls.cell_labels]
    points = [array for geometry in solids.geometry for array in (geometry.points, geometry.placed)]
    parameters = np.array([simulation.parameter(name) for name in simulation.physics.parameters])
    numbers = [np.array([simulation.steps]), solids.by_hand.copy(), solids.tiles, parameters]
    return [*(array.numpy().copy() for array in (*arrays, *points)), *numbers]


WITHOUT_ARRAY = {name: change for name, change in TO_PUT_BACK.items() if name != "array of fractions"}
"""Where points are an input, nobody keeps the fractions."""
POINTS, FRACTIONS, NUMBERS = (Points("body"),), (SolidFractions(),), (Parameter("viscosity"),)
OWN_STATES = {**HARMLESS, **OF_STATE}
FRONT_ENDS: dict[str, tuple[FrontEnd, dict]] = {
    "tape, Stored": (on_tape(Stored()), OWN_STATES),
    "tape, Checkpointed": (on_tape(FEW), OWN_STATES),
    "Stored": (in_parts(Stored()), OWN_STATES),
    "Checkpointed": (in_parts(FEW), OWN_STATES),
    "Steady": (in_parts(STEADY), HARMLESS),
    "Periodic": (in_parts(Periodic(period=6.0, periods=1, spin_up=0, windows=1)), HARMLESS),
    "torch, points, Stored": (by_torch(POINTS, Stored()), {**OWN_STATES, **WITHOUT_ARRAY}),
    "torch, fractions, Checkpointed": (by_torch(FRACTIONS, FEW), {**OWN_STATES, **TO_PUT_BACK}),
    "torch, numbers, Steady": (by_torch(NUMBERS, STEADY), {**OWN_STATES, **TO_PUT_BACK}),
    "jax, points, Stored": (by_jax(POINTS, Stored(), repeated=False), {**OWN_STATES, **WITHOUT_ARRAY}),
    "jax, numbers, Steady, repeated": (by_jax(NUMBERS, STEADY, repeated=True), HARMLESS),
    "jax, points, Stored, repeated": (by_jax(POINTS, Stored(), repeated=True), HARMLESS),
}
"""Each with the changes after which it has to give the gradient of the recorded values; after others it may refuse to."""


QUICK = ("tape, Stored", "Steady", "torch, points, Stored", "jax, points, Stored")


@pytest.mark.parametrize(
    "front_end", [pytest.param(each, marks=[] if each in QUICK else pytest.mark.validate) for each in FRONT_ENDS]
)
def test_a_gradient_is_of_the_recorded_values_or_refused(device, front_end):
    gradients, allowed = FRONT_ENDS[front_end]
    right = gradients(flow(device), no_change)
    assert all(np.abs(part).max() > 0.0 for part in right)
    refused = set()
    for name, change in CHANGES.items():
        try:
            found = gradients(flow(device), change)
        except (AdjointError, RuntimeError) as error:  # JAX wraps what its callbacks raise.
            if not REFUSAL.search(str(error)):
                raise
            refused.add(name)
        else:
            assert all(same(a, b) for a, b in zip(found, right, strict=True)), name
    assert not refused & set(allowed)
    assert set(REFUSED) <= refused


REFUSAL = re.compile("changed before the backward pass|overwritten before the backward pass|was changed between")


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.abs(one - other).max() <= 1e-12 * np.abs(other).max())


@pytest.mark.parametrize("inputs", [POINTS, FRACTIONS, NUMBERS], ids=["points", "fractions", "numbers"])
def test_a_run_leaves_the_simulation_as_it_was_found(device, inputs):
    """Also points that were moved and not yet taken over, and fractions that were set by hand."""
    for name, change in CHANGES.items():
        simulation = flow(device)
        run, values = run_of(simulation, inputs, Stored())
        there = there_of(run, values)
        there.outputs()
        change(simulation)
        before = as_it_is(simulation)
        if name not in REFUSED and not (inputs == POINTS and name == "array of fractions"):
            there.pullback([None, wp.ones(1, dtype=wp.float64, device=device)], [True] * len(values))
        if name == "array of parameters":
            with pytest.raises(AdjointError, match="parameters of a recorded run were changed"):
                there_of(run, values).outputs(for_pullback=False)
            continue
        there_of(run, values).outputs(for_pullback=False)
        assert all(np.array_equal(a, b) for a, b in zip(as_it_is(simulation), before, strict=True)), name


def there_of(run: Run, values) -> Pass:
    return run.at(*(wp.array(np.atleast_1d(x), dtype=wp.float64, device=run.device) for x in values))


@pytest.mark.parametrize("method", [Stored(), Checkpointed("200 KiB"), STEADY], ids=lambda method: type(method).__name__)
def test_a_callback_that_changes_the_simulation_ends_the_way_back(device, method):
    """`on_back` is a user's own, and comes in the midst of it."""

    def gradients(change):
        simulation, looks = flow(device), []

        def on_back(steps):
            looks.append(steps)
            if len(looks) == 1:
                change(simulation)

        return value_and_grad(DRAG, simulation, steps=120, wrt=[Points("body")], method=method, on_back=on_back).gradients[0]

    right, allowed = gradients(no_change), HARMLESS if method == STEADY else OWN_STATES
    for name, change in CHANGES.items():
        try:
            found = gradients(change)
        except AdjointError as error:
            if name in allowed or not REFUSAL.search(str(error)):
                raise
        else:
            assert same(found, right), name


def test_points_that_the_flow_is_not_around_have_no_gradient(device):
    """Moved and not taken over, beside fractions by hand, or not those of the specified variables."""
    simulation, method = flow(device), Stored()
    mesh = simulation.obstacles[0].mesh
    ffd = FFD((2, 2, 2)).bind(mesh)
    other = np.full(ffd.size, 0.3)

    def gradient(wrt):
        return value_and_grad(DRAG, simulation, steps=3, wrt=[wrt], method=method)

    gradient(Deformed("body", ffd, ffd.initial()))
    with pytest.raises(AdjointError, match=r"up to 0\.\d* m from those of the specified variables"):
        gradient(Deformed("body", ffd, other))
    simulation.solids.geometry[0].move(ffd.points(other))
    for wrt in (Points("body"), Deformed("body", ffd, other)):
        with pytest.raises(AdjointError, match=r"were moved.* call update_geometry first"):
            gradient(wrt)
    with pytest.raises(AdjointError, match=r"were moved.* call update_geometry first"):
        run_on_tape(wp.Tape(), simulation, tape_array(simulation, simulation.physics.size), 3)
    simulation.update_geometry({"body"})
    gradient(Deformed("body", ffd, other))
    simulation.set_solid_fractions(0.8 * eps(simulation))
    with pytest.raises(AdjointError, match="set by hand do not depend on points"):
        gradient(Points("body"))
    gradient(SolidFractions())


def test_links_that_were_written_to(device):
    body = Obstacle("body", cylinder(3.0, 7.3, 7.6), wall=Bouzidi())
    simulation = Simulation(
        box((16, 16), periodic=(True, True), device=device), viscosity=0.1, obstacles=[body], precision=wp.float64
    )
    simulation.set_state(1.0, (0.04, 0.01))
    record = Stored().forward(simulation, None, STEPS, Window())
    simulation.walls.fractions.fill_(0.25)
    with pytest.raises(AdjointError, match="link fractions of the run were changed"):
        record.back(BackwardSweep(simulation, DRAG, wrt=GradientTargets(fractions=True)))
