"""Probes, layers, forces: against fields that are known, and against the domain's own sampling."""

import numpy as np
import pytest
import warp as wp

from sparselbm.geometry import TriangleMesh
from sparselbm.grid import sample
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.observe import FlowRate, Force, Torque, evaluate
from sparselbm.observe.monitor import (
    DragLift,
    EverySteps,
    ForceOn,
    LayerMean,
    MomentCoefficient,
    PressureLoss,
    Probes,
    Recorder,
    TorqueOn,
)
from sparselbm.observe.monitor.probes import stencil
from sparselbm.solver import Obstacle, Simulation

NOW = EverySteps(1)


def recorded(simulation, monitor):
    """The columns at the present state."""
    recorder = Recorder(simulation, {"it": monitor})
    recorder.sample()
    series = recorder.records["it"].series
    return dict(zip(series.columns, series.values[-1], strict=True))


def some_flow(dimension, device, precision=wp.float64):
    """Noise on a box with walls, whose lower corner and voxels are not those of the lattice."""
    shape = (20, 13, 11)[:dimension]
    domain = box(shape, voxel_size=0.25, origin=(1.0, -2.0, 0.5), periodic=[False] * dimension, device=device)
    simulation = Simulation(domain, viscosity=0.1, precision=precision)
    rng = np.random.default_rng(5)
    u = 0.02 * rng.standard_normal((*domain.fluid.shape, dimension)) * domain.fluid[..., None]
    simulation.set_state(1.0 + 0.01 * rng.standard_normal(domain.fluid.shape), u)
    simulation.run(2)
    return simulation


@pytest.mark.parametrize("dimension", [2, 3])
def test_probes_are_the_domains_trilinear_samples(dimension, device):
    simulation = some_flow(dimension, device)
    domain = simulation.domain
    rng = np.random.default_rng(6)
    inside = rng.uniform(0.5, np.asarray(domain.shape) - 0.5, (40, dimension))
    points = np.asarray(domain.origin[:dimension]) + domain.voxel_size * inside
    found = recorded(simulation, Probes(tuple(map(tuple, points.tolist())), NOW))
    u = sample(domain, simulation.velocity(), points)
    p = sample(domain, (simulation.density() - 1.0) / 3.0, points)
    assert [found[f"pressure_{k}"] for k in range(40)] == pytest.approx(p, abs=1e-7)
    for axis, name in enumerate("xyz"[:dimension]):
        assert [found[f"velocity_{name}_{k}"] for k in range(40)] == pytest.approx(u[:, axis], abs=1e-7)


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_linear_field_is_exact(dimension, device):
    """sum of weights = 1 and sum of weights x place = point, over the seams of tiles and through a periodic side."""
    shape = (24, 16, 16)[:dimension]
    domain = box(shape, voxel_size=0.5, periodic=[True] + [False] * (dimension - 1), device=device)
    rng = np.random.default_rng(7)
    points = 0.5 * rng.uniform(0.5, np.asarray(shape) - 0.5, (200, dimension))
    cells, weights = stencil(domain, domain.fluid, points)
    centres = domain.cell_centres().reshape(-1, dimension)[cells]
    assert weights.sum(axis=1) == pytest.approx(1.0, abs=1e-14)
    assert np.einsum("kc,kcd->kd", weights, centres) == pytest.approx(points, abs=1e-12)
    around = np.full((1, dimension), 4.0)
    around[0, 0] = 12.0  # On the periodic side: half from the first layer, half from the last.
    cells, weights = stencil(domain, domain.fluid, around)
    layers = domain.cell_indices().reshape(-1, dimension)[cells[0], 0]
    assert set(layers.tolist()) == {0, 23}
    assert weights[0, layers == 0].sum() == pytest.approx(0.5, abs=1e-12)


def test_a_probe_at_a_wall_takes_the_fluid_beside_it(device):
    """Half a cell before the wall's plane only one layer of cells is left: its value, and nothing from outside."""
    simulation = some_flow(2, device)
    domain = simulation.domain
    at_wall = (domain.origin[0] + 0.25 * 7.5, domain.origin[1])
    index = domain.cell_indices()
    cell = (index[..., 0] == 7) & (index[..., 1] == 0)
    found = recorded(simulation, Probes((at_wall,), NOW))
    assert found["velocity_x_0"] == pytest.approx(float(simulation.velocity()[cell][0, 0]), rel=1e-12)


