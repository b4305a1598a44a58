"""Instants, recorded runs, early stops, and what is refused."""

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import ScheduleError, SimulationError
from sparselbm.grid.build import box
from sparselbm.models.boundary import Y_MAX, MovingWall
from sparselbm.observe import FlowRate, KineticEnergy, evaluate
from sparselbm.observe import monitor as monitors
from sparselbm.observe.monitor import (
    EverySeconds,
    EverySteps,
    Recorder,
    Residual,
    StopWhenPeriodic,
    StopWhenSteady,
    Values,
)
from sparselbm.solver import Simulation
from sparselbm.units import Units

UNITS = Units(voxel_size=0.01, velocity=1.0, viscosity=1e-3, density=1000.0)  # A step takes 5e-4 s.


def couette(device, height=8, precision=wp.float64):
    domain = box((8, height), periodic=(True, False), device=device)
    return Simulation(domain, viscosity=0.5, boundaries=[MovingWall(Y_MAX, (0.05, 0.0))], precision=precision)


def instants(schedule, first, count):
    """The first `count` instants from a step on."""
    found, step = [], first - 1
    for _ in range(count):
        step = schedule.next_after(step)
        found.append(step)
    return found


def test_instants_in_steps_and_in_seconds():
    assert instants(EverySteps(7), 0, 4) == [0, 7, 14, 21]
    assert instants(EverySteps(7), 8, 2) == [14, 21]
    assert instants(EverySeconds(6.3e-3, UNITS), 0, 7) == [0, 13, 25, 38, 50, 63, 76]  # 12.6 steps, rounded
    assert instants(EverySeconds(5e-4, UNITS), 0, 4) == [0, 1, 2, 3]
    late = instants(EverySeconds(6.3e-3, UNITS), 10**7, 1000)
    assert late == [int(np.floor(12.6 * k + 0.5)) for k in range(793651, 794651)]


def test_schedules_that_are_refused():
    with pytest.raises(ScheduleError, match="every 0 steps: the number must be an integer of at least 1"):
        EverySteps(0)
    with pytest.raises(ScheduleError, match=r"every 0.0001 s: the interval must be at least the duration of a step, 0.0005 s"):
        EverySeconds(1e-4, UNITS)


def test_a_recorded_run_is_a_plain_run_with_its_values_at_the_instants(device):
    plain, recorded = couette(device), couette(device)
    flow, energy = FlowRate(0, 3), KineticEnergy()
    both = {"flow": Values({"q": flow}, EverySteps(6)), "energy": Values({"E": energy}, EverySteps(10))}
    recorder = Recorder(recorded, both)
    recorder.run(17)
    recorder.run(16)
    expected = {}
    for step in range(34):
        expected[step] = evaluate(flow, plain), evaluate(energy, plain)
        plain.run(1 if step < 33 else 0)
    assert np.array_equal(plain.velocity(), recorded.velocity())
    q, E = recorder.records["flow"]["q"], recorder.records["energy"]["E"]
    assert q.steps.tolist() == [0, 6, 12, 18, 24, 30]
    assert E.steps.tolist() == [0, 10, 20, 30]
    assert q.values.tolist() == [expected[k][0] for k in q.steps]
    assert E.values.tolist() == [expected[k][1] for k in E.steps]


def test_residual_of_a_known_change(device):
    """Norms of u - u' by NumPy, walls included."""
    simulation = couette(device)
    recorder = Recorder(simulation, {"residual": Residual(EverySteps(5))})
    recorder.run(5)
    before = couette(device)
    u0 = before.velocity()
    before.run(5)
    u1 = before.velocity()
    record = recorder.records["residual"].series
    assert np.isnan(record.values[0]).all()
    length = np.linalg.norm
    assert record["max"].values[1] == pytest.approx(length(u1 - u0, axis=-1).max() / length(u1, axis=-1).max(), rel=1e-12)
    assert record["l2"].values[1] == pytest.approx(length(u1 - u0) / length(u1), rel=1e-12)


def test_a_flow_that_is_not_finite_does_not_stand_still(device):
    simulation = couette(device)
    recorder = Recorder(simulation, {"residual": Residual(EverySteps(1))})
    recorder.run(4)
    simulation.state.populations.fill_(float("nan"))
    with pytest.raises(SimulationError, match="blown up by step 7"):
        recorder.run(3, stop=StopWhenSteady(tolerance=1.0, samples=3))
    assert np.isnan(recorder.records["residual"].series.values[5:]).all()


