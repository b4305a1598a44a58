"""A flow in SI units: durations, values, positions, and the order of the checks before it is built."""

from dataclasses import replace

import numpy as np
import pytest
from study_cases import SMALL, small_setup
from vessel_cases import IN, OUT, SPEED, VOXEL, open_tube

from sparselbm.errors import GeometryError, InternalFlowError, SimulationError, UnitsError, WindTunnelError
from sparselbm.flows import Inlet, InternalFlow, Outlet, SimulationSetup, SteadyRun, value_factor
from sparselbm.grid.build import box
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import Force, Integral, KineticEnergy
from sparselbm.solver import Simulation

CONDITIONS = {"in": Inlet(velocity=SPEED), "out": Outlet()}


def tube(device=None, **options):
    return InternalFlow(**{"voxel_size": VOXEL, **options}).within(open_tube(), {"in": IN, "out": OUT}, CONDITIONS, device=device)


@pytest.fixture(scope="module")
def flow(device):
    return small_setup(device).build()


def test_a_duration_is_a_number_of_steps(flow):
    units, before = flow.setup.units, flow.simulation.steps
    flow.run(20.4 * units.time_step)
    assert flow.simulation.steps == before + 20
    assert flow.time == pytest.approx((before + 20) * units.time_step)
    with pytest.raises(SimulationError, match=r"below half a time step of .* s: pass at least one step"):
        flow.run(0.4 * units.time_step)


def test_the_value_is_the_coefficient_of_the_force_and_observables_are_in_their_units(flow):
    found = flow.run_to_steady(steady_run=SteadyRun(interval=20, max_steps=40))
    assert flow.steady is found
    assert found.steps == 40
    assert flow.value() == pytest.approx(found.value, rel=1e-12)
    force = flow.value(Force("ball", (1.0, 0.0, 0.0)))
    setup = flow.setup
    assert found.value == pytest.approx(force / setup.reference_force, rel=1e-6)
    energy = setup.units.density * setup.units.velocity_to_si(1.0) ** 2 * setup.voxel_size**3
    assert value_factor(KineticEnergy(), setup) == pytest.approx(energy)  # [J]
    assert value_factor(Integral(lambda rho, u: rho), setup) == 1.0  # In lattice units: it has no unit.
    assert flow.ports == {}


def test_a_flow_refuses_positions_and_walls_that_it_cannot_have(device):
    fixed = replace(SMALL, wall=Bouzidi()).around(small_setup().bodies, "ball", device=device).build()
    with pytest.raises(GeometryError, match=r"wall of ball is on links.*setup.build\(points=...\)"):
        fixed.move(fixed.setup.mesh.points)
    with pytest.raises(WindTunnelError, match="but must end"):
        fixed.move(fixed.setup.mesh.points - [1.0, 0.0, 0.0])


def test_an_internal_flow_has_ports_and_no_shape_to_change(device):
    setup = tube(device)
    flow = setup.build()
    found = flow.run_to_steady(steady_run=SteadyRun(interval=20, max_steps=40))
    assert list(flow.ports) == ["in", "out"]
    assert flow.ports["in"].flow_rate == pytest.approx(setup.flow_rate, rel=0.1)  # While it starts.
    assert np.isfinite(found.value)
    with pytest.raises(SimulationError, match="pass an observable, or read `ports`"):
        flow.value()
    with pytest.raises(InternalFlowError, match="use ParameterVariables"):
        setup.build(points=setup.wall.points)


def test_refusals_come_before_the_tiles_are_made(monkeypatch):
    """Memory by the volume, then units and cells, and only then the tiles."""
    import sparselbm.flows.vessel.internal_flow as module

    monkeypatch.setattr(module, "inside", lambda *_, **__: pytest.fail("the tiles were made"))
    with pytest.raises(InternalFlowError, match=r"need .* GiB"):
        tube(voxel_size=1e-6)
    with pytest.raises(UnitsError, match="below the limit of 8"):
        tube(voxel_size=3 * VOXEL)


def test_the_estimate_and_the_refined_set_up_follow_the_cells(device):
    setup = small_setup(device)
    assert setup.tiles * 512 == setup.cells == setup.domain.tile_count * setup.domain.cells_per_tile
    estimate = setup.estimate()
    assert (estimate.memory, estimate.gradient_memory) == (setup.memory, setup.gradient_memory)
    assert estimate.run_seconds > 0.0
    assert setup.refined(2.0).cells_across == pytest.approx(2.0 * setup.cells_across)


def test_a_simulation_of_ones_own_is_a_set_up_in_lattice_units(device):
    simulation = Simulation(box((16, 8), device=device), viscosity=0.1)
    setup = SimulationSetup(simulation, objective=KineticEnergy())
    setup.check(gradient=True)
    assert setup.units.time_step == pytest.approx(1.0)
    assert setup.units.lattice_viscosity == pytest.approx(0.1, rel=1e-6)
    flow = setup.build()
    flow.run(3.0)
    assert (simulation.steps, flow.value()) == (3, 0.0)
    with pytest.raises(SimulationError, match="there is no obstacle 'body': use one of none"):
        SimulationSetup(simulation, obstacle="body").check()
    with pytest.raises(SimulationError, match="cannot be moved"):
        setup.require_movable()
    for refused in (lambda: setup.refined(2.0), setup.in_double_precision, lambda: setup.build(wall=Bouzidi())):
        with pytest.raises(SimulationError, match="an existing simulation"):
            refused()
