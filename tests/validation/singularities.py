"""Stokes flow past slender and round bodies by forces on a surface inside them, and the bodies of least drag found with it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_ANGLES = (np.arange(96) + 0.5) * 2.0 * np.pi / 96
_INNER = (np.arange(90) + 0.5) / 90 * 0.5 * np.pi
_OUTER = (np.arange(180) + 0.5) / 180 * 0.5 * np.pi
_DEPTH = 3.0
"""Depth of the forces below the surface, in their spacing."""


@dataclass(frozen=True)
class Profile:
    """x = L xi, r = (1 - xi^2) sum_k c_k T_2k(xi), xi from -1 to 1: a body of revolution, or in the plane a section.

    Its ends are cones or wedges of half-angle arctan(2 sum_k c_k / L).
    """

    numbers: tuple[float, ...]
    """L, then c."""

    @staticmethod
    def lens(length: float, width: float, terms: int = 6) -> "Profile":
        """Two parabolas, from tip to tip and across."""
        return Profile((0.5 * length, 0.5 * width, *[0.0] * (terms - 1)))

    def scaled(self, factor: float) -> "Profile":
        return Profile(tuple(factor * np.array(self.numbers)))

    def curve(self, xi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x and r."""
        return self.numbers[0] * xi, _shapes(xi, len(self.numbers) - 1) @ np.array(self.numbers[1:])

    @cached_property
    def _half(self) -> tuple[np.ndarray, np.ndarray]:
        return self.curve(np.sin(np.linspace(0.0, 0.5 * np.pi, 4001)))

    @property
    def volume(self) -> float:
        x, r = self._half
        return float(2.0 * np.pi * np.trapezoid(r**2, x))

    @property
    def surface(self) -> float:
        x, r = self._half
        return float(2.0 * np.pi * np.sum((r[1:] + r[:-1]) * np.hypot(np.diff(x), np.diff(r))))

    @property
    def section(self) -> float:
        """Area of the section through the axis."""
        x, r = self._half
        return float(4.0 * np.trapezoid(r, x))

    @property
    def tip(self) -> float:
        """Half-angle at the ends [degrees]."""
        return float(np.degrees(np.arctan(2.0 * sum(self.numbers[1:]) / self.numbers[0])))

    def half_angle(self, nearest: float, farthest: float) -> float:
        """Half-angle at the tip of the parabola through what lies between two distances from it [degrees]."""
        x, r = self._half
        away = self.numbers[0] - x
        there = (away >= nearest) & (away <= farthest)
        return float(np.degrees(np.arctan(np.polyfit(away[there], r[there], 2)[1])))

    def inside(self) -> tuple[np.ndarray, np.ndarray]:
        """Places below a quarter of the surface, three times as deep as they are apart."""
        (x, r), (x1, r1), (x2, r2) = (self.curve(np.sin(_INNER + e)) for e in (0.0, -1e-5, 1e-5))
        length = np.hypot(x2 - x1, r2 - r1)
        depth = np.minimum(_DEPTH * length / 2e-5 * (_INNER[1] - _INNER[0]), 0.5 * r)
        return x + depth * (r2 - r1) / length, r - depth * (x2 - x1) / length


def _shapes(xi: np.ndarray, terms: int) -> np.ndarray:
    """(1 - xi^2) T_2k(xi), (n, terms)."""
    return np.stack([(1.0 - xi**2) * np.cos(2 * k * np.arccos(np.clip(xi, -1.0, 1.0))) for k in range(terms)], axis=-1)


def drag(profile: Profile) -> float:
    """Drag / (6 pi mu U) of a body of revolution along its axis in unbounded flow: 1 for the unit sphere.

    Rings of forces along and across the axis, f and g, and their mirror images, least squares of u = U on the surface.
    Their fields are those of Stokeslets, (I / q + q q / q^3) / (8 pi mu).
    """
    (x, r), (X, R) = profile.inside(), profile.curve(np.sin(_OUTER))

    def rings(places):
        dx, dy = X[:, None, None] - places[:, None], R[:, None, None] - r[:, None] * np.cos(_ANGLES)
        dz = -r[:, None] * np.sin(_ANGLES)
        q = np.sqrt(dx**2 + dy**2 + dz**2)
        out = dy * np.cos(_ANGLES) + dz * np.sin(_ANGLES)
        u = (1.0 / q + dx * dx / q**3, dx * dy / q**3, dx * out / q**3, np.cos(_ANGLES) / q + dy * out / q**3)
        return [part.mean(axis=2) for part in u]

    ahead, behind = rings(x), rings(-x)
    by_f = [a + b for a, b in zip(ahead[:2], behind[:2], strict=True)]
    by_g = [a - b for a, b in zip(ahead[2:], behind[2:], strict=True)]
    matrix = np.block([[f, g] for f, g in zip(by_f, by_g, strict=True)])
    forces = np.linalg.lstsq(matrix, np.repeat([1.0, 0.0], len(X)), rcond=1e-13)[0]
    return float(2.0 * forces[: len(x)].sum() * 8.0 / 6.0)


def effective_radius(profile: Profile) -> float:
    """Radius of the circle with the same drag in any wide box, which in the plane is all that drag depends on.

    Far away a body with the drag F moves the fluid by u = F / (4 pi mu) (-ln q + x x / q^2 + ln a - 1/2), a its effective
    radius; Stokeslets of the plane, least squares of u = 0 on the surface.
    """
    (x, y), (X, Y) = profile.inside(), profile.curve(np.sin(_OUTER))
    n, size = len(x), (len(X), len(x))
    along, across = np.zeros((2, *size)), np.zeros((2, *size))
    for sx in (1.0, -1.0):
        for sy in (1.0, -1.0):
            dx, dy = X[:, None] - sx * x, Y[:, None] - sy * y
            square = dx**2 + dy**2
            along += np.stack([dx * dx / square - 0.5 * np.log(square), dx * dy / square])
            across += sx * sy * np.stack([dx * dy / square, dy * dy / square - 0.5 * np.log(square)])
    free = np.repeat([1.0, 0.0], len(X))[:, None]
    total = np.concatenate([np.full(n, 400.0), np.zeros(n + 1)])[None]  # All forces of the four quarters together are 1.
    matrix = np.concatenate([np.hstack([along.reshape(-1, n), across.reshape(-1, n), free]), total])
    found = np.linalg.lstsq(matrix, np.append(np.zeros(2 * len(X)), 100.0), rcond=1e-13)[0]
    return float(np.exp(found[-1] + 0.5))
