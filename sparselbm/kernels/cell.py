"""Physics of one cell, composed of the models: from the incoming to the outgoing populations."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from ..lattice.equilibrium import along
from ..lattice.moments import excess_density, macroscopic, momentum
from ..lattice.velocity_gradient import velocity_gradient
from ..models.boundary import Opening
from ..models.cell_label import OBSTACLE_MASK, OBSTACLE_SHIFT, label_words, opening_place
from ..models.collision import Collision
from ..models.physics import Physics, TileClass
from ..models.rigid_velocity import rigid_velocity
from ..models.runtime_parameter import with_parameters
from ..models.scalar.carried import CarriedScalar
from ..models.wall.partially_saturated import force_on_solid, partially_saturated, saturation, solid_collision
from ..trace.expression import has_bit, matches, total, where
from .conditions import FlowConditions
from .cut_link import CutLink
from .kernel_trace import KernelTrace


class Cell:
    """Values of a cell for models and objectives. Every member is a traced value, which is recorded when it is first used."""

    def __init__(self, physics: Physics, tiles: TileClass, trace: KernelTrace):
        self.physics = physics
        self.lattice = physics.lattice
        self._tiles = tiles
        self._trace = trace

    def _tuned(self, model, name: str) -> Any:
        """Copy of a model that reads its runtime parameters from the table of parameters."""
        return with_parameters(model, name, lambda place, _: self.parameter(place))

    @cached_property
    def collision(self) -> Collision:
        """Collision model with the present values of its parameters."""
        return self._tuned(self.physics.collision, "collision")

    @cached_property
    def links(self):
        """Bit q: the upstream neighbour along c_q is not fluid (bounce-back). Bit 0: this cell is not fluid. None: no walls."""
        return self._trace.bits("blocked_links") if self._tiles.walls else None

    @cached_property
    def incoming(self) -> list:
        """Populations after streaming and bounce-back, shape (S,): of the flow (shifted), of the scalars; then the stored u."""
        return self._trace.streamed("source", self.links)

    def is_cut(self, q: int):
        """Mask of the cells whose link along -c_q crosses the patch or the obstacle in the label of the cell."""
        return has_bit(self._trace.bits("cut_links"), q)

    def wall_distance(self, q: int):
        """Link distance delta: distance to the wall along -c_q, as a fraction of the link."""
        return self._trace.field("fractions", 1, q, self._link_components)

    @property
    def _link_components(self) -> int:
        return (1 + self.physics.links_have_owners) * self.lattice.size

    def through_link(self, q: int, obstacle: str, value, otherwise=0.0, *, at_launch: bool = False):
        """One value where the link along -c_q is cut by the named obstacle, another elsewhere. `at_launch`: see `in_obstacle`."""
        owned = self._belongs_to(obstacle, at_launch)
        if self.physics.links_have_owners:
            owner = self._trace.field("fractions", 1, self.lattice.size + q, self._link_components)
            number = float(self.physics.obstacle_number(obstacle))
            distance = owner - (self.number("obstacle", number) if at_launch else number)
            owned = distance * distance < 0.25
        return where(owned, where(self.is_cut(q), value, otherwise), otherwise)

    @property
    def streamed(self) -> list:
        """Incoming populations of the flow, before any condition, shape (Q,)."""
        return self.incoming[: self.lattice.size]

    @cached_property
    def at_walls(self) -> list:
        """Incoming populations, with bounce-back at the exact position of the obstacles' walls."""
        f = self.streamed
        if not self._tiles.fractions:
            return f
        result, wall = list(f), self.physics.link_wall
        for q, p in enumerate(self.lattice.opposites):
            if p != q:
                link = CutLink(self, q)
                back = wall.incoming(link) + wall.wall_velocity_factor(link) * self._pushed(q)
                result[q] = where(has_bit(self.links, q), back, f[q])
        return result

    def _pushed(self, q: int):
        """Contribution of moving walls to a population, 6 w_q rho_0 c_q . u_w, with u_w where the wall cuts the link."""
        if not self.physics.moving:
            return self._trace.graph.constant(0.0)
        walls = [(name, along(self.lattice.velocities[q], u)) for name, u in self._velocities_at(q)]
        return 6.0 * self.lattice.weights[q] * total(self.through_link(q, name, u) for name, u in walls)

    def wall_velocity(self, q: int) -> list:
        """Velocity u_w of the wall where it cuts the link along -c_q, one value per axis; 0 if no obstacle moves."""
        u_w: list = [self._trace.graph.constant(0.0)] * self.lattice.dimension
        for name, u in self._velocities_at(q):
            u_w = [a + self.through_link(q, name, b) for a, b in zip(u_w, u, strict=True)]
        return u_w

    def _velocities_at(self, q: int) -> list[tuple[str, list]]:
        """Moving obstacles, and the velocity that each has where the wall cuts the link along -c_q."""
        at = [self.centre(k) - self.wall_distance(q) * x for k, x in enumerate(self.lattice.velocities[q])]
        return [(name, self._velocity_of(name, at)) for name in self.physics.moving]

    @cached_property
    def conditions(self) -> FlowConditions:
        """The conditions of the flow."""
        return FlowConditions(self)

    @cached_property
    def f(self) -> list:
        """Incoming populations with the boundary conditions applied, in their order, shape (Q,)."""
        return self.conditions.filled(self.at_walls) if self._tiles.walls else self.at_walls

    def along(self, opening: int):
        """Mask of the cells along an opening, given by its index in `Physics.openings`."""
        word, bit = opening_place(opening)
        return has_bit(self._label(word), bit)

    def along_any(self, openings: Sequence[int], value, otherwise):
        """One value in the cells along any of these openings, another elsewhere."""
        if len(openings) == 1:
            return where(self.along(openings[0]), value, otherwise)
        bits: dict[int, int] = {}
        for word, bit in map(opening_place, openings):
            bits[word] = bits.get(word, 0) | 1 << bit
        result = otherwise
        for word, mask in bits.items():
            result = where(matches(self._label(word), mask, 0), result, value)
        return result

    def _label(self, word: int):
        return self._trace.bits("cell_labels", word, label_words(len(self.physics.openings)))

    def parameter(self, name: str):
        """Parameter of the models at the present time, by its name in `Physics.parameters`."""
        number = self._trace.parameter(name)
        scheduled = self.physics.scheduled
        return number * self._trace.factor(scheduled.index(name)) if name in scheduled else number

    def number(self, name: str, value: float):
        """A number given at the launch, not in the text: integrands that differ only in it share a kernel. `name`: what it is."""
        return self._trace.number(name, value)

    def field(self, name: str):
        """Value of a field of the models in this cell, by its name in `Physics.fields`; 0 in tiles without fields."""
        names = self.physics.fields
        if not self._tiles.fields:
            return self._trace.graph.constant(0.0)
        return self._trace.field("fields", 0, names.index(name), len(names))

    def placeholder(self, name: str):
        """A value that no kernel reads, by which formulas are compared."""
        return self._trace.graph.input(f"placeholder_{name}")

    def position(self, axis: int):
        """Index of the cell along an axis of the domain."""
        return self._trace.position(axis)

    def centre(self, axis: int):
        """Coordinate of the cell's centre along an axis [cells from the domain's lower corner]."""
        return self.position(axis) + 0.5

    def mask(self, holds):
        """1 where a mask is true, else 0."""
        graph = self._trace.graph
        return where(holds, graph.constant(1.0), graph.constant(0.0))

    def in_fluid(self, value):
        """The value in fluid cells, and 0 in all others, even where it is not finite (an integrand may divide by 0 there)."""
        return value if self.links is None else where(has_bit(self.links, 0), 0.0, value)

    @cached_property
    def mass_share(self):
        """Fraction of the cell's mass that lies in the domain: 1/2 on a plane of symmetry, 1/4 on two of them."""
        share = self._trace.graph.constant(1.0)
        for k, boundary in enumerate(self.physics.boundaries):
            if boundary.mass_share != 1.0:
                share = where(self.along(k), boundary.mass_share * share, share)
        return share

    def in_obstacle(self, obstacle: str, *, at_launch: bool = False):
        """1 where the solid belongs to the named obstacle, else 0.

        `at_launch`: its number is given at the launch, so that one kernel serves all obstacles.
        """
        owned = self._belongs_to(obstacle, at_launch)
        return 1.0 if owned is True else self.mask(owned)

    def _belongs_to(self, obstacle: str, at_launch: bool):
        """Mask of the cells of an obstacle; True if a cell cannot belong to anything else."""
        number = self.physics.obstacle_number(obstacle)
        if len(self.physics.obstacles) == 1 and all(opening.plane for opening in self.physics.openings):
            return True
        if at_launch:
            return self._trace.matches_at_launch(self._label(0), OBSTACLE_MASK, "obstacle", number, OBSTACLE_SHIFT)
        return matches(self._label(0), OBSTACLE_MASK, number << OBSTACLE_SHIFT)

    @cached_property
    def viscosity(self):
        """nu [cells^2 / step]."""
        nu = self.parameter("viscosity")
        return nu * (1.0 + self.field("viscosity")) if self.physics.varied_viscosity else nu

    @cached_property
    def momentum(self) -> list:
        """Momentum j = sum c f, without the contribution F / 2 of a force."""
        return momentum(self.lattice, self.f)

    @cached_property
    def force(self) -> list:
        """Body force F, one value per axis [lattice momentum / cell / step]."""
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
        """u [cells / step], one value per axis."""
        return macroscopic(self.lattice, self.f, self.force)[1]

    @cached_property
    def bare_velocity(self) -> list:
        """j / rho [cells / step]: the velocity without the contribution of the force, which may depend on scalars."""
        return [j / self.density for j in self.momentum]

    @cached_property
    def carrying_velocity(self) -> list:
        """Velocity averaged over the collision with the solid, (j + j*) / 2 rho, which conserves the mass of a steady flow."""
        if not self._tiles.solid:
            return self.velocity
        after = momentum(self.lattice, self.collided)
        return [0.5 * (a + b) / self.density for a, b in zip(self.momentum, after, strict=True)]

    def on_opening(self, opening: Opening):
        """Mask of the cells to which a condition on an opening applies."""
        return self.along(self.physics.openings.index(opening))

    @cached_property
    def carried(self) -> tuple[CarriedScalar, ...]:
        """Values of each scalar in the cell."""
        return tuple(
            CarriedScalar(
                self, self._tuned(scalar, scalar.name), self.incoming[self.physics.components(scalar.name)],
                walls=self._tiles.walls, solid=self._tiles.solid, fractions=self._tiles.fractions,
            )
            for scalar in self.physics.scalars
        )

    def scalar(self, name: str):
        """phi of the named scalar."""
        return self.carried[self.physics.scalar_number(name)].value

    def scalar_flux(self, name: str) -> list:
        """phi u - D grad phi of the named scalar, one value per axis [phi x cells / step]."""
        return self.carried[self.physics.scalar_number(name)].flux

    def scalar_release(self, name: str, obstacle: str):
        """Release of the named scalar by an obstacle in the cell or across its links [phi / step]."""
        return self.carried[self.physics.scalar_number(name)].released_by(obstacle)

    @cached_property
    def solid_fraction(self):
        """Solid fraction eps of the cell; 0 in tiles without solid, and if all walls are on links."""
        return self._trace.local("solid") if self._tiles.solid else self._trace.graph.constant(0.0)

    @cached_property
    def saturation(self):
        """Saturation B of the partially saturated method."""
        return saturation(self.solid_fraction, 3.0 * self.viscosity)

    @cached_property
    def _solid_terms(self) -> list:
        # No body force acts on the solid: with u = j / rho, without F / 2, a full solid sends out populations without momentum.
        excess, u = macroscopic(self.lattice, self.f, [self._trace.graph.constant(0.0)] * self.lattice.dimension)
        moving = self.solid_velocity if self.physics.moving else None
        return solid_collision(self.lattice, self.f, excess, u, moving)

    def _velocity_of(self, obstacle: str, at: Sequence) -> list:
        """Velocity of a moving obstacle at a position, one value per axis."""
        return rigid_velocity(lambda number: self.parameter(f"{obstacle}.{number}"), at)

    @cached_property
    def solid_velocity(self) -> list:
        """Velocity of the solid at the centre of the cell; 0 if the solid is at rest."""
        at = [self.centre(k) for k in range(self.lattice.dimension)]
        sums: list = [self._trace.graph.constant(0.0)] * self.lattice.dimension
        for name in self.physics.moving:
            u = self._velocity_of(name, at)
            sums = [a + self.in_obstacle(name) * b for a, b in zip(sums, u, strict=True)]
        return sums

    @cached_property
    def force_on_solid(self) -> list:
        """Force of the fluid on the solid in the cell and across its links, one value per axis [lattice force]."""
        parts = self._force_on_saturated if self._tiles.solid else [self._trace.graph.constant(0.0)] * self.lattice.dimension
        if self._tiles.fractions:
            parts = [a + b for a, b in zip(parts, self._force_through_links, strict=True)]
        return parts

    @cached_property
    def _force_on_saturated(self) -> list:
        """Force on the partially saturated solid, with the stress that solid cells pass on to the boundary of the domain."""
        parts = force_on_solid(self.lattice, self._solid_terms, self.saturation)
        if self._tiles.walls:
            ends = self._momentum_through(lambda q, value: where(has_bit(self.links, q), value, 0.0))
            if self._tiles.fractions:
                ends = [a - b for a, b in zip(ends, self._force_through_links, strict=True)]
            parts = [a + self.solid_fraction * b for a, b in zip(parts, ends, strict=True)]
        return parts

    def force_on(self, obstacle: str) -> list:
        """Force of the fluid on the named obstacle, one value per axis [lattice force]."""
        if not self.physics.links_have_owners:
            return [self.in_obstacle(obstacle, at_launch=True) * F for F in self.force_on_solid]
        zero: list = [self._trace.graph.constant(0.0)] * self.lattice.dimension
        parts = [self.in_obstacle(obstacle, at_launch=True) * F for F in self._force_on_saturated] if self._tiles.solid else zero
        if self._tiles.fractions:
            links = self._momentum_through(lambda q, value: self.through_link(q, obstacle, value, at_launch=True))
            parts = [a + b for a, b in zip(parts, links, strict=True)]
        return parts

    @cached_property
    def _force_through_links(self) -> list:
        return self._momentum_through(lambda q, value: where(self.is_cut(q), value, 0.0))

    def _momentum_through(self, counted: Callable[[int, Any], Any]) -> list:
        """F = -sum_q c_q (f*_p + f_q) over the counted links, with f* after the collision of the same step and p opposite to q.

        Momentum exchange (Ladd 1994), centred in time; with shifted populations only the excess pressure
        c_s^2 (rho - 1) acts on a closed surface.
        """
        given = [
            counted(q, self.collided[p] + self.f[q]) if p != q else self._trace.graph.constant(0.0)
            for q, p in enumerate(self.lattice.opposites)
        ]
        return [-1.0 * j for j in momentum(self.lattice, given)]

    @cached_property
    def differences(self) -> list:
        """(u_b(x + e_a) - u_b(x - e_a)) / 2 of the previous step, all b for each a, with u = 0 beyond walls; empty unless u is
        stored."""
        return self._trace.differences("source", self.links)

    @cached_property
    def velocity_gradient(self) -> list[list]:
        """d_a u_b of the previous step [1 / step], rows [a][b]; for collision models that need it."""
        own, given = self.incoming[-self.physics.stored_velocity_size :], self.given_velocity
        return velocity_gradient(self.lattice, self.differences, own, self.links, given)

    @property
    def given_velocity(self):
        """Mask of the cells along an opening of the flow or next to a moving obstacle, whose walls need not be at rest."""
        given = []
        if self._tiles.walls:
            given = [self.mask(self.along(k)) for k in range(len(self.physics.boundaries))]
            given += [self.in_obstacle(name) for name in self.physics.moving]
        return total(given) > 0.5

    @cached_property
    def collided(self) -> list:
        """Populations after the collision with fluid and solid, shape (Q,)."""
        given = [self.velocity_gradient] if self.physics.stored_velocity_size else []
        given += [self.conditions.wall_distance] if self.collision.needs_wall_distance else []
        post = self.collision.collide(self.lattice, self.f, self.viscosity, self.force, *given)
        if self._tiles.solid:
            post = partially_saturated(self.f, post, self._solid_terms, self.saturation)
        return post

    @cached_property
    def outgoing(self) -> list:
        """State after the step, shape (S,): populations of the flow, of the scalars, and u if it is stored."""
        post = list(self.collided)
        if self._tiles.fractions:
            for q, p in enumerate(self.lattice.opposites):
                if p != q:
                    waits = self.physics.link_wall.stored(CutLink(self, q))
                    post[p] = where(has_bit(self.links, q), waits, post[p])
        if self._tiles.walls:
            post = self.conditions.remembered(self.f, self.collided, post)
        stored = self.carrying_velocity if self.physics.stored_velocity_size else []  # In a solid at rest it is 0.
        return [self.in_fluid(value) for value in (*post, *(g for scalar in self.carried for g in scalar.outgoing), *stored)]
