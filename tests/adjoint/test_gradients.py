"""Every operator and input: the adjoint against central differences, fp64."""

import functools

import numpy as np
import pytest
from channel_cases import central, channel_run, spread

from sparselbm.adjoint import InitialPopulations, Parameter, Points, SolidFractions
from sparselbm.collision import BGK, TRT
from sparselbm.lattice import D2Q9, D3Q19, D3Q27

INPUTS = (
    "viscosity", "force_x", "force_y", "force_z", "x_min.velocity_x", "x_min.velocity_y", "x_min.velocity_z",
    "y_min.velocity_x", "y_min.velocity_y", "y_min.velocity_z", "x_max.density",
    "populations", "solid fractions", "points",
)  # fmt: skip


def cases():
    """lattice x collision x input; the third axis only where there is one."""
    found = []
    for lattice in (D2Q9, D3Q19, D3Q27):
        for collision in (BGK(), TRT()):
            for name in INPUTS:
                if lattice.dimension == 3 or not name.endswith("_z"):
                    found.append(
                        pytest.param(lattice, collision, name, id=f"{lattice}-{type(collision).__name__}-{name}")
                    )
    return found


@functools.cache
def directions(device, lattice, collision) -> dict[str, np.ndarray]:
    """Random directions of the fields; points move outward too, so that their terms do not cancel."""
    run = channel_run(device, lattice, collision)
    rng, domain = np.random.default_rng(3), run.simulation.domain
    points = run.simulation.geometry[0].points.numpy()
    outward = points - points.mean(axis=0)
    return {
        "populations": rng.standard_normal((domain.tile_count, run.simulation.physics.size, domain.cells_per_tile)),
        "solid fractions": rng.standard_normal((domain.tile_count, 1, domain.cells_per_tile)),
        "points": rng.uniform(-0.5, 0.5, points.shape) + outward / np.linalg.norm(outward, axis=1).max(),
    }


@functools.cache
def adjoints(device, lattice, collision) -> dict[str, dict[str, float]]:
    """Directional derivatives, by objective and input."""
    run, along = channel_run(device, lattice, collision), directions(device, lattice, collision)
    names = run.simulation.physics.parameters
    wrt = [InitialPopulations(), SolidFractions(), Points("body"), *map(Parameter, names)]
    plain = run.values()
    result = {}
    for objective, expected in zip(run.objectives, plain, strict=True):
        value, (f, eps, points, *numbers) = run.value_and_grad(objective, *wrt)
        assert value == pytest.approx(expected, rel=1e-14)
        fluid = run.simulation.domain.fluid
        result[objective] = {
            "populations": np.sum(f * along["populations"] * fluid[:, None]),
            "solid fractions": np.sum(eps * along["solid fractions"][:, 0] * fluid),
            "points": np.sum(points * along["points"]),
            **dict(zip(names, map(float, numbers), strict=True)),
        }
    return result


@functools.cache
def differences(device, lattice, collision, name) -> np.ndarray:
    """The same derivative of every objective, by central differences of order 4."""
    run, along = channel_run(device, lattice, collision), directions(device, lattice, collision)
    simulation = run.simulation
    if name == "populations":
        start, direction = run.start, spread(run, along[name])

        def function(t):
            run.start = start + t * direction
            values = run.values()
            run.start = start
            return values

        return central(function, 1e-4)
    if name == "solid fractions":
        fractions, direction = simulation.solid.numpy().copy(), spread(run, along[name])
        near = simulation.solid_tiles

        def function(t):
            simulation.solid.assign(fractions + t * direction)
            simulation.solid_tiles = np.arange(simulation.domain.tile_count)  # Every tile now holds some solid.
            values = run.values()
            simulation.solid.assign(fractions)
            simulation.solid_tiles = near
            return values

        return central(function, 1e-4)
    if name == "points":
        points = simulation.geometry[0].points.numpy().copy()

        def function(t):
            run.move_points(points + t * along[name])
            values = run.values()
            run.move_points(points)
            return values

        return central(function, 1e-6)
    present = simulation.parameter(name)

    def function(t):
        simulation.set_parameter(name, present + t)
        values = run.values()
        simulation.set_parameter(name, present)
        return values

    return central(function, 1e-4)


@pytest.mark.parametrize(("lattice", "collision", "name"), cases())
def test_the_adjoint_is_the_derivative(device, lattice, collision, name):
    """Within 1e-6 of central differences for each of Force, Torque, FlowRate, PressureDrop and Integral."""
    for (objective, by_input), expected in zip(
        adjoints(device, lattice, collision).items(), differences(device, lattice, collision, name), strict=True
    ):
        assert abs(expected) > 1e-7, f"{objective} does not depend on {name}: the test would pass for any zero"
        assert by_input[name] == pytest.approx(expected, rel=1e-6), objective


def test_every_parameter_of_the_channel_is_tested(device):
    names = channel_run(device, D3Q19).simulation.physics.parameters
    assert set(names) <= set(INPUTS)
