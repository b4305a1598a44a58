"""Waveforms: values, harmonics, and the mass that enters through an inlet at every step."""

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import ScheduleError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box, inside
from sparselbm.models import Waveform
from sparselbm.models.boundary import X_MIN, Patch, VelocityInlet
from sparselbm.models.wall import Halfway
from sparselbm.solver import Obstacle, Simulation

JUMP = Waveform((0.0, 0.25, 0.25, 0.5, 1.0), (0.0, 1.0, 3.0, 2.0, 0.0), 1.0)


@pytest.mark.parametrize("turns", [-2, 0, 3])
def test_linear_between_samples_with_a_jump_and_a_period(turns):
    """At a jump the later value holds, also where a period ends and another begins."""
    times, values = (0.0, 0.1, 0.25, 0.375, 0.5, 0.75), (0.0, 0.4, 3.0, 2.5, 2.0, 1.0)
    assert [JUMP(time + turns) for time in times] == pytest.approx(values)
    assert JUMP(0.25 - 1e-6 + turns) == pytest.approx(1.0, abs=1e-5)
    assert JUMP.mean == pytest.approx(1.25)
    sawtooth = Waveform((0.0, 1.0), (0.0, 1.0), 1.0)
    assert sawtooth(turns) == pytest.approx(0.0, abs=1e-9)
    assert sawtooth(turns - 1e-6) == pytest.approx(1.0, abs=1e-5)


def test_from_the_last_sample_to_the_end_of_the_period_it_returns_to_the_first():
    assert Waveform((0.0, 0.5), (1.0, 2.0), 1.0)(0.75) == pytest.approx(1.5)


def test_harmonics_are_those_of_a_cosine_and_their_sum_the_waveform():
    """A cosine of 400 samples has one harmonic; the mean square of JUMP is that of its harmonics (Parseval)."""
    t = np.linspace(0.0, 2.0, 401)
    found = Waveform(tuple(t), tuple(3.0 + np.cos(np.pi * t - 0.4)), 2.0).harmonics(3)
    assert found[:2] == pytest.approx([3.0, np.exp(-0.4j)], abs=1e-4)
    assert np.abs(found[2:]).max() < 1e-9
    squares = np.diff(JUMP.times) * [1 / 3, 0.0, 19 / 3, 4 / 3]
    terms = np.abs(JUMP.harmonics(20000)) ** 2
    assert terms[0] + 0.5 * terms[1:].sum() == pytest.approx(squares.sum(), rel=1e-4)


@pytest.mark.parametrize(("arguments", "words"), [
    (((0.0,), (1.0,)), "1 times and 1 values: give two or more"), (((0.0, 1.0), (1.0,)), "2 times and 1 values"),
    (((0.0, np.nan), (1.0, 1.0)), "not finite"),
    (((0.0, 1.0, 0.5), (1.0, 1.0, 1.0)), r"sample 3 of the waveform is at 0\.5, after samples at 1"),
    (((0.0, 0.0, 0.0, 1.0), (1.0, 2.0, 3.0, 4.0)), "at most two samples at one time"),
    (((0.0, 0.0), (1.0, 2.0)), "all samples of the waveform are at one time"),
    (((0.0, 1.0), (1.0, 2.0), 0.9), "the period of the waveform is 0.9, but its samples last 1: give a period of at least that"),
])
def test_samples_that_are_no_function_of_time_are_refused(arguments, words):
    with pytest.raises(ScheduleError, match=words):
        Waveform(*arguments)


def test_a_waveform_has_no_value_after_its_end():
    with pytest.raises(ScheduleError, match=r"lasts from 0 to 1, but its value at 1\.5 is needed: give a longer wave"):
        Waveform((0.0, 1.0), (1.0, 2.0))(1.5)


def closed_box(device):
    """A channel whose other end is a wall, and the area of its inlet over the unit of velocity."""
    inlet, height = VelocityInlet(X_MIN, (0.02, 0.0)), 9
    schedule = {"x_min.velocity_x": JUMP.in_steps(1 / 16)}
    simulation = Simulation(
        box((12, height), device=device), viscosity=0.1, boundaries=[inlet], schedules=schedule, precision=wp.float64
    )
    return simulation, 0.02 * height


def closed_tube(device):
    """A tilted tube with a cap over one end; the other end and the sides are walls halfway along each link."""
    axis = np.array([3.0, 2.0, 1.0]) / np.sqrt(14.0)
    start, radius = np.array([6.0, 6.0, 6.0]), 3.6
    tube = TriangleMesh.cylinder(radius, tuple(start), tuple(start + 9.0 * axis), 32)
    k = np.arange(32)
    side = np.cross(axis, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    angles = 2.0 * np.pi * k[:, None] / 32
    rim = start + (radius + 1.5) * (np.cos(angles) * side + np.sin(angles) * np.cross(axis, side))
    cap = TriangleMesh(np.vstack([start, rim]), np.stack([0 * k, 1 + k, 1 + (k + 1) % 32], axis=1))
    speed = 0.01 * axis
    simulation = Simulation(
        inside(tube, voxel_size=1.0, device=device), viscosity=0.1, boundaries=[VelocityInlet(Patch("cap", cap), tuple(speed))],
        obstacles=[Obstacle("wall", tube, wall=Halfway(), hollow=True)], precision=wp.float64,
        schedules={f"cap.velocity_{a}": JUMP.in_steps(1 / 16) for a in "xyz"},
    )
    return simulation, float(np.sum(simulation.walls.areas["cap"] @ speed))


@pytest.mark.filterwarnings("ignore:the condition on")
@pytest.mark.parametrize("made", [closed_box, pytest.param(closed_tube, marks=pytest.mark.validate)])
def test_the_mass_that_enters_is_that_of_the_waveform_at_every_step(made, device):
    """Where nothing leaves, the mass grows by u(t) A in the step from t: also at a jump, to rounding."""
    simulation, rate = made(device)
    masses = [simulation.excess_mass()]
    for _ in range(40):
        simulation.run(1)
        masses.append(simulation.excess_mass())
    expected = [rate * JUMP(step / 16) for step in range(40)]
    assert np.diff(masses) == pytest.approx(expected, abs=1e-9 * max(expected))
