"""Bodies that do not fit their domain are refused before a step; bodies that meet act as their union, and are named."""

import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import Points, value_and_grad
from sparselbm.errors import SimulationError
from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import RigidVelocity
from sparselbm.models.wall import Bouzidi, Halfway
from sparselbm.observe import Force, evaluate
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.diagnoses import advice
from sparselbm.solver.stability import StabilityCheck

WALLS = [SolidFraction(), Halfway(), Bouzidi()]
walls = pytest.mark.parametrize("wall", WALLS, ids=lambda wall: type(wall).__name__)


def bar(low, high) -> TriangleMesh:
    """A bar drawn out along z, with its corners in the plane [cells]."""
    return TriangleMesh.box((*low, -9.0), (*high, 9.0))


def simulate(device, *obstacles, periodic=(True, True), fluid=None) -> Simulation:
    domain = box((32, 24), periodic=periodic, device=device)
    domain = domain if fluid is None else replace(domain, fluid=fluid(domain))
    return Simulation(domain, viscosity=0.1, force=(1e-5, 2e-6), obstacles=obstacles, precision=wp.float64)


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        yield


def test_a_domain_without_fluid(device):
    """It once gave a permeability of 0, converged."""
    with pytest.raises(SimulationError, match=r"no fluid cell among its 768 cells.*at least 1"):
        simulate(device, fluid=lambda domain: np.zeros_like(domain.fluid))


@walls
@pytest.mark.parametrize(
    ("mesh", "message"),
    [
        (bar((40, 4), (45, 9)), r"'b' from \(40, 4\) to \(45, 9\) m lies outside the domain from \(0, 0\) to \(32, 24\)"),
        (bar((-9, -9), (50, 50)), "fill all 768 fluid cells, but at least 1"),
        (bar((-9, -9), (-0.1, 30)), "lies outside"),
    ],
    ids=["outside", "covers all", "beside"],
)
def test_a_body_that_does_not_fit(device, wall, mesh, message):
    with pytest.raises(SimulationError, match=message):
        simulate(device, Obstacle("b", mesh, wall))


@pytest.mark.parametrize("wall", WALLS[1:], ids=lambda wall: type(wall).__name__)
def test_a_body_between_the_links(device, wall):
    with pytest.raises(SimulationError, match=r"'small' acts in none of the 768 fluid cells.*smaller voxels"):
        simulate(device, Obstacle("b", bar((4, 4), (8, 8)), wall), Obstacle("small", bar((10.6, 10.85), (10.7, 10.9)), wall))


@walls
def test_a_body_outside_the_fluid(device, wall):
    """Cells of the box that are not fluid do not count."""
    left = Obstacle("b", bar((20, 9), (25, 14)), wall)
    with pytest.raises(SimulationError, match="'b' acts in none of the 192 fluid cells"):
        simulate(device, left, fluid=lambda domain: domain.cell_indices()[..., 0] < 8)


@pytest.mark.parametrize("first", WALLS, ids=lambda wall: type(wall).__name__)
def test_bodies_that_overlap_are_their_union(device, first):
    """Every force counts once, for one of both; the flow is that of the union."""
    with pytest.warns(UserWarning, match=r"obstacles meet: 'a' and 'b' \(in \d+ cells\)"):
        both = simulate(
            device, Obstacle("a", bar((8, 9), (18, 15)), first), Obstacle("b", bar((13, 9), (22, 15)), first)
        )
    one = simulate(device, Obstacle("one", bar((8, 9), (22, 15)), first))
    for simulation in (both, one):
        simulation.run(60)
    np.testing.assert_allclose(both.velocity(), one.velocity(), atol=1e-14)
    parts = [evaluate(Force(name, (1.0, 0.5)), both) for name in ("a", "b")]
    assert sum(parts) == pytest.approx(evaluate(Force("one", (1.0, 0.5)), one), rel=1e-10)
    assert min(map(abs, parts)) > 0.0


