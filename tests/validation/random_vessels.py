"""Vessels of random cases: open surfaces with a cap for each end, of inner radius 1/2 m at the inlet."""

import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from random_bodies import ASSETS, turned

from sparselbm.geometry import TriangleMesh

SEGMENTS = 40


@dataclass(frozen=True)
class Vessel:
    """A surface, and its caps: the first one is the inlet."""

    surface: TriangleMesh
    caps: Mapping[str, TriangleMesh]
    length: float
    """Length of a straight pipe [diameters]; 0 for other shapes."""

    def moved(self, move: Callable[[TriangleMesh], TriangleMesh]) -> "Vessel":
        """The vessel with another position or size."""
        return Vessel(move(self.surface), {name: move(cap) for name, cap in self.caps.items()}, self.length)


def pipe(rng: Generator) -> Vessel:
    """A straight pipe along x."""
    length = rng.uniform(2.0, 5.0)
    return swept(np.linspace(0.0, length, 24)[:, None] * np.array([1.0, 0.0, 0.0]), length)


def tilted(rng: Generator) -> Vessel:
    """A straight pipe in any direction."""
    state = int(rng.integers(1 << 30))
    return pipe(rng).moved(lambda mesh: turned(mesh, np.random.default_rng(state)))


def bend(rng: Generator) -> Vessel:
    """A bend of 30 to 120 degrees, of constant curvature."""
    radius, angle = rng.uniform(1.2, 3.0), np.radians(rng.uniform(30.0, 120.0))
    turns = np.linspace(0.0, angle, 24)
    return swept(radius * np.stack([np.sin(turns), 1.0 - np.cos(turns), 0.0 * turns], axis=1), 0.0)


def fork(rng: Generator) -> Vessel:
    """A Y of one inlet and two outlets at different angles and of different widths."""
    shapes = runpy.run_path(str(ASSETS / "vessel_shapes.py"))
    angles, radii, length = rng.uniform(np.radians(25.0), np.radians(50.0), 2), rng.uniform(0.35, 0.5, 2), 2.5
    tubes, ends = [shapes["Tube"]((-2.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.5)], []
    ends.append(shapes["End"]((-1.5, 0.0, 0.0), (-1.0, 0.0, 0.0), 0.5))
    for sign, angle, radius in zip((1.0, -1.0), angles, radii, strict=True):
        along = np.array([np.cos(angle), sign * np.sin(angle), 0.0])
        tubes.append(shapes["Tube"]((0.0, 0.0, 0.0), tuple((length + 0.5) * along), radius))
        ends.append(shapes["End"](tuple(length * along), tuple(along), radius))
    low, high = np.array([-2.5, -3.5, -1.0]), np.array([4.0, 3.5, 1.0])
    wall, caps = shapes["contoured"](shapes["union"](tubes, 0.2), ends, low, high, 0.08)
    triangles = wall[1][:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3)
    named = {name: TriangleMesh(*cap) for name, cap in zip(("In", "Out", "Side"), caps, strict=True)}
    return Vessel(TriangleMesh(wall[0], triangles), named, 0.0)


VESSELS: dict[str, Callable[[Generator], Vessel]] = {each.__name__: each for each in (pipe, tilted, bend, fork)}
"""Vessels by kind."""


def swept(centres: np.ndarray, length: float) -> Vessel:
    """A tube of radius 1/2 around a curve in the plane z = 0."""
    tangents = np.gradient(centres, axis=0, edge_order=2)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    sides = np.stack([-tangents[:, 1], tangents[:, 0], 0.0 * tangents[:, 0]], axis=1)
    angles = 2.0 * np.pi * np.arange(SEGMENTS)[:, None] / SEGMENTS
    rings = [c + 0.5 * (np.cos(angles) * s + np.sin(angles) * np.array([0.0, 0.0, 1.0])) for c, s in zip(centres, sides)]
    k, j = (each.ravel() for each in np.meshgrid(np.arange(SEGMENTS), SEGMENTS * np.arange(len(rings) - 1)))
    after = (k + 1) % SEGMENTS
    faces = np.concatenate([np.stack([j + k, j + after, j + k + SEGMENTS], 1),
                            np.stack([j + after, j + after + SEGMENTS, j + k + SEGMENTS], 1)])
    caps = {name: fan(ring) for name, ring in (("In", rings[0]), ("Out", rings[-1]))}
    return Vessel(TriangleMesh(np.concatenate(rings), faces), caps, length)


def fan(ring: np.ndarray) -> TriangleMesh:
    """The flat cap of a rim."""
    k = np.arange(len(ring))
    return TriangleMesh(np.vstack([ring, ring.mean(axis=0)]), np.stack([k, (k + 1) % len(ring), 0 * k + len(ring)], axis=1))
