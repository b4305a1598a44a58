"""The time loop: what it refuses, parameters that change, fields, blown-up flows."""

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import SimulationError
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Z_MAX, FreeSlip, MovingWall, PressureOutlet, VelocityInlet
from sparselbm.observe import FlowRate, Force, evaluate
from sparselbm.solver import Simulation


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"viscosity": 0.0}, "viscosity 0.0 .*must be above 0"),
        ({"viscosity": -0.1}, "viscosity -0.1 .*must be above 0"),
        ({"viscosity": float("nan")}, "viscosity nan .*must be above 0"),
        ({"lattice": D3Q19}, "D3Q19 on a domain of 2 dimensions: use"),
        ({"precision": wp.float16}, "float16.*must be wp.float32 or wp.float64"),
        ({"force": (1e-5,)}, r"force \(1e-05,\): pass one finite value per axis, 2"),
        ({"force": (float("nan"), 0.0)}, "force.*nan.*finite"),
        ({"boundaries": [FreeSlip(Z_MAX)]}, "boundary condition on z_max: the domain has only 2 dimensions"),
        ({"boundaries": [FreeSlip(Y_MAX)]}, "boundary condition on y_max: the domain is periodic along that axis"),
        (
            {"boundaries": [FreeSlip(X_MIN), VelocityInlet(X_MIN, (0.1, 0.0))]},
            "2 boundary conditions on x_min: use one",
        ),
        (
            {"boundaries": [VelocityInlet(X_MIN, (0.1, 0.0, 0.0))]},
            r"velocity \(0.1, 0.0, 0.0\) on x_min: give one value per axis, 2",
        ),
        (
            {"boundaries": [MovingWall(X_MIN, (0.0,))]},
            r"velocity \(0.0,\) on x_min: give one value per axis, 2",
        ),
    ],
)
def test_what_is_refused(options, message, device):
    with pytest.raises(ValueError, match=message):
        Simulation(box((8, 8), periodic=(False, True), device=device), **{"viscosity": 0.1, **options})


def test_a_wall_that_moves_through_itself_is_refused():
    with pytest.raises(ValueError, match=r"x_max.*normal velocity is 0.1, but must be 0; use VelocityInlet"):
        MovingWall(X_MAX, (0.1, 0.0))


@pytest.mark.parametrize("relaxation", [0.0, -1.0, 1.5, float("nan")])
def test_a_relaxation_that_is_refused(relaxation):
    with pytest.raises(ValueError, match=rf"relaxation={relaxation}\): must be in \(0, 1\]"):
        PressureOutlet(X_MAX, relaxation=relaxation)


def test_names_that_do_not_exist(device):
    simulation = Simulation(box((8, 8), device=device), viscosity=0.1, boundaries=[PressureOutlet(X_MAX)])
    with pytest.raises(SimulationError, match=r"no parameter 'viscosty'; there are: viscosity, x_max.density"):
        simulation.set_parameter("viscosty", 0.2)
    with pytest.raises(ValueError, match="no obstacle 'wing'; there are: none"):
        evaluate(Force("wing", (1.0, 0.0)), simulation)
    with pytest.raises(ValueError, match="layer 9 along x: the domain has the layers 0 to 7"):
        evaluate(FlowRate(0, 9), simulation)


def test_a_changed_parameter_gives_the_flow_that_was_made_with_it(device):
    conditions = [VelocityInlet(X_MIN, (0.02, 0.01)), PressureOutlet(X_MAX, density=1.01)]
    domain = box((16, 12), device=device)
    made = Simulation(domain, viscosity=0.2, boundaries=conditions, force=(1e-5, 0.0), precision=wp.float64)
    changed = Simulation(
        domain,
        viscosity=0.1,
        boundaries=[VelocityInlet(X_MIN, (0.0, 0.0)), PressureOutlet(X_MAX)],
        force=(0.0, 0.0),
        precision=wp.float64,
    )
    for name in made.physics.parameters:
        changed.set_parameter(name, made.parameter(name))
    for simulation in (made, changed):
        simulation.run(20)
    assert np.array_equal(made.velocity(), changed.velocity())
    assert made.physics.parameters == (
        "viscosity", "force_x", "force_y", "x_min.velocity_x", "x_min.velocity_y", "x_max.density",
    )


@pytest.mark.parametrize("precision", [wp.float32, wp.float64], ids=["fp32", "fp64"])
def test_a_uniform_state_reads_back(precision, device):
    """Density as it was set; outside the fluid density is 1 and velocity 0."""
    domain = box((11, 9), device=device)
    moved = Simulation(domain, viscosity=0.1, boundaries=[MovingWall(Y_MAX, (0.0, 0.0))], precision=precision)
    moved.set_state(1.03)
    assert moved.density()[domain.fluid] == pytest.approx(1.03, rel=1e-6)
    assert np.all(moved.density()[~domain.fluid] == 1.0)
    assert np.all(moved.velocity()[~domain.fluid] == 0.0)
    assert moved.density().dtype == wp.dtype_to_numpy(precision)


def test_a_flow_that_blows_up_is_named(device):
    simulation = Simulation(box((16, 16), periodic=(True, True), device=device), viscosity=1e-5, precision=wp.float64)
    x, y = np.moveaxis(simulation.domain.cell_indices(), -1, 0)
    simulation.set_state(1.0, 0.9 * np.stack([np.sin(y), np.sin(x)], axis=-1))
    with pytest.raises(
        SimulationError, match=r"blown up by step 100, first seen at cell \(\d+, \d+\): .*relaxation time 0.50003 is within"
    ):
        simulation.run(500)


def test_runs_join(device):
    """7 steps and then 6 are 13, and the step count says so."""
    domain = box((16, 12), device=device)
    options = {
        "viscosity": 0.1,
        "boundaries": [MovingWall(Y_MAX, (0.1, 0.0))],
        "lattice": D2Q9,
        "precision": wp.float64,
    }
    whole, parts = Simulation(domain, **options), Simulation(domain, **options)
    whole.run(13)
    parts.run(7)
    parts.run(6)
    assert (whole.steps, parts.steps) == (13, 13)
    assert np.array_equal(whole.velocity(), parts.velocity())
