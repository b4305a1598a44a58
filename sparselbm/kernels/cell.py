"""One cell: from what streams in to what streams out, put together from the models."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ..lattice.equilibrium import along
from ..lattice.moments import excess_density, macroscopic, momentum
from ..lattice.velocity_gradient import velocity_gradient
from ..models.boundary import BoundaryCondition, Opening
from ..models.collision import Collision
from ..models.physics import OBSTACLE_BIT, Physics, TileClass
from ..models.rigid_velocity import rigid_velocity
from ..models.runtime_parameter import with_parameters
from ..models.scalar.carried import CarriedScalar
from ..models.wall.partially_saturated import force_on_solid, partially_saturated, saturation, solid_collision
from ..trace.expression import has_bit, total, where
from .tile_kernel import TileTrace


class Cell:
    """What physics and objectives see of a cell: every member is a traced value, recorded when it is first used."""

    def __init__(self, physics: Physics, tiles: TileClass, trace: TileTrace):
        self.physics = physics
        self.lattice = physics.lattice
        self._tiles = tiles
        self._trace = trace

    def _tuned(self, model, name: str) -> Any:
        """A model that reads its `Tunable` numbers from the parameters."""
        return with_parameters(model, name, lambda place, _: self.parameter(place))

    @cached_property
    def collision(self) -> Collision:
        """The collision, with its numbers as they are now."""
        return self._tuned(self.physics.collision, "collision")

    @cached_property
    def boundaries(self) -> tuple[BoundaryCondition, ...]:
        """The conditions of the flow, with their numbers as they are now."""
        return tuple(self._tuned(b, b.face.name) for b in self.physics.boundaries)

    @cached_property
    def links(self):
        """Bit q: nothing comes along c_q but the cell's own reflection; bit 0: the cell is no fluid. None: no walls."""
        return self._trace.word("words") if self._tiles.walls else None

    @cached_property
    def incoming(self) -> list:
        """Populations after streaming and bounce-back, shape (S,): the flow's, shifted, those of the scalars; then kept u."""
        return self._trace.streamed("source", self.links)

    def is_cut(self, q: int):
        """The mask of the cells whose link along -c_q crosses what they are marked with: a patch, or an obstacle."""
        return has_bit(self._trace.word("cuts"), q)

    def wall_distance(self, q: int):
        """delta, the share of the link along -c_q up to the wall."""
        return self._trace.field("fractions", 1, q, self.lattice.size)

    @property
    def _streamed(self) -> list:
        """Those of the flow."""
        return self.incoming[: self.lattice.size]

    @cached_property
    def _at_walls(self) -> list:
        """Incoming populations, walls of obstacles at their place on each link."""
        f = self._streamed
        if not self._tiles.fractions:
            return f
        result, wall = list(f), self.physics.link_wall
        for q, p in enumerate(self.lattice.opposites):
            if p != q:
                delta = self.wall_distance(q)
                back = wall.incoming(f[q], f[p], delta) + wall.wall_velocity_factor(delta) * self._pushed(q)
                result[q] = where(has_bit(self.links, q), back, f[q])
        return result

    def _pushed(self, q: int):
        """What a wall that moves adds to a population: 6 w_q rho_0 c_q . u_w, at the wall's place on the link."""
        if not self.physics.moving:
            return self._trace.graph.constant(0.0)
        c = self.lattice.velocities[q]
        u = self.solid_velocity([0.0 - self.wall_distance(q) * x for x in c])
        return where(self.is_cut(q), 6.0 * self.lattice.weights[q] * along(c, u), 0.0)

    @cached_property
    def f(self) -> list:
        """Incoming populations with the boundary conditions applied, in their order, shape (Q,)."""
        f = self._at_walls
        if self._tiles.walls:
            for k, boundary in enumerate(self.boundaries):
                # Where faces meet, the later condition has the links of both: it starts from their reflection again.
                enters = boundary.face.enters(self.lattice, self.is_cut)
                reflected = [where(enter, back, old) for enter, back, old in zip(enters, self._streamed, f, strict=True)]
                filled = boundary.fill(self.lattice, reflected, self._values(boundary), enters)
                here = has_bit(self.marks, k)
                f = [old if new is old else where(here, new, old) for old, new in zip(f, filled, strict=True)]
        return f

    def _values(self, boundary: BoundaryCondition) -> Mapping[str, Any]:
        names = {name: f"{boundary.face.name}.{name}" for name in boundary.parameters(self.lattice.dimension)}
        if boundary.profile is None:
            return {name: self.parameter(full) for name, full in names.items()}
        return {name: self.parameter(full) * self.field(full) for name, full in names.items()}

    @cached_property
    def marks(self):
        return self._trace.word("marks")

    def parameter(self, name: str):
        """A number of the models, by its name in `Physics.parameters`, at the present time."""
        number = self._trace.parameter(name)
        scheduled = self.physics.scheduled
        return number * self._trace.factor(scheduled.index(name)) if name in scheduled else number

    def field(self, name: str):
        """A value that differs from cell to cell, by its name in `Physics.fields`."""
        names = self.physics.fields
        if not self._tiles.fields:
            return self._trace.graph.constant(0.0)
        return self._trace.field("fields", 0, names.index(name), len(names))

    def position(self, axis: int):
        """Index of the cell along an axis, counted from the domain's lower corner."""
        return self._trace.position(axis)

    def centre(self, axis: int):
        """Coordinate of the cell's centre along an axis [cells from the domain's lower corner]."""
        return self.position(axis) + 0.5

    def mask(self, holds):
        """1 where a condition holds, else 0."""
        graph = self._trace.graph
        return where(holds, graph.constant(1.0), graph.constant(0.0))

    @cached_property
    def fluid(self):
        """1 in the domain, 0 in cells of its tiles that lie outside."""
        return 1.0 - self.mask(has_bit(self.links, 0)) if self._tiles.walls else self._trace.graph.constant(1.0)

    def in_obstacle(self, obstacle: str):
        """1 where the solid belongs to the named obstacle, else 0."""
        if obstacle not in self.physics.obstacles:
            raise ValueError(f"no obstacle {obstacle!r}; there are: {', '.join(self.physics.obstacles) or 'none'}")
        k = self.physics.obstacles.index(obstacle)
        alone = len(self.physics.obstacles) == 1 and all(opening.plane for opening in self.physics.openings)
        return 1.0 if alone else self.mask(has_bit(self.marks, OBSTACLE_BIT + k))

    @cached_property
    def viscosity(self):
        """nu [cells^2 / step]."""
        nu = self.parameter("viscosity")
        return nu * (1.0 + self.field("viscosity")) if self.physics.varied_viscosity else nu

    @cached_property
    def momentum(self) -> list:
        """j = sum c f, without any half of a force."""
        return momentum(self.lattice, self.f)

    @cached_property
    def force(self) -> list:
        """Body force, one value an axis [lattice momentum / cell / step]."""
        F: list = [self._trace.graph.constant(0.0)] * self.lattice.dimension
        for force in self.physics.forces:
            F = [a + b for a, b in zip(F, force.at(self, F), strict=True)]
        return F

    @cached_property
    def density_perturbation(self):
        """rho - 1."""
        return excess_density(self.f)

    @property
    def density(self):
        """rho."""
        return 1.0 + self.density_perturbation

    @cached_property
    def velocity(self) -> list:
        """u [cells / step], one value an axis."""
        return macroscopic(self.lattice, self.f, self.force)[1]

    @cached_property
    def bare_velocity(self) -> list:
        """j / rho [cells / step]: the velocity without half of the force, which may depend on scalars."""
        return [j / self.density for j in self.momentum]

    @cached_property
    def carrying_velocity(self) -> list:
        """u with half of what the solid changes, (j + j*) / 2 rho: with this one the mass of a steady flow is conserved."""
        if not self._tiles.solid:
            return self.velocity
        after = momentum(self.lattice, self.collided)
        return [0.5 * (a + b) / self.density for a, b in zip(self.momentum, after, strict=True)]

    def on_opening(self, opening: Opening):
        """The mask of the cells that a condition on an opening holds for."""
        return has_bit(self.marks, self.physics.openings.index(opening))

    @cached_property
    def carried(self) -> tuple[CarriedScalar, ...]:
        """What the cell knows of each of the scalars."""
        return tuple(
            CarriedScalar(
                self, self._tuned(scalar, scalar.name), self.incoming[self.physics.components(scalar.name)],
                walls=self._tiles.walls, solid=self._tiles.solid, fractions=self._tiles.fractions,
            )
            for scalar in self.physics.scalars
        )  # fmt: skip

    def scalar(self, name: str):
        """phi of the named scalar."""
        return self.carried[self.physics.scalar_number(name)].value

    def scalar_flux(self, name: str) -> list:
        """phi u - D grad phi of the named scalar, one value an axis [phi x cells / step]."""
        return self.carried[self.physics.scalar_number(name)].flux

    def scalar_release(self, name: str):
        """What solid in the cell gives off of the named scalar [phi / step]."""
        return self.carried[self.physics.scalar_number(name)].released

    @cached_property
    def solid_fraction(self):
        """eps of the cell; 0 where there is no such array, with every wall on links."""
        return self._trace.local("solid") if self._tiles.solid else self._trace.graph.constant(0.0)

    @cached_property
    def saturation(self):
        """B of the partially saturated method."""
        return saturation(self.solid_fraction, 3.0 * self.viscosity)

    @cached_property
    def _solid_terms(self) -> list:
        # The solid carries no body force: with u = j / rho, less its half of F, what a whole solid sends out has no momentum.
        excess, u = macroscopic(self.lattice, self.f, [self._trace.graph.constant(0.0)] * self.lattice.dimension)
        moving = self.solid_velocity([0.0] * self.lattice.dimension) if self.physics.moving else None
        return solid_collision(self.lattice, self.f, excess, u, moving)

    def solid_velocity(self, away: Sequence) -> list:
        """Velocity of the solid that the cell is marked with, at an offset from its centre; 0 where that is at rest."""
        place = [self.centre(k) + x for k, x in enumerate(away)]
        sums: list = [self._trace.graph.constant(0.0)] * self.lattice.dimension
        for name in self.physics.moving:
            u = rigid_velocity(lambda number, name=name: self.parameter(f"{name}.{number}"), place)
            sums = [a + self.in_obstacle(name) * b for a, b in zip(sums, u, strict=True)]
        return sums

    @cached_property
    def force_on_solid(self) -> list:
        """What the fluid exerts on the solid that the cell holds or has links to, one value an axis [lattice force]."""
        parts = [self._trace.graph.constant(0.0)] * self.lattice.dimension
        if self._tiles.solid:
            parts = force_on_solid(self.lattice, self._solid_terms, self.saturation)
        if self._tiles.fractions:
            parts = [a + b for a, b in zip(parts, self._force_through_links, strict=True)]
        return parts

    @cached_property
    def _force_through_links(self) -> list:
        """F = -sum_q c_q (f*_p + f_q) over the links cut by an obstacle, f* after the collision of the same step.

        Momentum exchange (Ladd 1994), centred in time; with shifted populations a closed surface feels the pressure's excess.
        """
        given = [
            where(self.is_cut(q), self.collided[p] + self.f[q], 0.0) if p != q else self._trace.graph.constant(0.0)
            for q, p in enumerate(self.lattice.opposites)
        ]
        return [-1.0 * j for j in momentum(self.lattice, given)]

    @cached_property
    def differences(self) -> list:
        """(u_b(x + e_a) - u_b(x - e_a)) / 2 of the step before, a after a, 0 for u beyond walls; empty where u is not kept."""
        return self._trace.differences("source", self.links)

    @cached_property
    def velocity_gradient(self) -> list[list]:
        """d_a u_b of the step before [1 / step], rows [a][b]; for collisions that need it."""
        own = self.incoming[-self.physics.kept :]
        moving = [OBSTACLE_BIT + self.physics.obstacles.index(name) for name in self.physics.moving]
        bits = [*range(len(self.physics.boundaries)), *moving] if self._tiles.walls else []
        given = [self.mask(has_bit(self.marks, k)) for k in bits]
        return velocity_gradient(self.lattice, self.differences, own, self.links, total(given) > 0.5)

    @cached_property
    def collided(self) -> list:
        """Populations after the collision with fluid and solid, shape (Q,)."""
        gradient = [self.velocity_gradient] if self.physics.kept else []
        post = self.collision.collide(self.lattice, self.f, self.viscosity, self.force, *gradient)
        if self._tiles.solid:
            post = partially_saturated(self.f, post, self._solid_terms, self.saturation)
        return post

    @cached_property
    def outgoing(self) -> list:
        """The state after the step, shape (S,): the flow's populations, those of the scalars, u where it is kept."""
        post = list(self.collided)
        if self._tiles.fractions:
            for q, p in enumerate(self.lattice.opposites):
                if p != q:
                    waits = self.physics.link_wall.stored(self.collided[p], self.collided[q], self.wall_distance(q))
                    post[p] = where(has_bit(self.links, q), waits, post[p])
        if self._tiles.walls:
            for k, boundary in enumerate(self.boundaries):
                for q, value in boundary.memory(self.lattice, self.f, self.collided).items():
                    post[q] = where(has_bit(self.marks, k), value, post[q])
        kept = self.carrying_velocity if self.physics.kept else []  # In a solid at rest it is 0.
        if self._tiles.walls:
            post, kept = ([where(has_bit(self.links, 0), 0.0, value) for value in part] for part in (post, kept))
        return [*post, *(value for scalar in self.carried for value in scalar.outgoing), *kept]
