"""What cannot be given is refused before the run, with the value, the limit and the remedy."""

import pytest
from channel_cases import channel, channel_run

import sparselbm.adjoint.method as method_module
from sparselbm.adjoint import (
    Checkpointed,
    InitialPopulations,
    LinkFractions,
    Parameter,
    Points,
    SolidFractions,
    Steady,
    Stored,
    Window,
    value_and_grad,
)
from sparselbm.errors import AdjointError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9
from sparselbm.models.collision import TRT
from sparselbm.models.wall import Halfway
from sparselbm.observe import FlowRate, Force
from sparselbm.solver import Obstacle, Simulation

DRAG = Force("body", (1.0, 0.0))


def refused(device, *, objective=DRAG, steps=10, wrt=(), says: tuple[str, ...], error=AdjointError, **options):
    """The error holds these words, and no step was done."""
    simulation = channel_run(device, D2Q9).simulation
    before = simulation.steps
    with pytest.raises(error) as caught:
        value_and_grad(objective, simulation, steps=steps, wrt=wrt, **options)
    assert all(word in str(caught.value) for word in says), str(caught.value)
    assert simulation.steps == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"window": Window(11)}, ("window of 11", "10 steps", "1 to 10")),
        ({"window": Window(0)}, ("window of 0", "1 to 10")),
        ({"steps": 0}, ("steps is 0", "at least 1")),
        ({"steps": -1, "method": Steady()}, ("steps is -1", "at least 0")),
        ({"wrt": (Parameter("viscous"),)}, ("viscous", "the parameters are", "viscosity", "x_min.velocity_x")),
        ({"wrt": (Points("wing"),)}, ("wing", "the obstacles are", "body")),
        ({"wrt": (InitialPopulations(),), "method": Steady()}, ("Steady", "Stored or Checkpointed")),
        ({"method": Checkpointed(10)}, ("memory=10", "one state has", "at least that")),
    ],
)
def test_refused_before_the_run(device, options, says):
    refused(device, says=says, **options)


def test_unknown_names_in_objectives(device):
    refused(device, objective=Force("wing", (1.0, 0.0)), says=("wing", "there are", "body"), error=ValueError)
    refused(device, objective=FlowRate(0, 20), says=("layer 20", "0 to 19"), error=ValueError)


@pytest.mark.parametrize("wrt", [Points("body"), SolidFractions()], ids=["points", "fractions"])
def test_no_obstacle(device, wrt):
    simulation = Simulation(box((16, 8), device=device), viscosity=0.1)
    with pytest.raises(AdjointError, match="obstacle"):
        value_and_grad(FlowRate(0, 3), simulation, steps=2, wrt=(wrt,))
    with pytest.raises(ValueError, match="there are: none"):
        value_and_grad(DRAG, simulation, steps=2, wrt=())


def test_walls_that_do_not_follow_their_points(device):
    """Halfway walls have a gradient of exactly 0; without walls on links there are no fractions."""
    mesh = TriangleMesh.cylinder(3.2, (9.3, 6.6, -6.0), (9.3, 6.6, 7.0), 24)
    simulation = Simulation(box((20, 13), device=device), viscosity=0.1, obstacles=[Obstacle("body", mesh, wall=Halfway())])
    with pytest.raises(AdjointError, match=r"'body' is halfway .* use wall=SolidFraction\(\), or Bouzidi"):
        value_and_grad(DRAG, simulation, steps=2, wrt=(Points("body"),))
    with pytest.raises(AdjointError, match=r"LinkFractions .* wall=Bouzidi"):
        value_and_grad(DRAG, simulation, steps=2, wrt=(LinkFractions(),))


def test_a_number_that_is_folded_into_the_kernel(device):
    refused(device, wrt=(Parameter("collision.magic"),), says=("collision.magic", "the parameters are", "RuntimeParameter"))


@pytest.mark.parametrize("method", [Stored(), Checkpointed("1 GiB")], ids=["stored", "checkpointed"])
def test_more_memory_than_the_device_has(device, monkeypatch, method):
    monkeypatch.setattr(method_module, "free_bytes", lambda device: 2**20)
    refused(device, steps=1000, method=method, says=("states", "GiB", "are free", "Steady"))


@pytest.mark.parametrize("memory", ["lots", "-1", "1.2.3 GiB", "2 gigs", ""])
def test_memory_that_is_no_size(memory):
    with pytest.raises(AdjointError, match="512 MiB"):
        Checkpointed(memory)


@pytest.mark.parametrize(
    ("memory", "size"), [("1 MiB", 2**20), ("1.5MiB", 1572864), (10**6, 10**6), ("2 GB", 2 * 10**9)]
)
def test_memory_in_units(device, memory, size):
    simulation = channel_run(device, D2Q9).simulation
    assert Checkpointed(memory).states(simulation) == size // simulation.state.nbytes


def test_a_flow_that_is_not_steady(device):
    """One that starts, and one whose change in a step is small only because it is slow."""
    simulation = channel(device, D2Q9, TRT())
    with pytest.raises(AdjointError, match=r"from steady state, limit 1.0e-03: run more steps"):
        value_and_grad(DRAG, simulation, steps=20, wrt=(), method=Steady())
    slow = Simulation(box((16, 64), periodic=(True, False), device=device), viscosity=1e-3, force=(1e-7, 0.0))
    slow.run(3000)  # A step changes it by 1/3000; it settles in 400,000.
    with pytest.raises(AdjointError, match="run more steps"):
        value_and_grad(FlowRate(0, 3), slow, steps=0, wrt=(), method=Steady())


def test_an_adjoint_that_runs_out_of_iterations(device):
    simulation = channel(device, D2Q9, TRT())
    simulation.run(3000)
    with pytest.raises(AdjointError, match=r"after 200 iterations, tolerance 1.0e-09: .* allow more iterations"):
        value_and_grad(
            DRAG,
            simulation,
            steps=0,
            wrt=(Points("body"),),
            method=Steady(tolerance=1e-9, iterations=200, flow_tolerance=1.0),
        )


def test_a_flow_that_blows_up(device):
    """Neither NaN nor infinity is given as a gradient."""
    simulation = channel(device, D2Q9, TRT())
    simulation.set_state(1.0, (1.5, 1.5))
    with pytest.raises(AdjointError, match="not finite: the flow has blown up"):
        value_and_grad(DRAG, simulation, steps=300, wrt=(Points("body"),))
