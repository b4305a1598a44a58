"""Traps of Warp that have silently given wrong gradients: the gradients of the package are right where each of them lies."""

import ast
from pathlib import Path

import numpy as np
import pytest
import warp as wp
from channel_cases import Run, central, channel, channel_run, objectives, spread

import sparselbm
from sparselbm.adjoint import InitialPopulations, Parameter, Points, SolidFractions, value_and_grad
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.kernels.tile_kernel import _launchable
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.boundary import Y_MAX, MovingWall
from sparselbm.models.collision import TRT
from sparselbm.observe import Integral
from sparselbm.solver import Obstacle, Simulation

SOURCES = sorted(Path(sparselbm.__file__).parent.rglob("*.py"))


def is_warp(function: ast.AST) -> bool:
    """Whether a function is a kernel or a function of Warp."""
    marks = getattr(function, "decorator_list", [])
    return any(ast.unparse(mark).startswith(("wp.kernel", "wp.func")) for mark in marks)


def warp_functions(path: Path) -> list[ast.FunctionDef]:
    return [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef) and is_warp(node)
    ]


KERNEL_FILES = [path for path in SOURCES if warp_functions(path)]


def test_kernels_are_found():
    """Kernels at the top of a file and in factories, among them the one through which Warp itself differentiates."""
    found = {function.name for path in KERNEL_FILES for function in warp_functions(path)}
    assert {"share_cells", "feature", "gather", "copy_rows", "change_of_velocity", "pack_states"} <= found


@pytest.mark.parametrize("path", KERNEL_FILES, ids=lambda path: path.stem)
def test_no_kernel_file_postpones_annotations(path):
    assert "from __future__ import annotations" not in path.read_text()


@pytest.mark.parametrize("path", KERNEL_FILES, ids=lambda path: path.stem)
def test_no_kernel_makes_zeros_or_differentiates_a_mesh_query(path):
    """`wp.zeros` in a kernel has gradient 0; mesh queries give none to the vertices."""
    for function in warp_functions(path):
        text, marks = ast.unparse(function), ast.unparse(function.decorator_list[0])
        assert "wp.zeros(" not in text, function.name
        assert "wp.mesh_" not in text or "enable_backward=False" in marks, function.name


def along_populations(run: Run, direction: np.ndarray) -> float:
    """Derivative of the run's first objective along a direction of the initial populations, by central differences."""
    start, flat = run.start, spread(run, direction)

    def value(t):
        run.start = start + t * flat
        return run.values()[0]

    try:
        return float(central(value, 1e-4))
    finally:
        run.start = start


@pytest.mark.validate
def test_more_velocities_than_warp_unrolls(device):
    """Warp unrolls loops of at most 16 passes; beyond, gradients of what is assigned in a loop are lost. D3Q27 has 27."""
    assert wp.config.max_unroll == 16 < D3Q27.size
    run = channel_run(device, D3Q27)
    _, (by_viscosity, by_populations) = run.value_and_grad("Force", Parameter("viscosity"), InitialPopulations())

    def value(t):
        run.simulation.set_parameter("viscosity", 0.05 + t)
        return run.values()[0]

    assert by_viscosity == pytest.approx(central(value, 1e-4), rel=1e-6)
    run.simulation.set_parameter("viscosity", 0.05)
    rng = np.random.default_rng(1)
    for velocities in (slice(0, 16), slice(16, 27)):  # Those that are unrolled, and the others.
        direction = np.zeros_like(by_populations)
        direction[:, velocities] = rng.standard_normal(direction[:, velocities].shape)
        direction *= run.simulation.domain.fluid[:, None]
        slope = float(np.sum(by_populations * direction))
        assert abs(slope) > 1e-4
        assert along_populations(run, direction) == pytest.approx(slope, rel=1e-6)


def sum_of_squares(rho, u):
    return rho**2 + 3.0 * (u[0] ** 2 + u[1] ** 2)


