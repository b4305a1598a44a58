"""Every operator and every input that it has: adjoints against differences, Taylor's order, transposes, bits, fp32."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
import warp as wp
from adjoint_cases import CASES, COLLISIONS, Case, channel, warm
from adjoint_inputs import Everything, inputs, size_of
from channel_cases import Run
from collision_cases import WRAPPERS, cases

from sparselbm.adjoint import InitialPopulations, Parameter, Points, Stored, value_and_grad
from sparselbm.adjoint.sweep import BackwardSweep
from sparselbm.errors import SimulationError
from sparselbm.grid.build import box
from sparselbm.grid.memory import put_tiles
from sparselbm.kernels.adjoint import GradientTargets
from sparselbm.kernels.context import KernelContext, traced_kernel
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models import RuntimeParameter
from sparselbm.models.boundary import X_MIN, Parabola, VelocityInlet
from sparselbm.models.collision import BGK, MRT, TRT, Collision
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import FlowRate
from sparselbm.solver import Simulation
from sparselbm.trace.expression import _DERIVATIVES, pullback

AGAIN = (
    "Regularised-D2Q9", "Cumulant-D2Q9", "ExactDifference-D2Q9", "Smagorinsky-D2Q9",
    "MRT-D3Q19", "CharacteristicOutlet-D3Q19", "RegularisedVelocity-D3Q19", "ZouHeVelocity-D3Q27", "WallFunction at 1e-05-D3Q19",
    "MixingLength above a RoughWall-D3Q19",
    "CentralInterpolation-D3Q19", "moving ParabolicInterpolation-D3Q19",
    "moving solid-D3Q19", "moving Bouzidi-D3Q19", "fields and schedules-D3Q19", "scalars-D3Q19", "conduction-D2Q9",
)
"""Under `make validate`: in three dimensions what the plane has shown already, and operators that are parts of others:
RecursiveRegularised regularises, Cumulant is shown on D3Q27, ExactDifference wraps TRT, MixingLength has the eddy viscosity of
Smagorinsky."""


def named(names):
    return [pytest.param(name, marks=pytest.mark.validate if name in AGAIN else ()) for name in names]


@pytest.mark.parametrize("name", named(CASES))
def test_the_adjoint_is_the_derivative(device, name):
    """Within 1e-7 of central differences of fourth order, for every input that the flow has."""
    errors = CASES[name].adjoint(device).disagreements()
    print(name, *(f"{key} {error:.1e}," for key, error in errors.items()))
    assert max(errors.values()) < 1e-7, {key: error for key, error in errors.items() if not error < 1e-7}


@pytest.mark.parametrize("name", named(name for name, case in CASES.items() if not case.bent))
def test_the_remainder_is_of_second_order(device, name):
    """|J(p + h d) - J(p) - h dJ/dp . d| = O(h^2) with all parameters moved at once, each by up to h of its size."""
    adjoint = CASES[name].adjoint(device)
    simulation = adjoint.run.simulation
    rng = np.random.default_rng(5)
    along = {n: rng.uniform(-1.0, 1.0) * size_of(simulation, n) for n in simulation.physics.parameters}
    slope = sum(along[n] * adjoint.slopes[n] for n in along)
    h = 4e-3 * 0.5 ** np.arange(5)
    remainders = [abs(adjoint.moved({n: t * x for n, x in along.items()}) - adjoint.value - t * slope) for t in h]
    order = np.polyfit(np.log(h), np.log(remainders), 1)[0]
    print(f"{name}: order {order:.4f}, remainders {remainders[0]:.1e} to {remainders[-1]:.1e}")
    assert order == pytest.approx(2.0, abs=0.02)


def random_state(run: Run, seed: int) -> wp.array:
    """Random numbers in the fluid, 0 elsewhere."""
    simulation, state = run.simulation, run.simulation.state.zeros()
    fluid, S = simulation.walls.fluid, simulation.physics.size
    noise = np.random.default_rng(seed).standard_normal((len(fluid), S, fluid.shape[1])) * fluid[:, None]
    put_tiles(noise, state)
    return state


@traced_kernel
def tangent_kernel(k: KernelContext) -> None:
    """J v of a step, v in `adjoint`: w -> J^T w is linear, so that its own pullback with v is J v."""
    seeds = [k.trace.graph.input(f"seed{q}") for q in range(k.physics.size)]
    transposed = pullback(k.cell.outgoing, seeds, k.cell.incoming)
    direction = k.trace.streamed("adjoint", k.cell.links)
    k.write("target", pullback(transposed, direction, seeds))


TRANSPOSED = [
    "BGK-D2Q9", "MRT-D2Q9", "Cumulant-D2Q9", "Carreau-D2Q9", "TRT-D3Q19", "CentralInterpolation-D2Q9", "moving Bouzidi-D2Q9",
    "VelocityInlet, CharacteristicOutlet-D2Q9", "scalars-D2Q9", "conduction-D2Q9",
    "seams, scalars-D2Q9", "seams, Bouzidi-D2Q9", "seams-D3Q19",
]
OTHERS = sorted({*(f"{name}-D2Q9" for name in COLLISIONS), "Cumulant-D3Q27", "scalars, Bouzidi-D2Q9"} - {*TRANSPOSED})


@pytest.mark.parametrize("name", [*TRANSPOSED, *(pytest.param(name, marks=pytest.mark.validate) for name in OTHERS)])
def test_the_step_is_transposed_to_rounding(device, name):
    """<w, J v> = <J^T w, v> to 1e-12, with J v from pulling back twice."""
    run = CASES[name].run(device)
    simulation, v, w = run.simulation, random_state(run, 4), random_state(run, 5)
    simulation.state.populations.assign(run.start)
    tangent = simulation.state.zeros()
    simulation.passes.general(tangent_kernel)(
        source=simulation.state.populations, adjoint=v, solid=simulation.solids.fractions, target=tangent
    )
    backward = BackwardSweep(simulation, None, wrt=GradientTargets())
    backward.start_from(w)
    backward.back(simulation.state.populations, 0)
    Jv, JTw, v, w = (x.numpy()[:-1] for x in (tangent, backward.initial_adjoint(), v, w))
    seen = (v != 0.0) & (w != 0.0)
    scale = np.linalg.norm(Jv[seen]) * np.linalg.norm(w[seen])
    assert abs(np.dot(Jv[seen], w[seen])) > 1e-6 * scale
    assert abs(np.dot(Jv[seen], w[seen]) - np.dot(JTw[seen], v[seen])) < 1e-12 * scale


OMEGA = 1.95


@pytest.mark.parametrize(
    "build",
    [
        channel, pytest.param(partial(channel, D3Q19), marks=pytest.mark.validate),
        pytest.param(partial(channel, wall=Bouzidi()), marks=pytest.mark.validate),
    ],
    ids=["D2Q9", "D3Q19", "links"],
)
def test_gradients_in_fp32(device, build):
    """At omega = 1.95, 200 steps: within 1e-4 of fp64, in the norm of each input."""
    wrt = [InitialPopulations(), Points("body"), Parameter("viscosity"), Parameter("x_min.velocity_x"), Parameter("force_x")]
    found = []
    for precision in (wp.float32, wp.float64):
        simulation = build(viscosity=(1.0 / OMEGA - 0.5) / 3.0, precision=precision)(device)
        simulation.set_state(1.0, (0.05, 0.01, 0.0)[: simulation.lattice.dimension])
        found.append(value_and_grad(Everything(), simulation, steps=200, wrt=wrt).gradients)
    errors = [float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in zip(*found, strict=True)]
    print(*(f"{w} {error:.1e}" for w, error in zip(wrt, errors, strict=True)))
    assert max(errors) < 1e-4


@pytest.mark.parametrize(
    "build",
    [channel, partial(channel, wall=Bouzidi()), pytest.param(partial(warm, D2Q9), marks=pytest.mark.validate)],
    ids=["solid", "links", "scalars"],
)
def test_threads_and_repetition_change_no_bit(device, build):
    results = []
    for threads in (1, 2, 2, 5):
        run = Case(build(precision=wp.float32, threads=threads)).run(device)
        wrt = [x.wrt for x in inputs(run).values()]
        results.append((*run.value_and_grad("everything", *wrt), run.simulation.state.populations.numpy()))
    for value, gradients, state in results[1:]:
        assert value == results[0][0]
        assert all(np.array_equal(a, b) for a, b in zip(gradients, results[0][1], strict=True))
        assert np.array_equal(state, results[0][2])


@dataclass(frozen=True)
class Twin(Collision):
    """BGK by another name, so that its kernels are its own."""

    def collide(self, lattice, f, viscosity, force):
        return BGK().collide(lattice, f, viscosity, force)


def test_a_wrong_derivative_is_caught(device, monkeypatch):
    """Negative control: with the denominator's share of a quotient left out, the comparison above fails, and only then."""

    def worst():
        return max(Case(channel(D2Q9, Twin())).adjoint(device).disagreements().values())

    assert worst() < 1e-7
    monkeypatch.setitem(_DERIVATIVES, "/", lambda y, v, a, b: (v / b, None))
    assert worst() > 1e-3


