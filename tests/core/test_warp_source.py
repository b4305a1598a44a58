"""The kernels printed as plain Warp kernels compute what the C++ text does, and Warp's own adjoint is that of `pullback`.

The kernel shown in docs/kernels.md is written by `python tests/core/test_warp_source.py`.
"""

from pathlib import Path

import numpy as np
import pytest
import warp as wp
from states import noise, set_dense_state

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import put_tiles, summed, sums_array, tile_view
from sparselbm.kernels.adjoint import GradientTargets, adjoint_kernel
from sparselbm.kernels.context import trace_of
from sparselbm.kernels.observables import integral_kernel
from sparselbm.kernels.step import even_step_kernel, odd_step_kernel, settle_kernel, step_kernel, unstream_kernel
from sparselbm.kernels.warp_source import arguments_of, warp_kernel, warp_source
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models.boundary import X_MAX, X_MIN, Parabola, PressureOutlet, VelocityInlet
from sparselbm.models.collision import BGK, TRT
from sparselbm.models.force import RotatingFrame
from sparselbm.models.physics import Physics, TileClass
from sparselbm.models.rheology import PowerLaw
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import Force, Torque, evaluate
from sparselbm.solver import Obstacle, Simulation

PAGE = Path(__file__).parents[2] / "docs" / "kernels.md"
BEGIN, END = "<!-- begin: D2Q9 BGK -->\n```python\n", "```\n<!-- end: D2Q9 BGK -->"


def shown() -> str:
    """The kernel that the page shows: the step of D2Q9 BGK with walls, in fp64."""
    return warp_source(trace_of(step_kernel, Physics(D2Q9, BGK()), TileClass(walls=True, solid=False)), wp.float64)


def periodic(device):
    domain = box((16, 24), periodic=(True, True), device=device)
    return Simulation(domain, lattice=D2Q9, collision=BGK(), viscosity=0.05, precision=wp.float64, force=(1e-3, 2e-3))


def walls(device):
    domain = box((16, 21), device=device)
    boundaries = (VelocityInlet(X_MIN, (0.05, 0.0)), PressureOutlet(X_MAX))
    return Simulation(domain, lattice=D2Q9, collision=BGK(), viscosity=0.05, precision=wp.float64, boundaries=boundaries)


def three_dimensions(device):
    domain = box((16, 8, 13), periodic=(True, True, False), device=device)
    return Simulation(domain, lattice=D3Q19, collision=TRT(), viscosity=0.05, precision=wp.float64)


def all_reads(device):
    """A profile at the inlet, link walls of two bodies, positions in a rotating frame, logarithms of a power law."""
    bodies = {f"body {k}": TriangleMesh.box((4.3 + 9.0 * k, 6.2, -4.0), (7.1 + 9.0 * k, 11.4, 4.0)) for k in range(2)}
    frame, inlet = RotatingFrame((1e-3,), (8.0, 8.0)), VelocityInlet(X_MIN, (0.05, 0.0), profile=Parabola(0))
    return Simulation(
        box((24, 21), device=device), lattice=D2Q9, collision=PowerLaw(BGK(), exponent=0.7), viscosity=0.05, precision=wp.float64,
        boundaries=(inlet, PressureOutlet(X_MAX)), force=frame, obstacles=[Obstacle(*x, Bouzidi()) for x in bodies.items()],
    )  # fmt: skip


CASES = pytest.mark.parametrize("case", [periodic, walls, three_dimensions, all_reads], ids=lambda case: case.__name__)


def started(case, device):
    """A simulation of the case, with noise as its state."""
    simulation = case(device)
    set_dense_state(simulation, noise(simulation.lattice, simulation.domain.shape))
    return simulation


def launch(simulation, factory, *arguments, **arrays):
    """Runs the printed kernels over the classes of tiles."""
    domain, topology = simulation.domain, {"neighbours": simulation.domain.neighbours, "weight": 1.0}
    given = {**topology, "coordinates": domain.coordinates, **simulation.passes.arrays, **arrays}
    for group in simulation.passes.groups:
        trace = trace_of(factory, simulation.physics, group.tiles, *arguments)
        given["given"] = wp.array([x for _, x in trace.given] or [0.0], dtype=simulation.precision, device=domain.device)
        given["tiles"] = wp.array(group.members, dtype=wp.int32, device=domain.device)
        inputs = [given[name] for name in arguments_of(trace)]
        dim = (len(group.members), domain.cells_per_tile)
        wp.launch(warp_kernel(warp_source(trace, simulation.precision)), dim=dim, inputs=inputs, device=domain.device)


def values(simulation, array):
    return tile_view(simulation.domain, array, array.shape[1])


def fluid_of(simulation):
    """Mask of the fluid cells, (n, 1, cells): no step reads a state beyond them."""
    words = simulation.walls.blocked_links.numpy()[: simulation.domain.fluid.size]
    return (words & 1 == 0).reshape(simulation.domain.tile_count, 1, -1)


