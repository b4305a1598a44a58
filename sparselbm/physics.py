"""One cell: from what streams in to what streams out, put together from the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .boundary import Boundary
from .collision import Collision
from .expression import Expression, has_bit, where
from .lattice import Lattice
from .moments import macroscopic
from .solid import force_on_solid, partially_saturated, saturation, solid_collision
from .tile_kernel import TileTrace

OBSTACLE_BIT = 8
"""Bits of `marks` below this one say which boundary condition a cell obeys, those from it on whose solid it holds."""


@dataclass(frozen=True)
class Physics:
    """The models of a simulation: together they decide its kernels, numbers do not."""

    lattice: Lattice
    collision: Collision
    boundaries: tuple[Boundary, ...] = ()
    forced: bool = False
    """Whether a body force acts."""
    obstacles: tuple[str, ...] = ()
    """Names of the solids whose walls are solid fractions."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the numbers that can be changed, and differentiated, without a new kernel."""
        force = tuple(f"force_{axis}" for axis in "xyz"[: self.lattice.dimension]) if self.forced else ()
        conditions = tuple(
            f"{boundary.face}.{name}"
            for boundary in self.boundaries
            for name in boundary.parameters(self.lattice.dimension)
        )
        return ("viscosity", *force, *conditions)


@dataclass(frozen=True)
class TileClass:
    """What the cells of a tile may meet; each class is launched with a kernel that is made for it."""

    walls: bool
    """Blocked links, cells outside the domain, or boundary conditions."""
    solid: bool
    """Cells that are partly or wholly solid."""


class Cell:
    """What physics and objectives see of a cell: every member is a traced value, recorded when it is first used."""

    def __init__(self, physics: Physics, tiles: TileClass, trace: TileTrace):
        self.physics = physics
        self.lattice = physics.lattice
        self._tiles = tiles
        self._trace = trace

    @cached_property
    def links(self):
        """Bit q: nothing comes along c_q but the cell's own reflection; bit 0: the cell is no fluid. None: no walls."""
        return self._trace.word("words") if self._tiles.walls else None

    @cached_property
    def incoming(self) -> list:
        """Shifted populations after streaming and bounce-back, shape (Q,)."""
        return self._trace.streamed("source", self.links)

    @cached_property
    def f(self) -> list:
        """Incoming populations with the boundary conditions applied, in their order, shape (Q,)."""
        f = self.incoming
        if self._tiles.walls:
            for k, boundary in enumerate(self.physics.boundaries):
                # Where faces meet, the later condition has the links of both: it starts from their reflection again.
                enters = [q in boundary.face.entering(self.lattice) for q in range(self.lattice.size)]
                reflected = [where(enter, back, old) for enter, back, old in zip(enters, self.incoming, f, strict=True)]
                filled = boundary.fill(self.lattice, reflected, self._values(boundary), enters)
                here = has_bit(self.marks, k)
                f = [old if new is old else where(here, new, old) for old, new in zip(f, filled, strict=True)]
        return f

    def _values(self, boundary: Boundary) -> Mapping[str, Expression]:
        return {name: self.parameter(f"{boundary.face}.{name}") for name in boundary.parameters(self.lattice.dimension)}

    @cached_property
    def marks(self):
        return self._trace.word("marks")

    def parameter(self, name: str):
        """A number of the models, by its name in `Physics.parameters`."""
        return self._trace.parameter(name)

    def position(self, axis: int):
        """Index of the cell along an axis, counted from the domain's lower corner."""
        return self._trace.position(axis)

    def mask(self, holds):
        """1 where a condition holds, else 0."""
        graph = self._trace.graph
        return where(holds, graph.constant(1.0), graph.constant(0.0))

    @cached_property
    def fluid(self):
        """1 in the domain, 0 in cells of its tiles that lie outside."""
        return 1.0 - self.mask(has_bit(self.links, 0)) if self._tiles.walls else self._trace.graph.constant(1.0)

    def holds(self, obstacle: str):
        """1 where the solid belongs to the named obstacle, else 0."""
        if obstacle not in self.physics.obstacles:
            raise ValueError(f"no obstacle {obstacle!r}; there are: {', '.join(self.physics.obstacles) or 'none'}")
        k = self.physics.obstacles.index(obstacle)
        return 1.0 if len(self.physics.obstacles) == 1 else self.mask(has_bit(self.marks, OBSTACLE_BIT + k))

    @cached_property
    def viscosity(self):
        """nu [cells^2 / step]."""
        return self.parameter("viscosity")

    @cached_property
    def force(self) -> list:
        """Body force, one value an axis [lattice momentum / cell / step]."""
        if not self.physics.forced:
            return [self._trace.graph.constant(0.0)] * self.lattice.dimension
        return [self.parameter(f"force_{axis}") for axis in "xyz"[: self.lattice.dimension]]

    @cached_property
    def _macroscopic(self) -> tuple:
        return macroscopic(self.lattice, self.f, self.force)

    @property
    def excess(self):
        """rho - 1."""
        return self._macroscopic[0]

    @property
    def density(self):
        """rho."""
        return 1.0 + self.excess

    @property
    def velocity(self) -> list:
        """u [cells / step], one value an axis."""
        return self._macroscopic[1]

    @cached_property
    def solid_fraction(self):
        """eps of the cell."""
        return self._trace.local("solid")

    @cached_property
    def saturation(self):
        """B of the partially saturated method."""
        return saturation(self.solid_fraction, self.viscosity)

    @cached_property
    def _solid_terms(self) -> list:
        # The solid carries no body force: with u = j / rho, less its half of F, what a whole solid sends out has no momentum.
        excess, u = macroscopic(self.lattice, self.f, [self._trace.graph.constant(0.0)] * self.lattice.dimension)
        return solid_collision(self.lattice, self.f, excess, u)

    @cached_property
    def force_on_solid(self) -> list:
        """What the fluid exerts on the solid in the cell, one value an axis [lattice force]."""
        if not self._tiles.solid:
            return [self._trace.graph.constant(0.0)] * self.lattice.dimension
        return force_on_solid(self.lattice, self._solid_terms, self.saturation)

    @cached_property
    def outgoing(self) -> list:
        """Populations after the step, shape (Q,)."""
        post = self.physics.collision.collide(self.lattice, self.f, self.viscosity, self.force)
        if self._tiles.solid:
            post = partially_saturated(self.f, post, self._solid_terms, self.saturation)
        if self._tiles.walls:
            for k, boundary in enumerate(self.physics.boundaries):
                for q, kept in boundary.memory(self.lattice, self.f).items():
                    post[q] = where(has_bit(self.marks, k), kept, post[q])
            post = [where(has_bit(self.links, 0), 0.0, value) for value in post]
        return post