def test_an_overlap_counts_once_in_the_gradient(device):
    """The far ends of the bodies have the gradients of those ends of the union."""
    low, high = 8.35, 22.33  # No cell is as near to a side as to an end.
    solids = {"a": bar((low, 9), (18, 15.2)), "b": bar((13, 9), (high, 15.2)), "one": bar((low, 9), (high, 15.2))}

    def of_ends(name, *names):
        simulation = simulate(device, *(Obstacle(n, solids[n]) for n in names))
        _, gradients = value_and_grad(Force(name, (1.0, 0.3)), simulation, steps=8, wrt=tuple(map(Points, names)))
        x = [solids[n].points[:, 0] for n in names]
        return np.array([sum(g[at == end].sum(axis=0) for g, at in zip(gradients, x, strict=True)) for end in (low, high)])

    with pytest.warns(UserWarning, match="meet"):
        both = of_ends("a", "a", "b") + of_ends("b", "a", "b")
    one = of_ends("one", "one")
    assert np.abs(one).max() > 1e-6
    np.testing.assert_allclose(both[:, 0], one[:, 0], rtol=1e-8)


@pytest.mark.parametrize(("gap", "meets"), [(0.0, True), (1.2, False)])
def test_parts_that_touch_are_named_and_bodies_apart_are_not(device, gap, meets):
    obstacles = [Obstacle("a", bar((6, 9), (12, 15))), Obstacle("b", bar((12 + gap, 9), (20, 15)))]
    if meets:
        with pytest.warns(UserWarning, match="half-solid seam"):
            simulation = simulate(device, *obstacles)
    else:
        simulation = simulate(device, *obstacles)
    assert bool(simulation.solids.meetings) == meets


@pytest.mark.parametrize("motion", [None, RigidVelocity.at_rest(2)], ids=["at rest", "moving"])
def test_bodies_that_come_to_meet_are_named_once(device, motion):
    parts = {"a": bar((5, 9), (10, 15)), "b": bar((16, 9), (22, 15)), "far": bar((5, 18), (9, 22))}
    simulation = simulate(device, *(Obstacle(name, mesh, motion=motion) for name, mesh in parts.items()))
    assert simulation.solids.meetings == ()
    geometry = simulation.solids.geometry[0]
    geometry.move(geometry.points.numpy() + np.array([8.0, 0.0, 0.0]))
    with pytest.warns(UserWarning, match="'a' and 'b'"):
        simulation.update_geometry({"a"})
    simulation.update_geometry()
    simulation.update_geometry({"far"})
    assert [(m.first, m.second) for m in simulation.solids.meetings] == [("a", "b")]
    check = StabilityCheck(simulation.macroscopic, simulation.solids, simulation.parameters)
    assert "obstacles meet: 'a' and 'b'" in advice(check.figures())
    assert {name: bounds[0, 0] for name, bounds in check.figures().bounds.items()} == {"a": 13.0, "b": 16.0, "far": 5.0}
    geometry.move(geometry.points.numpy() - np.array([8.0, 0.0, 0.0]))
    simulation.update_geometry({"a"})
    assert simulation.solids.meetings == ()


def test_a_design_that_leaves_the_fluid_is_refused(device):
    simulation = simulate(device, Obstacle("b", bar((8, 8), (14, 14))))
    simulation.solids.geometry[0].move(simulation.solids.geometry[0].points.numpy() + np.array([60.0, 0.0, 0.0]))
    with pytest.raises(SimulationError, match="'b' acts in none"):
        simulation.update_geometry()


def test_walls_of_both_kinds_that_overlap(device):
    with pytest.warns(UserWarning, match="'a' and 'b'"):
        simulation = simulate(
            device, Obstacle("a", bar((8, 9), (16, 15))), Obstacle("b", bar((13, 9), (22, 15)), Bouzidi())
        )
    simulation.run(40)
    total = simulation.force_field().sum(axis=(0, 1))
    for k, axis in enumerate(((1.0, 0.0), (0.0, 1.0))):
        parts = sum(evaluate(Force(name, axis), simulation) for name in ("a", "b"))
        assert parts == pytest.approx(total[k], rel=1e-9, abs=1e-14)


def test_the_command_line_prints_warnings_without_a_place_in_the_source():
    text = (
        "import warnings, sys; from sparselbm.cli import main; sys.argv = ['sparselbm', '--help']; main._code(); "
        "warnings.warn('obstacles meet')"
    )
    found = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert found.stderr.splitlines()[-1] == "Warning: obstacles meet"
