"""Flow through a Y of round tubes: equal branches share it equally, and unequal ones as their lengths say."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from sparselbm.flows import Inlet, InternalFlow, LaminarInflow, Outlet, SteadyRun
from sparselbm.geometry import TriangleMesh

ASSETS = Path(__file__).parents[2] / "assets"
PARENT, BRANCH, ANGLE = 50.0, 40.0, np.radians(40.0)
"""Radii [m], which are large since `vessel_shapes` rounds to a thousandth, and the angle of each branch from the axis."""


def fork(lengths, turn):
    """A Y with branches of these lengths [branch diameters], turned by an angle [degrees] in its plane, and its caps."""
    shapes, a = runpy.run_path(str(ASSETS / "vessel_shapes.py")), np.radians(turn)
    rotation = np.array([[np.cos(a), -np.sin(a), 0.0], [np.sin(a), np.cos(a), 0.0], [0.0, 0.0, 1.0]])
    tubes, ends = [shapes["Tube"]((-250.0, 0.0, 0.0), (0.0, 0.0, 0.0), PARENT)], []
    ends.append(shapes["End"]((-200.0, 0.0, 0.0), (-1.0, 0.0, 0.0), PARENT))
    reach = 0.0
    for sign, length in zip((1.0, -1.0), lengths, strict=True):
        along, long = np.array([np.cos(ANGLE), sign * np.sin(ANGLE), 0.0]), 2.0 * BRANCH * length
        tubes.append(shapes["Tube"]((0.0, 0.0, 0.0), tuple((long + 50.0) * along), BRANCH))
        ends.append(shapes["End"](tuple(long * along), tuple(along), BRANCH))
        reach = max(reach, long + 100.0)
    low, high = np.array([-316.0, -reach, -80.0]), np.array([reach, reach, 80.0])
    wall, caps = shapes["contoured"](shapes["union"](tubes, 10.0), ends, low, high, 4.9)
    triangles = wall[1][:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3)
    named = {name: TriangleMesh(cap[0] @ rotation.T, cap[1]) for name, cap in zip(("in", "a", "b"), caps, strict=True)}
    return TriangleMesh(wall[0] @ rotation.T, triangles), named


def shares(lengths, turn, device, *, cells=12, reynolds=10.0):
    """Flow rates of both branches relative to the inflow, and that of all openings, which is lost at the walls."""
    surface, caps = fork(lengths, turn)
    conditions = {"in": Inlet(velocity=1.0, profile=LaminarInflow()), "a": Outlet(), "b": Outlet()}
    slow = 0.02 if reynolds < 60.0 else 0.05  # The pressure drop, and with it the compression, grows as the viscosity.
    options = InternalFlow(voxel_size=2.0 * BRANCH / cells, reynolds=reynolds, lattice_velocity=slow)
    flow = options.within(surface, caps, conditions, device=device).build()
    flow.run_to_steady(steady_run=SteadyRun(tolerance=3e-4, interval=400, max_steps=20000))
    into = flow.ports["in"].flow_rate
    a, b = (-flow.ports[name].flow_rate / into for name in "ab")
    return a, b, 1.0 - a - b


@pytest.mark.validate
@pytest.mark.parametrize("turn", [0.0, 17.0])
@pytest.mark.parametrize("reynolds", [10.0, 60.0])
def test_equal_branches_share_the_flow_equally(reynolds, turn, device):
    """Within 0.2 % of the inflow, also where the cells lie differently in both branches.

    Turned by 17 degrees, 0.6 % of the flow is lost where the tubes meet.
    """
    a, b, lost = shares((5.0, 5.0), turn, device, reynolds=reynolds)
    assert a / (a + b) == pytest.approx(0.5, abs=2e-3)
    assert abs(lost) < 8e-3


@pytest.mark.validate
@pytest.mark.parametrize("turn", [0.0, 17.0])
def test_unequal_branches_share_the_flow_as_their_lengths_say(turn, device):
    """At Re 10 the resistance of each branch is proportional to its length, 5 and 7.5 diameters: within 1 %."""
    a, b, lost = shares((5.0, 7.5), turn, device)
    assert a / (a + b) == pytest.approx(0.6, rel=1e-2)
    assert abs(lost) < 8e-3