@CASES
def test_step(case, device):
    """One step of the printed kernel and of the back end's own text."""
    simulation = started(case, device)
    printed, compiled = simulation.state.zeros(), simulation.state.zeros()
    launch(simulation, step_kernel, source=simulation.state.populations, target=printed)
    simulation.stepper.advance(simulation.state.populations, compiled, 0)
    assert np.abs(values(simulation, printed)).max() > 1e-3
    assert np.abs(values(simulation, printed) - values(simulation, compiled)).max() < 1e-14


@CASES
def test_steps_in_place(case, device):
    """The printed kernels of a pair of steps, and of a single one, with those of two arrays; each cell writes its own places."""
    simulation = started(case, device)
    state, other = simulation.state.populations, simulation.state.zeros()
    single = wp.clone(state)
    for array, second in ((state, odd_step_kernel), (single, settle_kernel)):
        launch(simulation, even_step_kernel, source=array)
        launch(simulation, second, source=array)
    expected, fluid = started(case, device).state.populations, fluid_of(simulation)
    simulation.stepper.advance(expected, other, 0)
    assert np.abs(fluid * (values(simulation, single) - values(simulation, other))).max() < 1e-14
    simulation.stepper.advance(other, expected, 1)
    assert np.abs(fluid * (values(simulation, state) - values(simulation, expected))).max() < 1e-14
    assert np.abs(values(simulation, expected)).max() > 1e-3


def test_numbers_given_at_the_launch(device):
    """The number of an obstacle whose links have owners, and the centre of a torque."""
    simulation = started(all_reads, device)
    observables = (Force("body 1", (1.0, 0.0)), Torque("body 0", (5.0, 8.0)))
    sums = sums_array(simulation.domain, len(observables))
    launch(simulation, integral_kernel, observables, source=simulation.state.populations, sums=sums)
    assert summed(sums) == pytest.approx([evaluate(each, simulation) for each in observables], rel=1e-10)
    assert min(abs(summed(sums))) > 1e-3


@CASES
def test_adjoint_by_warp_itself(case, device):
    """d J / d state and d J / d parameters by `wp.Tape` over the printed step, and by the adjoint kernel.

    For d J / d incoming populations of the next step given, both d J / d states are its transposed streaming.
    """
    simulation = started(case, device)
    domain, size = simulation.domain, simulation.physics.size
    given, back, expected = (simulation.state.zeros() for _ in range(3))
    random = np.random.default_rng(5).uniform(-1.0, 1.0, (domain.tile_count, size, domain.cells_per_tile))
    fluid = fluid_of(simulation)
    put_tiles(random * fluid, given)
    unstream = simulation.passes.by_class(unstream_kernel)
    wrt, sums = GradientTargets(parameters=True), sums_array(domain, len(simulation.physics.parameters))
    adjoint = simulation.passes.by_class(adjoint_kernel, wrt)
    adjoint(source=simulation.state.populations, adjoint=given, target=back, sums=sums)
    unstream(adjoint=back, target=expected)

    target = simulation.state.zeros()
    for array in (simulation.state.populations, target, simulation.parameters.array):
        array.requires_grad = True
    with wp.Tape() as tape:
        launch(simulation, step_kernel, source=simulation.state.populations, target=target)
    unstream(adjoint=given, target=back)
    wp.copy(target.grad, back)
    tape.backward()
    found, right = fluid * values(simulation, simulation.state.populations.grad), fluid * values(simulation, expected)
    assert np.abs(right).max() > 0.1
    assert np.abs(found - right).max() < 1e-10
    numbers = simulation.parameters.array.grad.numpy()[: len(simulation.physics.parameters)]
    assert np.abs(numbers).max() > 1e-3
    assert np.allclose(numbers, summed(sums), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "case", [periodic, walls, three_dimensions, pytest.param(all_reads, marks=pytest.mark.validate)],
    ids=lambda case: case.__name__,
)
def test_printed_adjoint(case, device):
    """The adjoint kernel, printed for Warp, with its sums."""
    simulation = started(case, device)
    domain, wrt = simulation.domain, GradientTargets(parameters=True)
    count = len(simulation.physics.parameters)
    found, right = ((simulation.state.zeros(), sums_array(domain, count)) for _ in range(2))
    state, compiled = simulation.state.populations, simulation.passes.by_class(adjoint_kernel, wrt)
    launch(simulation, adjoint_kernel, wrt, source=state, adjoint=state, target=found[0], sums=found[1])
    compiled(source=state, adjoint=state, target=right[0], sums=right[1])
    assert np.abs(values(simulation, found[0]) - values(simulation, right[0])).max() < 1e-14
    assert np.allclose(summed(found[1]), summed(right[1]), rtol=1e-11, atol=1e-13)


def test_page_shows_the_kernel():
    """docs/kernels.md shows what is printed today."""
    text = PAGE.read_text(encoding="utf-8")
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)] == shown()


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page[: page.index(BEGIN) + len(BEGIN)] + shown() + page[page.index(END) :], encoding="utf-8")
