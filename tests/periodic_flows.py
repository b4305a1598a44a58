"""Small flows on periodic axes that whole tiles do not fill, on one period and on several."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import warp as wp

from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models import RigidVelocity
from sparselbm.models.boundary import Y_MAX, Y_MIN, Z_MAX, FreeSlip, MovingWall
from sparselbm.models.collision import BGK, TRT, Cumulant
from sparselbm.models.force import Boussinesq, UniformForce
from sparselbm.models.scalar import BodyValue, FixedValue, Scalar
from sparselbm.models.turbulence import WALE
from sparselbm.models.wall import Bouzidi
from sparselbm.solver import Obstacle, Simulation


@dataclass(frozen=True)
class Flow:
    """A periodic flow, on one period or on several."""

    lattice: object
    shape: tuple
    periodic: tuple
    options: dict
    radius: float = 0.0
    """Of a body that lies across the lower corner of the period, 0 for none."""
    wall: object = None
    motion: object = None

    def on(self, repeats, device, precision=wp.float64):
        """The flow on some periods along each axis, from the same periodic noise."""
        shape = tuple(n * k for n, k in zip(self.shape, repeats, strict=True))
        domain = box(shape, periodic=self.periodic, device=device)
        bodies = [Obstacle("body", self._bodies(repeats), self.wall, motion=self.motion)] if self.radius else []
        simulation = Simulation(
            domain, lattice=self.lattice, viscosity=0.03, obstacles=bodies, precision=precision, **self.options
        )
        d, where = len(shape), np.moveaxis(domain.cell_indices() % self.shape, -1, 0)
        rng = np.random.default_rng(2)
        rho, u = 1.0 + rng.uniform(-0.01, 0.01, self.shape), rng.uniform(-0.03, 0.03, (*self.shape, d))
        phi = rng.uniform(0.0, 1.0, self.shape)
        simulation.set_state(rho[tuple(where)], u[tuple(where)])
        for scalar in simulation.physics.scalars:
            simulation.set_scalar(scalar.name, phi[tuple(where)])
        return simulation

    def _bodies(self, repeats):
        """The body at the start of every period, and after the last one."""
        ranges = (range(k + 1) if wraps else (0,) for k, wraps in zip(repeats, self.periodic, strict=True))
        starts = [np.multiply(numbers, self.shape) for numbers in product(*ranges)]
        centres = [s + np.where(self.periodic, 0.37, 0.5 * np.asarray(self.shape) + 0.2) for s in starts]
        if len(self.shape) == 2:
            meshes = [TriangleMesh.cylinder(self.radius, (*c, -9.0), (*c, 10.0), 24) for c in centres]
        else:
            meshes = [TriangleMesh.sphere(self.radius, tuple(c), 1) for c in centres]
        counts = np.cumsum([0, *(len(m.points) for m in meshes)])
        faces = [m.faces + n for m, n in zip(meshes, counts, strict=False)]
        return TriangleMesh(np.concatenate([m.points for m in meshes]), np.concatenate(faces))

    @property
    def repeats(self):
        """Periods after which tiles are filled."""
        return tuple(int(np.lcm(n, 8)) // n if wraps else 1 for n, wraps in zip(self.shape, self.periodic, strict=True))


def heat(*conditions, bodies=()):
    """A scalar that drives the flow."""
    scalar = Scalar("heat", 0.05, conditions=conditions, bodies=bodies)
    return {"scalars": (scalar,), "force": Boussinesq("heat", 0.5, (2e-4, -1e-4), reference=0.2)}


FLOWS = {
    **{f"{n} cells": Flow(D2Q9, (n, 8), (True, True), {}) for n in (1, 2, 3, 5, 6, 7, 9, 10, 12, 15)},
    "walls": Flow(D2Q9, (10, 9), (True, False), {"force": (1e-4, 0.0), "collision": BGK()}),
    "moving wall and symmetry": Flow(
        D2Q9, (9, 11), (True, False), {"boundaries": (MovingWall(Y_MIN, (0.03, 0.0)), FreeSlip(Y_MAX))}
    ),
    "two seams": Flow(D2Q9, (10, 7), (True, True), {"force": UniformForce((1e-4, 2e-5))}),
    "three seams": Flow(D3Q19, (10, 12, 6), (True, True, True), {"force": (1e-4, 2e-5, -1e-5)}),
    "three short seams": Flow(D3Q27, (2, 3, 7), (True, True, True), {"collision": BGK()}),
    "cumulant": Flow(D3Q27, (12, 8, 4), (True, True, True), {"collision": Cumulant(), "force": (1e-4, 0.0, 0.0)}),
    "one cell thick": Flow(D3Q19, (8, 12, 1), (True, False, True), {"force": (1e-4, 0.0, 0.0)}),
    "WALE, 2D": Flow(D2Q9, (10, 6), (True, True), {"collision": WALE(TRT())}),
    "WALE, 3D": Flow(D3Q19, (12, 7, 9), (True, False, False), {"collision": WALE(TRT()), "boundaries": (FreeSlip(Z_MAX),)}),
    "scalar": Flow(D2Q9, (10, 9), (True, False), heat(FixedValue(Y_MIN, 1.0))),
    "solid": Flow(D2Q9, (10, 12), (True, True), {"force": (1e-4, 0.0)}, 2.6, SolidFraction()),
    "solid, 3D": Flow(D3Q19, (12, 12, 9), (True, True, False), {"force": (1e-4, 0.0, 0.0)}, 2.6, SolidFraction()),
    "links": Flow(D2Q9, (10, 12), (True, True), {"force": (1e-4, 0.0)}, 2.6, Bouzidi()),
    "links, 3D": Flow(D3Q19, (12, 12, 9), (True, True, False), {"force": (1e-4, 0.0, 0.0)}, 2.6, Bouzidi()),
    "warm body": Flow(D2Q9, (12, 12), (True, True), heat(bodies=(BodyValue("body", 1.0),)), 2.6, SolidFraction()),
    "surface that moves": Flow(
        D2Q9, (10, 12), (True, True), {"collision": WALE(TRT())}, 2.6, Bouzidi(), RigidVelocity((0.02, -0.01), (0.0,), (0.0, 0.0))
    ),
}


def tiled(values, repeats):
    """A field on the box of one period, on that of several."""
    return np.tile(values, (*repeats, *[1] * (values.ndim - len(repeats))))
