"""Runs of a given duration: the smooth start, the recorded values and the instants."""

import numpy as np
import pytest

from sparselbm.flows import TransientRun, WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.models import SmoothStart
from sparselbm.observe import Force, evaluate
from sparselbm.observe.monitor import Action, EverySteps


@pytest.fixture(scope="module")
def tunnel(device):
    box = {"upstream": 0.8, "downstream": 1.0, "side": 0.8}
    options = WindTunnel(voxel_size=0.125, reynolds=60.0, lattice_velocity=0.1, density=1.2, **box)
    return options.around({"ball": TriangleMesh.sphere(0.5, subdivisions=2)}, "ball", device=device)


def test_a_ramp_begins_at_rest_and_follows_the_smooth_start(tunnel):
    """u(t) = U (1 - cos(pi t / T)) / 2 at the inlet, and exactly U from T on."""
    flow, inlet, seen = tunnel.build(), "x_min.velocity_x", []
    step = tunnel.units.time_step

    def note():
        seen.append((flow.simulation.steps, flow.simulation.parameter(inlet), np.abs(flow.simulation.velocity()).max()))

    run = TransientRun(duration=60 * step, ramp=40 * step)
    result = flow.run_transient(run, monitors={"inlet": Action(note, EverySteps(10))})
    steps, velocities, fastest = (np.array(each) for each in zip(*seen))
    assert steps.tolist() == [0, 10, 20, 30, 40, 50, 60]
    assert fastest[0] == 0.0
    assert velocities[1:] == pytest.approx([0.1 * SmoothStart(40)(k) for k in steps[1:]], abs=1e-7)
    assert velocities[-1] == flow.setup.options.lattice_velocity
    assert result.steps == flow.simulation.steps == 60


def test_recorded_values_are_those_of_the_flow(tunnel):
    """Forces in newtons, coefficients relative to 1/2 rho u^2 A, and moments that are those of forces about the centre."""
    flow = tunnel.build()
    step = tunnel.units.time_step
    result = flow.run_transient(TransientRun(duration=40 * step, record_every=8 * step))
    assert result.times == pytest.approx(8 * step * np.arange(6))
    force = tunnel.units.force_to_si(evaluate(Force("ball", (1.0, 0.0, 0.0)), flow.simulation))
    last = dict(zip(result.series.columns, result.series.values[-1]))
    assert last["force x [N]"] == pytest.approx(force, rel=1e-5)
    assert last["drag coefficient"] == pytest.approx(force / (0.5 * 1.2 * tunnel.frontal_area), rel=1e-5)
    assert abs(last["moment y [N m]"]) < 1e-3 * abs(force)
    assert result.statistics is None
    assert result.value == last["drag coefficient"]
