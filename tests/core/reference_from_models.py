"""A step of the lattice Boltzmann method on dense arrays with np.roll: the reference of the tile kernels.

It shares the models' formulas (`collide`, `fill`, `memory`, the solid's operator), called here on arrays, and nothing
of tiles, vectors, tracing and generated code.
"""

import numpy as np

from sparselbm.lattice.moments import macroscopic, momentum
from sparselbm.models.wall.partially_saturated import partially_saturated, saturation, solid_collision


def upstream(field, c):
    """The value at x - c, periodic."""
    return np.roll(field, c, axis=tuple(range(len(c))))


class DenseFlow:
    """Shifted populations (Q, *shape) on a box that repeats along its `periodic` axes; `fluid` is a mask of its cells."""

    def __init__(
        self,
        lattice,
        collision,
        viscosity,
        f,
        *,
        fluid=None,
        periodic=None,
        force=None,
        boundaries=(),
        eps=None,
    ):
        self.lattice, self.collision, self.viscosity = lattice, collision, viscosity
        shape = f.shape[1:]
        fluid = np.ones(shape, dtype=bool) if fluid is None else fluid
        self._margin = [(0, 0) if p else (1, 1) for p in (periodic or [True] * len(shape))]
        self._inside = tuple(slice(a, -b or None) for a, b in self._margin)
        self.fluid = np.pad(fluid, self._margin)
        self.f = np.pad(np.where(fluid, f, 0.0), [(0, 0), *self._margin])
        self.force = list(force or [0.0] * len(shape))
        self.eps = None if eps is None else np.pad(eps, self._margin)
        self.boundaries = boundaries
        self.kept = np.zeros((self.lattice.dimension * collision.needs_velocity_gradient, *self.fluid.shape))

    def _on_face(self, face):
        mask = np.zeros_like(self.fluid)
        layer = [slice(None)] * mask.ndim
        layer[face.axis] = 1 if face.end == 0 else -2
        mask[tuple(layer)] = True
        return mask & self.fluid

    def incoming(self):
        """Populations after streaming, halfway bounce-back and boundary conditions."""
        pulled = f = [
            np.where(upstream(self.fluid, c), upstream(self.f[q], c), self.f[p])
            for q, (c, p) in enumerate(zip(self.lattice.velocities, self.lattice.opposites, strict=True))
        ]
        for b in self.boundaries:
            here, values = self._on_face(b.face), {p.name: p.excess for p in b.parameters(self.lattice.dimension)}
            if b.on_links:
                values = {name: lambda _, value=value: value for name, value in values.items()}
            enters = [q in b.face.entering(self.lattice) for q in range(self.lattice.size)]
            reflected = [pulled[q] if enters[q] else fq for q, fq in enumerate(f)]
            filled = b.fill(self.lattice, reflected, values, enters)
            f = [np.where(here, new, old) for old, new in zip(f, filled, strict=True)]
        return f

    def velocity_gradient(self):
        """d_a u_b of the kept velocity, rows [a][b]: central, with a mirror image beside walls, one-sided at conditions."""
        given = np.any([self._on_face(b.face) for b in self.boundaries], axis=0) if self.boundaries else False
        return [[self._derivative(u, a, given) for u in self.kept] for a in range(len(self.kept))]

    def _derivative(self, u, axis, given):
        low, high = np.roll(u, 1, axis), np.roll(u, -1, axis)
        has_low, has_high = np.roll(self.fluid, 1, axis), np.roll(self.fluid, -1, axis)
        one_sided = np.select([has_low & has_high, has_high, has_low], [(high - low) / 2.0, high - u, u - low], 0.0)
        mirrored = (np.where(has_high, high, -u) - np.where(has_low, low, -u)) / 2.0
        return np.where(given, one_sided, mirrored)

    def collided(self, f):
        """Incoming populations after the collision with fluid and solid."""
        gradient = [self.velocity_gradient()] if len(self.kept) else []
        post = self.collision.collide(self.lattice, f, self.viscosity, self.force, *gradient)
        if self.eps is not None:
            excess, u = macroscopic(self.lattice, f, [0.0] * self.lattice.dimension)
            solid = solid_collision(self.lattice, f, excess, u)
            post = partially_saturated(f, post, solid, saturation(self.eps, 3.0 * self.viscosity))
        return list(post)

    def step(self):
        f = self.incoming()
        collided = self.collided(f)
        post = list(collided)
        for b in self.boundaries:
            enters = [q in b.face.entering(self.lattice) for q in range(self.lattice.size)]
            for q, kept in b.memory(self.lattice, f, collided, enters, b.face.normal(self.lattice, None)).items():
                post[q] = np.where(self._on_face(b.face), kept, post[q])
        self.f = np.array([np.where(self.fluid, value, 0.0) for value in post])
        if len(self.kept):
            rho, before, after = 1.0 + sum(f), momentum(self.lattice, f), momentum(self.lattice, collided)
            u = [0.5 * (a + b) / rho for a, b in zip(before, after, strict=True)]
            self.kept = np.array([np.where(self.fluid, v, 0.0) for v in u])

    @property
    def populations(self):
        """The state on the box, (S, *shape)."""
        return np.concatenate([self.f, self.kept])[(slice(None), *self._inside)]
