"""The initial flow round a body: flux, rest at the body, symmetry; and the force while it starts."""

from dataclasses import replace

import numpy as np
import pytest
from study_cases import BALL, SMALL

from sparselbm.flows.tunnel.initial_flow import InitialFlow
from sparselbm.grid.build import box
from sparselbm.models.wall import Bouzidi, Halfway
from sparselbm.observe import Force
from sparselbm.observe.evaluation import Sums

U = 0.08
DOMAIN = box((24, 16, 24), voxel_size=1.0, origin=(-8.0, -8.0, -10.0))
BOUNDS = np.array([(-8.0, -8.0, -10.0), (16.0, 8.0, 14.0)])
BODIES = {
    "free": ((-2.0, -1.5, -2.0), (2.0, 1.5, 2.0)), "on the ground": ((-2.0, -1.5, -10.0), (2.0, 1.5, -7.0)),
    "cylinder": ((-2.0, -2.0, -12.0), (2.0, 2.0, 15.0)), "wall to wall": ((-2.0, -9.0, -2.0), (2.0, 9.0, 2.0)),
    "plate": ((0.0, -2.0, -1.0), (0.0, 2.0, 3.0)),
}


def field(body, *, disturbed=False, axis=0):
    """Velocity on the box, (x, y, z, 3), in units of U."""
    flow = InitialFlow(np.array(BODIES[body]), BOUNDS, axis, U, disturbed)
    return DOMAIN.dense(flow.velocity(DOMAIN)) / U


@pytest.mark.parametrize("disturbed", [False, True])
@pytest.mark.parametrize("body", BODIES)
def test_every_section_carries_the_incoming_flow(body, disturbed):
    """The flux through each layer of cells is that of the inlet, no flow crosses the sides, and all is U far upstream."""
    u = field(body, disturbed=disturbed)
    assert u[..., 0].mean(axis=(1, 2)) == pytest.approx(np.ones(24), abs=1e-9)
    assert u[0] == pytest.approx(np.broadcast_to([1.0, 0.0, 0.0], u[0].shape), abs=1e-12)
    low, high = np.abs(u[:, [0, -1], :, 1]), np.abs(u[:, :, [0, -1], 2])
    assert max(low.max(), high.max()) < 0.2  # Half a cell from the side, where it is 0.
    assert np.abs(u).max() < 3.0


@pytest.mark.parametrize("body", BODIES)
def test_the_fluid_is_at_rest_at_the_body(body):
    centres = DOMAIN.dense(DOMAIN.cell_centres())
    low, high = np.array(BODIES[body])
    inside = ((centres > low + 0.6) & (centres < high - 0.6)).all(axis=-1)
    assert np.abs(field(body)[inside]).max(initial=0.0) < 1e-12


def test_the_disturbance_is_small_and_breaks_the_symmetry():
    calm, disturbed = field("free"), field("free", disturbed=True)
    assert np.abs(calm[..., 1] + calm[:, ::-1, :, 1]).max() < 1e-12
    change = np.abs(disturbed - calm).max()
    assert 1e-3 < change < 0.05
    assert np.abs(disturbed[..., 1] + disturbed[:, ::-1, :, 1]).max() > 1e-3
    across = field("cylinder", disturbed=True)
    assert np.abs(across[..., 2]).max() == 0.0, "a cylinder has no flow along its span"


def test_a_body_that_fills_the_section_has_a_uniform_flow():
    flow = InitialFlow(np.array([(-2.0, -7.0, -9.0), (2.0, 7.0, 13.0)]), BOUNDS, 0, U, True)
    assert (flow.velocity(DOMAIN) == [U, 0.0, 0.0]).all()


@pytest.mark.parametrize("axis", [1, 2])
def test_the_axis_of_the_flow_may_be_any(axis):
    u = field("plate", axis=axis, disturbed=True)
    others = tuple(k for k in range(3) if k != axis)
    assert u[..., axis].mean(axis=others) == pytest.approx(np.ones(u.shape[axis]), abs=1e-9)


@pytest.mark.parametrize("wall", [SMALL.wall, Bouzidi(), Halfway()], ids=lambda wall: type(wall).__name__)
def test_the_force_of_the_start_is_less_than_twice_the_final_force(device, wall):
    """With the incoming velocity everywhere it is 9 to 13 times the final force."""
    wide = replace(SMALL, upstream=1.0, downstream=1.5, side=1.0)
    setup = replace(wide, wall=wall, reynolds=60.0).around({"ball": BALL}, "ball", device=device)
    simulation = setup.build().simulation
    sums, forces = Sums(simulation, [Force("ball", (1.0, 0.0, 0.0))]), []
    for count in [1] * 40 + [10] * 56:
        simulation.run(count)
        sums.add(simulation.state.populations)
        forces.append(float(sums.take()[0]))
    assert 0.5 * forces[-1] < max(forces) < 1.5 * forces[-1]
    assert min(forces) > -0.1 * forces[-1]