def test_populations_at_walls(device):
    """Every population of a corner and of an edge under a moving wall: nothing is assigned twice, no sign flips."""
    simulation = Simulation(
        box((16, 8), device=device), viscosity=0.05, boundaries=(MovingWall(Y_MAX, (0.05, 0.0)),), precision=wp.float64
    )
    run = Run(simulation, {"sum": Integral(sum_of_squares)}, steps=6)
    _, (gradient,) = run.value_and_grad("sum", InitialPopulations())
    start, indices = run.start.copy(), simulation.domain.cell_indices()
    for place in ((0, 0), (0, 7), (15, 7), (5, 7), (5, 0)):
        tile, cell = np.argwhere(np.all(indices == place, axis=-1))[0]
        for q in range(9):

            def value(t, at=(tile, q, cell)):
                values = start.copy()
                n = simulation.domain.tile_count * 9 * 64
                values[:n].reshape(-1, 9, 64)[at] += t
                run.start = values
                return run.values()[0]

            expected = central(value, 1e-4)
            assert abs(expected) > 1e-2, (place, q)
            assert gradient[tile, q, cell] == pytest.approx(expected, rel=1e-6), (place, q)


def test_vertices_get_their_gradient(device):
    """Warp's mesh queries have gradient 0 in the vertices: here one vertex, and all together, have that of differences."""
    run = channel_run(device, D3Q19)
    _, (gradient,) = run.value_and_grad("Force", Points("body"))
    points, rng = run.simulation.solids.geometry[0].points.numpy().copy(), np.random.default_rng(2)
    everywhere = rng.standard_normal(points.shape)
    single = np.zeros_like(points)
    single[17] = rng.standard_normal(3)
    for direction in (everywhere, single):

        def value(t, direction=direction):
            run.move_points(points + t * direction)
            return run.values()[0]

        expected = central(value, 1e-5)
        assert abs(expected) > 1e-5
        assert float(np.sum(gradient * direction)) == pytest.approx(expected, rel=1e-5)
    run.move_points(points)


def test_the_same_simulation_makes_no_new_kernel(device):
    def build():
        run = Run(channel(device, D2Q9, TRT()), objectives(2))
        for name in run.objectives:
            run.value_and_grad(name, Parameter("viscosity"), Points("body"), InitialPopulations())

    build()
    before = _launchable.cache_info().misses
    build()
    assert _launchable.cache_info().misses == before


def test_nothing_outside_the_domain_spoils_a_gradient(device):
    """Regression: an objective that divides by a number that is 0 outside had NaN there, which spread to the parameters."""
    run = Run(channel(device, D2Q9, TRT()), {"ratio": Integral(ratio)})
    assert not run.simulation.domain.fluid.all()
    value, (by_force, by_populations) = run.value_and_grad("ratio", Parameter("force_x"), InitialPopulations())
    assert value == pytest.approx(run.values()[0], rel=1e-12)
    direction = np.random.default_rng(3).standard_normal(by_populations.shape) * run.simulation.domain.fluid[:, None]
    assert float(np.sum(by_populations * direction)) == pytest.approx(along_populations(run, direction), rel=1e-5)
    assert not by_populations[~np.broadcast_to(run.simulation.domain.fluid[:, None], by_populations.shape)].any()
    assert by_force == pytest.approx(central(lambda t: force_value(run, t), 1e-5), rel=1e-6)


def ratio(rho, u):
    """Not finite where nothing flows."""
    return (rho - 1.0) / ((rho - 1.0) ** 2 + u[0] ** 2 + u[1] ** 2)


def force_value(run: Run, t: float) -> float:
    run.simulation.set_parameter("force_x", 1e-4 + t)
    return run.values()[0]


def test_solid_fractions_far_from_any_solid(device):
    """Regression: in tiles without solid, d J / d eps was given as 0. In a uniform flow all cells are alike."""
    mesh = TriangleMesh.cylinder(1.2, (3.0, 3.0, -6.0), (3.0, 3.0, 7.0), 24)
    simulation = Simulation(
        box((40, 40), periodic=(True, True), device=device),
        viscosity=0.05,
        obstacles=(Obstacle("body", mesh),),
        precision=wp.float64,
    )
    simulation.set_state(1.0, (0.05, 0.02))
    _, (gradient,) = value_and_grad(Integral(sum_of_squares), simulation, steps=1, wrt=(SolidFractions(),))
    near = np.zeros(simulation.domain.tile_count, dtype=bool)
    near[simulation.solids.tiles] = True
    far = gradient[~near & (simulation.domain.tiles[:, 0] == 2) & (simulation.domain.tiles[:, 1] == 2)]
    expected = gradient[near].reshape(-1)[-1]  # The far corner of the body's tile: no solid within reach of a step.
    assert expected != 0.0
    assert far == pytest.approx(expected, rel=1e-12)
