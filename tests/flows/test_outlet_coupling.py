"""Outlets that follow the flow, on a network of two branches in place of the lattice: stable, and right when steady."""

from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest

from sparselbm.adjoint.feedback import require_no_feedback
from sparselbm.errors import AdjointError, SimulationError
from sparselbm.flows import FlowShareOutlet, Outlet, ResistanceOutlet, WindkesselOutlet
from sparselbm.flows.vessel.outlet_coupling import SCALE, OutletCoupling
from sparselbm.lattice import CS2
from sparselbm.models import Waveform
from sparselbm.units import SOUND_SPEED, Units

UNITS = Units(voxel_size=1e-4, velocity=0.1, viscosity=4e-6, density=1000.0, lattice_velocity=0.04)
LENGTH, AREA, INFLOW = 60, 3e-6, 2e-7
"""Length of a branch [cells], area of its outlet [m^2], inflow [m^3/s]."""
INERTANCE = 1000.0 * LENGTH * UNITS.voxel_size / AREA
FRICTION = 0.5 * INERTANCE / UNITS.time_to_si(1000)
"""L, and R of a branch [Pa s/m^3]."""
IMPEDANCE = 1000.0 * SOUND_SPEED * UNITS.voxel_size / UNITS.time_step / AREA


class Network:
    """Two equal branches from a junction: L d(Q_a - Q_b) / dt = pi_b - pi_a - R (Q_a - Q_b), L = rho l / A, Q_a + Q_b = Q_in.

    It answers for the simulation and for the flows at its openings.
    """

    def __init__(self, outlets, inflow=lambda time: INFLOW):
        self.steps, self.domain, self._inflow = 0, SimpleNamespace(shape=(2 * LENGTH, 1, 1), fluid=np.ones((2, 1), bool)), inflow
        self.cells = {"a": np.array([[0, 0]]), "b": np.array([[1, 0]])}
        self._difference, self._pressures = 0.0, np.zeros(2)
        self.coupling = OutletCoupling(self, self, "outlets.density", outlets, dict.fromkeys("ab", AREA), inflow, INFLOW, UNITS)

    def set_field(self, name, values):
        self._pressures = UNITS.pressure_to_si(CS2 * SCALE * values[:, 0])

    @property
    def flows(self):
        rate = self._inflow(UNITS.time_to_si(self.steps))
        return {"a": 0.5 * (rate + self._difference), "b": 0.5 * (rate - self._difference)}

    def take(self):
        scale = UNITS.velocity_to_lattice(1.0) / UNITS.voxel_size**2
        return {name: -scale * flow for name, flow in self.flows.items()}, {}

    def run(self, updates):
        kept = np.exp(-FRICTION / INERTANCE * UNITS.time_to_si(OutletCoupling.interval))
        for _ in range(updates):
            final = (self._pressures[1] - self._pressures[0]) / FRICTION
            self._difference = final + kept * (self._difference - final)
            self.steps += OutletCoupling.interval
            self.coupling.update()


def windkessel(resistance):
    constant = UNITS.time_to_si(3000)
    return WindkesselOutlet(
        proximal_resistance=0.2 * resistance, distal_resistance=0.8 * resistance, compliance=constant / (0.8 * resistance)
    )


@pytest.mark.parametrize("relative", [0.02, 1.0, 5000.0])
@pytest.mark.parametrize("kind", [lambda r: ResistanceOutlet(resistance=r, distal_pressure=30.0), windkessel])
@pytest.mark.parametrize("steady", [False, True])
def test_resistances_of_any_size_give_the_split_that_they_say(kind, relative, steady):
    """From a flow that is far from it, for resistances from a fiftieth to 5000 times the acoustic impedance."""
    outlets = {"a": kind(relative * IMPEDANCE), "b": kind(3.0 * relative * IMPEDANCE)}
    network = Network(outlets)
    ratio = (3.0 * relative * IMPEDANCE + FRICTION) / (relative * IMPEDANCE + FRICTION)
    with network.coupling.towards_steady() if steady else nullcontext():
        network.run(800 if steady else 1600)
    a, b = network.flows.values()
    assert a / b == pytest.approx(ratio, rel=2e-3)
    level, resistance = outlets["a"].steady_law()
    assert network.coupling.level + network._pressures[0] == pytest.approx(level + resistance * a, rel=1e-3)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("other", ["pressure", "share"])
def test_a_share_of_the_flow_is_reached_and_kept(share, other):
    beside = Outlet(pressure=40.0) if other == "pressure" else FlowShareOutlet(share=1.0 - share)
    network = Network({"a": FlowShareOutlet(share=share), "b": beside})
    network.run(800)
    assert network.flows["a"] / INFLOW == pytest.approx(share, rel=1e-3)
    if other == "pressure":
        assert network.coupling.level + network._pressures[1] == pytest.approx(40.0)


def test_pressures_in_time_act_by_their_difference_alone():
    """Both rise by the same amount: nothing changes but the level."""
    rising = Waveform((0.0, 0.1), (0.0, 2000.0))
    network = Network({"a": Outlet(pressure=rising), "b": Outlet(pressure=rising)})
    network.run(50)
    time = UNITS.time_to_si(network.steps + 0.5 * OutletCoupling.interval)
    assert network.coupling.level == pytest.approx(rising(time))
    assert network.flows["a"] == pytest.approx(0.5 * INFLOW)


@pytest.mark.parametrize(("outlets", "words"), [
    ({"a": windkessel(IMPEDANCE), "b": Outlet()}, r"on the flow or on time \(a: Windkessel, .*, which a .* use Outlet\(pressure"),
    ({"a": FlowShareOutlet(share=0.5), "b": Outlet()}, r"on the flow or on time \(a: 50.0000% of the inflow\), which a gradient"),
    ({"a": Outlet(pressure=Waveform((0.0, 1.0), (0.0, 9.0))), "b": Outlet()}, r"\(a: pressure .* 2 samples over 1 s.*\), which"),
    ({"a": Outlet(), "b": Outlet(pressure=3.0)}, "the inflow varies in time, .* set flow.simulation.feedback = None before the"),
])
def test_a_gradient_is_refused_with_the_cause_and_the_remedy(outlets, words):
    simulation = SimpleNamespace(feedback=Network(outlets).coupling)
    with pytest.raises(AdjointError, match=words):
        require_no_feedback(simulation)


def test_its_memory_continues_it_bit_for_bit():
    outlets = {"a": windkessel(2.0 * IMPEDANCE), "b": FlowShareOutlet(share=0.3)}
    one, two = Network(outlets), Network(outlets)
    one.run(30)
    two.coupling.recall(one.coupling.memory)
    two.steps, two._difference = one.steps, one._difference
    one.run(30)
    two.run(30)
    assert one.coupling.memory == two.coupling.memory


def test_pressures_that_would_compress_the_fluid_end_the_run():
    network = Network({"a": Outlet(pressure=Waveform((0.0, 0.01), (0.0, 1e6))), "b": Outlet()})
    with pytest.raises(SimulationError, match=r"the pressure at a is .* Pa from the mean of all outlets .*, limit 30%: check"):
        network.run(40)
