"""Openings of a vessel whose values contradict each other, or whose waveforms are too fast, are found before the run."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from sparselbm.errors import InternalFlowError
from sparselbm.flows import FlowShareOutlet, Inlet, Outlet, ResistanceOutlet, WindkesselOutlet
from sparselbm.flows.compression import require_pressures
from sparselbm.flows.vessel.opening_groups import VesselOpenings
from sparselbm.flows.vessel.sound import Tube, sound_doubts
from sparselbm.models import Waveform

CAP = SimpleNamespace(area=1e-6, perimeter=3.5e-3)
FLOW = 1e-7
"""Inflow [m^3/s]: 0.1 m/s."""


def openings(**outlets):
    """An inlet and some outlets of equal caps."""
    conditions = {"in": Inlet(flow_rate=FLOW), **outlets}
    return VesselOpenings(dict.fromkeys(conditions, CAP), conditions)


def sine(period, values=48):
    angles = np.linspace(0.0, 2.0 * np.pi, values + 1)
    return Waveform(tuple(period * angles / (2.0 * np.pi)), tuple(1.0 + np.cos(angles)), period)


@pytest.mark.parametrize("crossings", [2.5, 10.0, 20.0, 31.0])
def test_a_period_that_is_short_beside_the_crossing_by_sound_is_doubted_with_its_effect(crossings):
    """1 - cos(2 pi / crossings) of a sine, and no more than the limit at the advised lattice velocity."""
    wave, tube = sine(crossings), Tube(1.0, 1e8)
    share = 1.0 - np.cos(2.0 * np.pi / crossings)
    assert tube.deviation(wave) == pytest.approx(share, rel=0.01)
    (doubt,) = sound_doubts({"/World/in": wave}, tube, 0.04)
    assert doubt.startswith("the waveform at /World/in has 49 samples")
    assert float(re.search(r"by about ([\d.]+) of the variation", doubt)[1]) == pytest.approx(share, rel=0.05)
    advised = float(re.search(r"Use a lattice_velocity of ([\d.]+)", doubt)[1])
    assert sound_doubts({"/World/in": wave}, Tube(advised / 0.04, 1e8), advised) == ()


def test_slow_and_constant_waveforms_are_not_doubted():
    still = Waveform((0.0, 1.0), (2.0, 2.0), 1.0)
    once = Waveform((0.0, 500.0), (0.0, 1.0))
    assert sound_doubts({"slow": sine(60.0), "still": still, "once": once}, Tube(1.0, 1e8), 0.04) == ()


def test_friction_slows_sound_and_raises_the_deviation():
    """At alpha = sqrt(2 pi friction / T) = 1, m^2 = i alpha^2 / 8 to 2 %, so that 1 - cos k is 8 times as large."""
    wave = sine(200.0)
    still, viscous = (Tube(1.0, friction).deviation(wave) for friction in (1e8, 200.0 / (2.0 * np.pi)))
    assert viscous / still == pytest.approx(8.0, rel=0.03)


def test_rates_a_hundred_times_apart_are_errors_at_inlets_and_doubts_at_outlets():
    two = VesselOpenings(
        dict.fromkeys(("in", "other", "out"), CAP),
        {"in": Inlet(flow_rate=FLOW), "other": Inlet(flow_rate=101.0 * FLOW), "out": Outlet()},
    )
    with pytest.raises(InternalFlowError, match=r"velocity at other is 10.1 m/s, 101 times that at in .* limit of 100: check"):
        two.require_valid()
    apart = openings(a=ResistanceOutlet(resistance=1e8), b=ResistanceOutlet(resistance=1.1e10))
    (doubt,) = apart.outflow_doubts
    assert doubt.startswith("the mean velocity at b will be about 0.000901 m/s, less than a 100th of that at a (0.0991 m/s)")
    assert openings(a=FlowShareOutlet(share=0.001), b=Outlet()).outflow_doubts
    assert not openings(a=ResistanceOutlet(resistance=1e8), b=ResistanceOutlet(resistance=9e9)).outflow_doubts
    assert not openings(a=Outlet(), b=Outlet(pressure=3.0)).outflow_doubts


@pytest.mark.parametrize("beyond", [
    ResistanceOutlet(resistance=1e9),
    WindkesselOutlet(proximal_resistance=1e8, distal_resistance=9e8, compliance=1e-9),
])
def test_a_pressure_that_drives_a_fast_flow_through_a_resistance_is_an_error(beyond):
    """1e5 Pa over 1e9 Pa s/m^3 are 100 m/s, a thousand times the inflow."""
    with pytest.raises(InternalFlowError, match=r"the outlet b is .* which lets 100 m/s out .* Mach number .* limit of 0.3"):
        openings(a=Outlet(pressure=1e5), b=beyond).require_slow_outlets(0.04)
    openings(a=Outlet(pressure=100.0), b=beyond).require_slow_outlets(0.04)
    openings(a=Outlet(pressure=1e5), b=Outlet()).require_slow_outlets(0.04)


def test_pressures_of_outlets_are_compared_at_the_time_at_which_they_differ_most():
    """Pulses in phase act by their difference alone; one that is late by a quarter of a period has a large one."""
    pulse = sine(1.0).scaled(5e4)
    late = Waveform(tuple(time + 0.25 for time in pulse.times), pulse.values, 1.0)
    together = openings(a=Outlet(pressure=pulse), b=Outlet(pressure=pulse)).extreme_pressures
    assert together["a"] == together["b"]
    apart = openings(a=Outlet(pressure=pulse), b=Outlet(pressure=late)).extreme_pressures
    assert abs(apart["a"] - apart["b"]) == pytest.approx(5e4 * 2.0**0.5, rel=2e-3)
    require_pressures(together, 0.04, lambda pressure: 1e-5 * pressure)
    with pytest.raises(InternalFlowError, match=r"the pressure at [ab] is .* density by 70\..%, above the limit of 10%. Check"):
        require_pressures(apart, 0.04, lambda pressure: 1e-5 * pressure)
    once = Waveform((0.0, 0.5), (0.0, 1e5))
    assert openings(a=Outlet(pressure=once), b=Outlet()).extreme_pressures == {"a": 1e5, "b": 0.0}
    assert openings(a=FlowShareOutlet(share=1.0)).extreme_pressures == {}
