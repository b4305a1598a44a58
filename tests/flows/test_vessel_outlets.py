"""Models beyond the outlets of a vessel: exact solutions, steady flows, and what is refused."""

import math

import numpy as np
import pytest

from sparselbm.errors import InternalFlowError
from sparselbm.flows import FlowShareOutlet, Inlet, Outlet, ResistanceOutlet, WindkesselOutlet, WomersleyInflow
from sparselbm.flows.vessel.outlets import require_outlets, steady_flows
from sparselbm.models import Waveform

PROXIMAL, DISTAL, COMPLIANCE, BEYOND, FLOW = 2e7, 1.5e9, 4e-10, 1000.0, 3e-6
WINDKESSEL = WindkesselOutlet(
    proximal_resistance=PROXIMAL, distal_resistance=DISTAL, compliance=COMPLIANCE, distal_pressure=BEYOND
)


def pressures(flow, interval, count):
    """Pressure of the Windkessel after each interval, from one that is empty; `flow`: at a time."""
    state, found = BEYOND, []
    for k in range(1, count + 1):
        a, b, s = WINDKESSEL.law(state, k * interval, interval)
        found.append(a + b * flow(k * interval))
        state = a + s * flow(k * interval)
    return np.array(found)


@pytest.mark.parametrize("intervals", [3, 1000])
def test_a_windkessel_fills_as_its_exact_solution_says(intervals):
    """p = p_d + R_p Q + R_d Q (1 - exp(-t / R_d C)) at constant Q, to rounding."""
    end = 2.0 * WINDKESSEL.time_constant
    t = np.linspace(0.0, end, intervals + 1)[1:]
    exact = BEYOND + PROXIMAL * FLOW + DISTAL * FLOW * (1.0 - np.exp(-t / WINDKESSEL.time_constant))
    found = pressures(lambda time: FLOW, end / intervals, intervals)
    assert found == pytest.approx(exact, rel=1e-12)


def test_a_windkessel_answers_a_pulse_with_its_impedance():
    """R_p + R_d / (1 + i w R_d C): amplitude and phase within 0.5 % of the amplitude at 1000 intervals per period."""
    period = 0.8 * WINDKESSEL.time_constant
    w, count = 2.0 * np.pi / period, 1000
    t = np.arange(1, 12 * count + 1) * period / count
    found = pressures(lambda time: FLOW * math.cos(w * time), period / count, len(t))[-count:]
    harmonic = 2.0 * np.mean(found * np.exp(-1j * w * t[-count:])) / FLOW
    exact = PROXIMAL + DISTAL / (1.0 + 1j * w * WINDKESSEL.time_constant)
    assert abs(harmonic / exact - 1.0) < 5e-3


@pytest.mark.parametrize("interval", [1e-3, 1.0, 1e3, 1e9])
def test_a_windkessel_is_stable_at_every_interval(interval):
    """It approaches p_d + (R_p + R_d) Q from one side; its steady law and state are that of any compliance."""
    found = pressures(lambda time: FLOW, interval * WINDKESSEL.time_constant, 50)
    a, b = WINDKESSEL.steady_law()
    final = a + b * FLOW
    assert (np.diff(found) >= -1e-9 * final).all()
    assert (found <= final * (1.0 + 1e-12)).all()
    assert WINDKESSEL.settled(FLOW) + PROXIMAL * FLOW == pytest.approx(final)


def test_steady_flows_share_a_vessel_as_their_resistances_say():
    """Conductances add up; a share takes its part first, and a distal pressure holds flow back."""
    both = {"a": ResistanceOutlet(resistance=1e8), "b": ResistanceOutlet(resistance=3e8)}
    flows, pressure = steady_flows(both, 4e-6)
    assert flows == pytest.approx({"a": 3e-6, "b": 1e-6})
    assert pressure == pytest.approx(300.0)
    flows, _ = steady_flows({**both, "c": FlowShareOutlet(share=0.25)}, 4e-6)
    assert flows == pytest.approx({"a": 2.25e-6, "b": 0.75e-6, "c": 1e-6})
    held = {"a": both["a"], "b": ResistanceOutlet(resistance=1e8, distal_pressure=400.0)}
    flows, pressure = steady_flows(held, 4e-6)
    assert flows == pytest.approx({"a": 4e-6, "b": 0.0}, abs=1e-20)
    flows, pressure = steady_flows({"a": Outlet(pressure=50.0), "b": both["a"]}, 4e-6)
    assert pressure == 50.0
    assert flows == pytest.approx({"a": 3.5e-6, "b": 0.5e-6})


@pytest.mark.parametrize(("outlets", "words"), [
    ({"a": 0.7, "b": 0.5}, r"add up to 1.2, above the limit of 1 \(a 0.7, b 0.5\)"),
    ({"a": 0.7, "b": 0.2}, "add up to 0.9, and there is no other outlet for the rest"),
    ({"a": 0.5, "b": 0.5, "c": None}, "add up to 1 .* which leaves nothing for c"),
])
def test_shares_that_do_not_add_up_are_refused(outlets, words):
    made = {name: Outlet() if share is None else FlowShareOutlet(share=share) for name, share in outlets.items()}
    with pytest.raises(InternalFlowError, match=words):
        require_outlets(made)


@pytest.mark.parametrize("made", [
    lambda: ResistanceOutlet(resistance=0.0), lambda: ResistanceOutlet(resistance=1.0, distal_pressure=math.inf),
    lambda: WindkesselOutlet(proximal_resistance=1.0, compliance=0.0, distal_resistance=1.0),
    lambda: WindkesselOutlet(proximal_resistance=1.0, compliance=1.0, distal_resistance=math.nan),
    lambda: FlowShareOutlet(share=0.0), lambda: FlowShareOutlet(share=1.2), lambda: Inlet(velocity=1.0, flow_rate=1.0),
    lambda: Inlet(flow_rate=Waveform((0.0, 1.0), (0.0, 0.0))), lambda: Inlet(velocity=-1.0), lambda: WomersleyInflow(0),
    lambda: Inlet(velocity=1.0, profile=WomersleyInflow()),
    lambda: Inlet(velocity=Waveform((0.0, 1.0), (1.0, 1.0)), profile=WomersleyInflow()),
])
def test_openings_out_of_range_are_refused(made):
    with pytest.raises(InternalFlowError, match=r"must be|pass exactly one|give"):
        made()