@pytest.mark.parametrize(
    "precision", [wp.float32, pytest.param(wp.float64, marks=pytest.mark.validate)], ids=["fp32", "fp64"]
)
@pytest.mark.parametrize(("collision", "lattice"), cases(WRAPPERS, lattices=(D2Q9,)))
def test_gradients_from_rest_are_finite(device, collision, lattice, precision):
    """A fluid that a force sets in motion from rest: the first step's shear rate is 0, where a root has no derivative."""
    simulation = Simulation(
        box((8, 16), periodic=(True, False), device=device), lattice=lattice, collision=collision, viscosity=0.05,
        force=(1e-4, 0.0), precision=precision,
    )
    wrt = [InitialPopulations(), Parameter("viscosity"), Parameter("force_x")]
    flow, (f, _, by_force) = value_and_grad(FlowRate(axis=0, layer=3), simulation, steps=20, wrt=wrt, method=Stored())
    assert np.isfinite(f).all()
    assert flow > 0.0
    assert by_force > 0.5 * flow / 1e-4


def test_a_tunable_number_can_be_changed(device):
    """The same flow as with the plain number, before and after it is changed, and by a schedule."""
    def flow(magic, **options):
        return channel(D2Q9, TRT(magic), **options)(device)

    tuned, scheduled = flow(RuntimeParameter(0.2)), flow(RuntimeParameter(0.1), schedules={"collision.magic": lambda step: 1.5})
    plain = {magic: flow(magic) for magic in (0.2, 0.15)}
    for simulation in (tuned, scheduled, *plain.values()):
        simulation.run(20)
    assert np.abs(tuned.state.populations.numpy() - plain[0.2].state.populations.numpy()).max() < 1e-15
    assert np.abs(scheduled.state.populations.numpy() - plain[0.15].state.populations.numpy()).max() < 1e-15
    tuned.set_parameter("collision.magic", 0.15)
    tuned.set_state(1.0, 0.0)
    tuned.run(20)
    assert np.abs(tuned.state.populations.numpy() - plain[0.15].state.populations.numpy()).max() < 1e-15
    assert np.abs(plain[0.2].state.populations.numpy() - plain[0.15].state.populations.numpy()).max() > 1e-6


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"collision": MRT(higher=(1.2, 1.4, RuntimeParameter(1.2), 1.4))}, "collision.higher.2"),  # D2Q9 has no fifth order.
        ({"boundaries": (VelocityInlet(X_MIN, (RuntimeParameter(0.05), 0.0)),)}, "x_min.velocity.0"),
        (
            {"boundaries": (VelocityInlet(X_MIN, (0.05, 0.0), profile=Parabola(0, (0.0, RuntimeParameter(0.0)))),)},
            "x_min.profile.lower.1",
        ),
    ],
)
def test_a_tunable_number_that_no_equation_reads_is_refused(device, options, place):
    """It would have a gradient of 0; what is a parameter anyway is named."""
    with pytest.raises(SimulationError, match=f"uses the RuntimeParameter {place}: .*viscosity"):
        channel(D2Q9, **options)(device)