@pytest.mark.parametrize("dimension", [2, pytest.param(3, marks=pytest.mark.validate)])
def test_means_over_layers(dimension, device):
    simulation = some_flow(dimension, device)
    domain = simulation.domain
    u, p = simulation.velocity(), (simulation.density() - 1.0) / 3.0
    means = {}
    for layer in (3, 12):
        here = domain.fluid & (domain.cell_indices()[..., 0] == layer)
        found = recorded(simulation, LayerMean(0, layer, NOW))
        means[layer] = p[here].mean()
        assert found["pressure"] == pytest.approx(p[here].mean(), rel=1e-10)
        for axis, name in enumerate("xyz"[:dimension]):
            assert found[f"velocity_{name}"] == pytest.approx(u[here][:, axis].mean(), rel=1e-10)
        assert found["flow_rate"] == pytest.approx(evaluate(FlowRate(0, layer), simulation), rel=1e-12)
    loss = recorded(simulation, PressureLoss(0, 3, 12, NOW))["pressure_loss"]
    assert loss == pytest.approx(means[3] - means[12], rel=1e-9)


def with_body(dimension, device):
    shape = (40, 24, 24)[:dimension]
    mesh = TriangleMesh.sphere(4.2, (14.3, 11.1, 12.4), 2)
    if dimension == 2:
        mesh = TriangleMesh.cylinder(4.2, (14.3, 11.1, -9.0), (14.3, 11.1, 10.0), 48)
    faces = [VelocityInlet(X_MIN, (0.05, 0.01, 0.02)[:dimension]), PressureOutlet(X_MAX)]
    periodic = [False] + [True] * (dimension - 1)
    simulation = Simulation(
        box(shape, periodic=periodic, device=device), viscosity=0.05, boundaries=faces,
        obstacles=[Obstacle("body", mesh)], precision=wp.float64,
    )
    simulation.set_state(1.0, (0.05, 0.01, 0.02)[:dimension])
    simulation.run(60)
    return simulation


@pytest.mark.parametrize("dimension", [2, pytest.param(3, marks=pytest.mark.validate)])
def test_forces_torques_and_coefficients(dimension, device):
    """The field of forces, summed by NumPy, and its moments; coefficients by their definition."""
    simulation = with_body(dimension, device)
    field = simulation.force_field().reshape(-1, dimension)
    total = field.sum(axis=0)
    found = recorded(simulation, ForceOn("body", NOW))
    assert list(found.values()) == pytest.approx(total.tolist(), rel=1e-10)
    centre = (13.0, 10.0, 11.0)[:dimension]
    arm = (simulation.domain.cell_indices() + 0.5 - np.asarray(centre)).reshape(-1, dimension)
    pad = [(0, 0), (0, 3 - dimension)]
    moment = np.cross(np.pad(arm, pad), np.pad(field, pad)).sum(axis=0)
    torque = recorded(simulation, TorqueOn("body", centre, NOW))
    assert list(torque.values()) == pytest.approx(moment[-len(torque) :].tolist(), rel=1e-9)
    speed, area = 0.055, 9.0
    drag, lift = (0.8, 0.6, 0.0)[:dimension], (-0.6, 0.8, 0.0)[:dimension]
    coefficients = recorded(simulation, DragLift("body", NOW, speed, area, drag, lift))
    scale = 0.5 * speed**2 * area
    assert coefficients["drag_coefficient"] == pytest.approx(total @ drag / scale, rel=1e-10)
    assert coefficients["lift_coefficient"] == pytest.approx(total @ lift / scale, rel=1e-10)
    turning = recorded(simulation, MomentCoefficient("body", NOW, centre, speed, area, 7.0))
    assert turning["moment_coefficient"] == pytest.approx(moment[2] / (scale * 7.0), rel=1e-9)
    assert evaluate(Force("body", drag), simulation) > 0.0
    assert evaluate(Torque("body", centre), simulation) == pytest.approx(moment[2], rel=1e-9)
    solid = tile_view(simulation.domain, simulation.solids.fractions, 1)[:, 0]
    here = simulation.domain.fluid & (simulation.domain.cell_indices()[..., 0] == 14)
    mean = ((1.0 - solid) * simulation.velocity()[..., 0])[here].sum() / (1.0 - solid)[here].sum()
    assert recorded(simulation, LayerMean(0, 14, NOW))["velocity_x"] == pytest.approx(mean, rel=1e-10)
