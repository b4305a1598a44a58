"""A simulation, and all that was made of it, is freed with its last reference, without Python's search for reference cycles.

A cycle keeps gigabytes of populations until that search, which counts objects and not their size.
"""

import gc
import weakref

import numpy as np
import pytest
import warp as wp
from adjoint_cases import channel, dyed, frame, moving, patch, seams, warm

from sparselbm import value_and_grad
from sparselbm.adjoint import Checkpointed, Parameter, Steady, Stored, run_on_tape, tape_array
from sparselbm.flows import WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.lattice import D2Q9
from sparselbm.models.collision import TRT
from sparselbm.models.turbulence import WALE
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import Force, KineticEnergy, evaluate
from sparselbm.observe.monitor import EverySteps, FlowIntegrals, ForceOn, Probes, Recorder, Residual, Values

FLOWS = {
    "solid fractions": channel(), "link walls": channel(wall=Bouzidi()), "WALE": channel(collision=WALE(TRT())),
    "moving": moving(D2Q9, Bouzidi()), "profile and schedules": frame(D2Q9), "scalars": warm(D2Q9), "seams": seams(D2Q9),
    "seams and a scalar": dyed(D2Q9), "patch": patch,
}


def differentiated(method):
    def use(simulation):
        value_and_grad(KineticEnergy(), simulation, steps=4, wrt=[Parameter("viscosity")], method=method)

    return use


def recorded(simulation):
    monitors = {"energy": Values({"energy": KineticEnergy()}, EverySteps(2)), "change": Residual(EverySteps(2))}
    monitors["probe"] = Probes(np.array([[6.0, 10.0]]), EverySteps(2))
    monitors["integrals"] = FlowIntegrals(EverySteps(2))
    if simulation.obstacles:
        monitors["force"] = ForceOn(simulation.obstacles[0].name, EverySteps(2))
    Recorder(simulation, monitors).run(4)


def taped(simulation):
    tape = wp.Tape()
    start = tape_array(simulation, simulation.physics.size)
    end = run_on_tape(tape, simulation, start, 4, method=Stored())
    tape.backward(grads={end: simulation.state.zeros()})


USES = {
    "run": lambda simulation: simulation.run(3),
    "fields": lambda simulation: (simulation.velocity(), simulation.force_field(), simulation.excess_mass()),
    "check": lambda simulation: (simulation.run(100), simulation.check_stability()),
    "evaluate": lambda simulation: evaluate(KineticEnergy(), simulation),
    "geometry": lambda simulation: (simulation.update_geometry(), simulation.run(2)),
    "transfer": lambda simulation: simulation.transferred_to(simulation.domain).run(2),
    "stored": differentiated(Stored()),
    "few states": differentiated(Checkpointed("1 MiB")),
    "recorder": recorded,
    "tape": taped,
}


@pytest.fixture
def without_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def require_freed(make, use):
    simulation = make()
    use(simulation)
    alive = weakref.ref(simulation), weakref.ref(simulation.state.populations)
    del simulation
    assert [each() for each in alive] == [None, None]


PAIRS = [(flow, "run") for flow in FLOWS] + [("seams and a scalar", use) for use in USES] + [("moving", "stored")]


@pytest.mark.parametrize(("flow", "use"), sorted(set(PAIRS)))
def test_a_simulation_is_freed(flow, use, device, without_collector):
    require_freed(lambda: FLOWS[flow](device), USES[use])


def test_a_steady_gradient_frees_its_simulation(device, without_collector):
    def use(simulation):
        force = Force("body", (1.0, 0.0))
        value_and_grad(force, simulation, steps=4000, wrt=[Parameter("viscosity")], method=Steady(tolerance=0.1))

    require_freed(lambda: channel()(device), use)


def test_a_tunnel_frees_its_simulation(device, without_collector):
    ball = TriangleMesh.sphere(0.5, subdivisions=2)
    tunnel = WindTunnel(voxel_size=0.12, reynolds=30, upstream=0.5, downstream=1.0, side=0.4)
    flow = tunnel.around({"ball": ball}, "ball", device=device).build()
    flow.simulation.run(10)
    flow.move(ball.points * 1.01)
    alive = weakref.ref(flow.simulation)
    del flow
    assert alive() is None