def test_a_run_stops_when_it_stands_still(device):
    """Couette flow is then linear to the tolerance's order, long before the steps given."""
    simulation = couette(device)
    recorder = Recorder(simulation, {"residual": Residual(EverySteps(20))})
    ended = recorder.run(100_000, stop=StopWhenSteady(tolerance=1e-9, samples=3))
    assert ended.stopped
    assert ended.steps == simulation.steps < 5000
    latest = recorder.records["residual"].latest("max", 4)
    assert np.all(latest[1:] < 1e-9)
    assert latest[0] >= 1e-9
    y = simulation.domain.cell_indices()[..., 1] + 0.5
    assert simulation.velocity()[..., 0] == pytest.approx(0.05 * y / 8, rel=1e-6)
    goes_on = Recorder(couette(device), {"residual": Residual(EverySteps(20))}).run(60, stop=StopWhenSteady(tolerance=1e-9))
    assert (goes_on.steps, goes_on.stopped) == (60, False)


def test_a_periodic_value_is_recognised(device):
    """Windows of whole periods, after a start that decays."""
    record = monitors.SeriesRecord(["lift"])
    stop = StopWhenPeriodic(record="body", column="lift", window=40, tolerance=1e-2)
    stop.require({"body": record})
    ended = None
    for k in range(400):
        record.add(k, [np.exp(-k / 25) + np.sin(2 * np.pi * k / 20)])
        if stop.reached({"body": record}):
            ended = k
            break
    # The means of the windows differ by 25 / 40 (e^(-a / 25) - ...) = 0.01 x rms at k = 160.
    assert 140 < ended < 200


def test_what_is_refused_before_the_run(device):
    simulation = couette(device)
    every = EverySteps(10)
    with pytest.raises(ValueError, match="no record 'residual': add a Residual monitor"):
        Recorder(simulation, {"q": Values({"q": FlowRate(0, 3)}, every)}).run(10, stop=StopWhenSteady(tolerance=1e-6))
    with pytest.raises(ValueError, match="no obstacle 'wing'; there are: none"):
        Recorder(simulation, {"wing": monitors.DragLift("wing", every, speed=0.05, area=8.0)})
    with pytest.raises(ValueError, match=r"DragLift: speed is 0.0, but must be a finite number above 0"):
        monitors.DragLift("wing", every, speed=0.0, area=8.0)
    with pytest.raises(ValueError, match=r"drag \(1.0, 1.0\) has the length 1.41421, but must be a unit vector"):
        Recorder(simulation, {"wing": monitors.DragLift("wing", every, speed=0.05, area=8.0, drag=(1.0, 1.0))})
    with pytest.raises(ValueError, match="layer 8 along x: the domain has the layers 0 to 7"):
        Recorder(simulation, {"mean": monitors.LayerMean(0, 8, every)})
    with pytest.raises(ValueError, match="axis 2: the domain has the axes 0 to 1"):
        Recorder(simulation, {"loss": monitors.PressureLoss(2, 0, 4, every)})
    with pytest.raises(ValueError, match=r"point 1 at \(4.0, -3.0\) m is not in the flow: no cell around it is fluid"):
        Recorder(simulation, {"probe": monitors.Probes(((4.0, 4.0), (4.0, -3.0)), every)})
    assert simulation.steps == 0


def test_a_simulation_set_back_needs_a_new_recorder(device):
    simulation = couette(device)
    recorder = Recorder(simulation, {"residual": Residual(EverySteps(10))})
    recorder.run(20)
    simulation.set_state()
    with pytest.raises(ValueError, match="recorded up to step 20, but the simulation is at step 0: create another recorder"):
        recorder.run(20)


def test_a_blow_up_between_instants_ends_the_run_and_keeps_the_record(device):
    simulation = couette(device)
    recorder = Recorder(simulation, {"residual": Residual(EverySteps(7))})
    recorder.run(14)
    simulation.state.populations.fill_(float("nan"))
    with pytest.raises(SimulationError, match="blown up by step"):
        recorder.run(1000)
    assert simulation.steps <= 114
    assert np.isfinite(recorder.records["residual"]["max"].values[1:3]).all()
