"""Flow between periodic sides at a prescribed mean velocity or flow rate: its acceleration, refusals, and its restart."""

from dataclasses import replace

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint.feedback import require_no_feedback
from sparselbm.case import Case, CaseBoundary, CaseForce, SceneFile
from sparselbm.errors import AdjointError, CaseError, InternalFlowError, UnitsError, WindTunnelError
from sparselbm.flows import FlowState, Forces, InternalFlow, SideInlet, SidePeriodic, SideWall, TransientRun, WindTunnel
from sparselbm.flows.physics.flow_drive import FlowDrive
from sparselbm.geometry import TriangleMesh
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Y_MIN, Z_MAX, Z_MIN

BALL = TriangleMesh.sphere(0.5, centre=(0.8, 0.8, 0.8), subdivisions=2)
SIDES = (*(SidePeriodic(face) for face in (X_MIN, X_MAX, Y_MIN, Y_MAX)), SideWall(Z_MIN), SideWall(Z_MAX))
CHANNEL = WindTunnel(
    voxel_size=0.1, corners=((0.0, 0.0, 0.0), (1.6, 1.6, 1.6)), reynolds=4.0, sides=SIDES, precision=wp.float64,
    forces=Forces(mean_velocity=(0.6, 0.0, 0.0)),
)


@pytest.mark.validate
@pytest.mark.parametrize("forces", [
    Forces(mean_velocity=(0.6, 0.0, 0.0)), Forces(flow_rate=(0.6 * 1.6**2, 0.0, 0.0), acceleration=(0.0, 0.01, 0.0)),
])
def test_the_pressure_gradient_of_a_plane_channel(device, forces):
    """12 mu U / h^2, in the channel without the body; also by the flow rate, beside an acceleration across."""
    setup = replace(CHANNEL, forces=forces).around({"ball": BALL}, "ball", device=device)
    simulation = setup.simulation([])
    drive = simulation.feedback = FlowDrive(simulation, setup.units, 0.0, setup.options.forces)
    simulation.run(6000)
    assert drive.mean_velocity[0] == pytest.approx(0.6, rel=1e-6)
    assert drive.acceleration[0] == pytest.approx(12.0 * setup.units.viscosity * 0.6 / 1.6**2, rel=0.01)
    assert drive.acceleration[1:].tolist() == [0.0, 0.0]
    if forces.acceleration is not None:
        assert simulation.parameter("force_y") == pytest.approx(setup.units.acceleration_to_lattice(0.01))


@pytest.mark.validate
def test_a_resumed_drive_continues_bit_for_bit(device):
    setup = CHANNEL.around({"ball": BALL}, "ball", device=device)
    whole, first, second = setup.build(), setup.build(), setup.build()
    whole.simulation.run(75)
    first.simulation.run(43)
    FlowState(second).restore(FlowState(first).saved())
    second.simulation.run(32)
    assert np.array_equal(second.simulation.velocity(), whole.simulation.velocity())
    assert second.simulation.feedback.memory == whole.simulation.feedback.memory


@pytest.mark.validate
def test_the_acceleration_is_recorded_in_time(device):
    flow = CHANNEL.around({"ball": BALL}, "ball", device=device).build()
    step = flow.setup.units.time_step
    found = flow.run_transient(TransientRun(duration=100 * step, record_every=10 * step)).series
    assert found["mean velocity x [m/s]"].values[-1] == pytest.approx(0.6, rel=0.1)
    assert found["acceleration x [m/s^2]"].values[-1] > 0.0
    with pytest.raises(AdjointError, match=r"the acceleration between periodic sides .* give the acceleration itself"):
        require_no_feedback(flow.simulation)


X, Y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
OPEN = (SidePeriodic(Y_MIN), SidePeriodic(Y_MAX))
REFUSED = {
    "not periodic": ({"sides": OPEN}, WindTunnelError, "the sides along x are not periodic: make both periodic"),
    "too fast": ({"forces": Forces(flow_rate=(12.8, 0.0, 0.0))}, UnitsError, "is 5 m/s, a Mach number of .* of at most 0.0346"),
    "no axis": ({"sides": (*OPEN, SideInlet(X_MIN)), "forces": Forces(mean_velocity=(0.0, 0.0, 2.0))}, WindTunnelError,
                "along z are not"),
}


@pytest.mark.parametrize(("changes", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_a_mean_velocity_needs_periodic_sides(changes, error, message):
    with pytest.raises(error, match=message):
        replace(CHANNEL, **changes).around({"ball": BALL}, "ball")


def test_a_periodic_stream_has_neither_an_inlet_that_could_be_compressed_nor_an_unbounded_flow_to_compare_with():
    """A mean velocity of 0.3 m/s around a body that fills the channel was warned of a compression of 7 %, and of its blockage."""
    setup = CHANNEL.around({"ball": BALL}, "ball")
    assert setup.blockage > 0.3
    assert setup.expected_compression == 0.0
    assert not any("blocks" in doubt for doubt in setup.doubts)
    assert any("blocks" in doubt for doubt in replace(CHANNEL, sides=(), forces=Forces()).around({"ball": BALL}, "ball").doubts)


def test_the_stream_of_a_case_is_the_mean_velocity_between_its_periodic_sides():
    sides = {side: CaseBoundary(kind="periodic") for side in ("xMin", "xMax")}
    case = Case(scene=SceneFile(file="scene.usda"), boundary=sides, force=CaseForce(mean_velocity=(-0.3, 0.0, 0.0)))
    assert (case.tunnel.velocity, case.tunnel.direction) == (pytest.approx(0.3), (-1.0, 0.0, 0.0))
    assert case.tunnel.forces.controlled == (0,)


def test_a_mean_velocity_is_refused_beside_an_acceleration_along_the_same_axis_and_in_a_fluid_volume():
    Forces(acceleration=X, mean_velocity=Y)
    with pytest.raises(UnitsError, match="acceleration and mean_velocity along x contradict each other"):
        Forces(acceleration=X, mean_velocity=X)
    with pytest.raises(UnitsError, match="mean_velocity and flow_rate along y"):
        Forces(flow_rate=Y, mean_velocity=Y)
    with pytest.raises(InternalFlowError, match="a fluid volume has no periodic sides"):
        InternalFlow(forces=Forces(flow_rate=X)).check()
    with pytest.raises(CaseError, match=r"force.*flowRate: flow_rate is .*nan"):
        Case(scene=SceneFile(file="scene.usda"), force=CaseForce(flow_rate=(float("nan"), 0.0, 0.0)))
