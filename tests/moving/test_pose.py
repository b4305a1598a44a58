"""Placements between samples: screws, whose axis stays where it is wherever it lies."""

import numpy as np
import pytest
from moving_cases import shift, turned
from scipy.linalg import expm
from scipy.spatial.transform import Rotation

from sparselbm.solver.moving import Sampled
from sparselbm.solver.moving.pose import apply, between, departure, rigid

CELL = 0.02
"""[m]."""
HUBS = pytest.mark.parametrize("hub", [(0.0, 0.0, 0.0), (0.3, 0.0, 1.5), (10.3, 5.0, 1.5), (400.3, 200.0, 80.0)])


def about(axis, hub, angle: float) -> np.ndarray:
    """The turn by an angle about an axis through the hub, (4, 4)."""
    axis = np.asarray(axis) / np.linalg.norm(axis)
    return rigid(Rotation.from_rotvec(angle * axis).as_matrix(), np.asarray(hub), np.asarray(hub))


def screw(rng: np.random.Generator, turn: float) -> np.ndarray:
    """A random twist, (4, 4): its exponential turns by about so much, and moves by some metres."""
    w, v = turn * rng.standard_normal(3) / 2.0, 5.0 * rng.standard_normal(3)
    return np.array([[0.0, -w[2], w[1], v[0]], [w[2], 0.0, -w[0], v[1]], [-w[1], w[0], 0.0, v[2]], [0.0] * 4])


@HUBS
@pytest.mark.parametrize("samples", [4, 24, 72])
def test_the_hub_of_a_rotor_keeps_its_place(hub, samples):
    """Within 1e-6 cells at 454 m from the origin; points about it stay on their circles, and turn evenly."""
    times = np.arange(samples + 1) / 24.0
    angles = 2.0 * np.pi * np.arange(samples + 1) / samples
    motion = Sampled(list(times), [about((1.0, 0.2, -0.1), hub, angle) for angle in angles])
    tip = np.asarray(hub) + np.array([0.1, -0.2, 0.4])
    for t in np.linspace(0.0, times[-1], 200):
        matrix = motion.at(t)
        placed = apply(matrix, np.stack([hub, tip]))
        assert np.abs(placed[0] - hub).max() < 1e-6 * CELL
        right = about((1.0, 0.2, -0.1), hub, 2.0 * np.pi * t / times[-1])
        assert np.abs(placed[1] - apply(right, tip[None])[0]).max() < 1e-6 * CELL
        assert departure(matrix) < 1e-12


def test_a_body_in_orbit_stays_on_its_circle():
    """A body that turns about a far axis as it goes round: as a car in a bend."""
    centre, radius = np.array([30.0, -50.0]), 12.0
    motion = Sampled([0.0, 1.0, 2.0], [turned(angle, centre) for angle in (0.0, 0.7, 1.4)])
    for t in np.linspace(0.0, 2.0, 17):
        place = apply(motion.at(t), np.array([[centre[0] + radius, centre[1], 0.0]]))[0]
        right = centre + radius * np.array([np.cos(0.7 * t), np.sin(0.7 * t)])
        assert place == pytest.approx([*right, 0.0], abs=1e-12)
        assert motion.at(t)[2] == pytest.approx([0.0, 0.0, 1.0, 0.0], abs=1e-15)  # In two dimensions it keeps to the plane.


@pytest.mark.parametrize("turn", [0.0, 1e-12, 1e-7, 1e-4, 1.01e-4, 1e-2, 1.0])
def test_screws_are_exact(turn):
    """exp(s X) B for samples B and exp(X) B, from pure translation on."""
    rng = np.random.default_rng(3)
    for _ in range(5):
        twist, before = screw(rng, turn), expm(screw(rng, 2.0))
        after = expm(twist) @ before
        for share in (0.0, 0.25, 0.5, 0.9, 1.0):
            assert between(before, after, share) == pytest.approx(expm(share * twist) @ before, abs=1e-9)


def test_a_straight_path_is_straight():
    for share in (0.0, 0.3, 1.0):
        assert between(shift(1.0, 2.0), shift(3.0, -4.0), share) == pytest.approx(shift(1.0 + 2.0 * share, 2.0 - 6.0 * share))


def test_samples_are_reproduced_at_their_times():
    rng = np.random.default_rng(5)
    poses = [np.eye(4)]
    for _ in range(6):
        poses.append(expm(screw(rng, 0.8)) @ poses[-1])
    motion = Sampled(list(range(7)), poses)
    for t, right in enumerate(poses):
        assert motion.at(t) == pytest.approx(right, abs=1e-11)
        assert motion.at(t + 1e-9) == pytest.approx(right, abs=1e-6)
