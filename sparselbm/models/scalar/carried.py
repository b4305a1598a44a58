"""Traced values of a scalar in a cell."""

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Any

from ...lattice.moments import momentum
from ...trace.expression import has_bit, total, where
from ..boundary import Opening
from ..condition_groups import chosen, group_conditions, same_nodes
from ..wall.partially_saturated import partially_saturated
from .body import held_at, held_share, insulated, insulated_share, surface_value, waiting
from .body_flux import surface_share
from .condition import ScalarCondition
from .scalar import Scalar


class CarriedScalar:
    """Scalar in a cell; every member is a traced value, recorded on first use."""

    def __init__(self, cell, scalar: Scalar, incoming: Sequence, *, walls: bool, solid: bool, fractions: bool):
        """`incoming`: populations after streaming and bounce-back; `walls`, `solid`, `fractions`: see `TileClass`."""
        self._cell, self._scalar, self._incoming = cell, scalar, incoming
        self._walls, self._solid, self._fractions = walls, solid, fractions
        self.lattice = scalar.lattice(cell.lattice.dimension)
        self._conducting = scalar.conducting if solid else ()

    def _parameter(self, name: str):
        return self._cell.parameter(f"{self._scalar.name}.{name}")

    def _link(self, q: int) -> int:
        """Index of the flow's link along the scalar's c_q."""
        return self._cell.lattice.velocities.index(self.lattice.velocities[q])

    def _crossing(self, q: int):
        return self._cell.is_cut(self._link(q))

    @cached_property
    def _conducting_share(self):
        """Share of the cell that bodies fill which conduct the scalar."""
        return total(self._share_of(body.obstacle) for body in self._conducting)

    def _share_of(self, obstacle: str, *, at_launch: bool = False):
        return self._cell.solid_fraction * self._cell.in_obstacle(obstacle, at_launch=at_launch)

    @cached_property
    def diffusivity(self):
        """Conductivity k of the cell over the heat capacity of the fluid [cells^2 / step]: D in the fluid."""
        D = self._parameter("diffusivity")
        if not self._conducting:
            return D
        solid = (self._share_of(b.obstacle) / self._parameter(f"{b.obstacle}.conductivity") for b in self._conducting)
        return D / (1.0 - self._conducting_share + total(solid))

    @cached_property
    def heat_capacity(self):
        """Heat capacity C of the cell over that of the fluid: 1 in the fluid."""
        if not self._conducting:
            return 1.0
        ratios = [(self._share_of(b.obstacle), self._parameter(f"{b.obstacle}.heat_capacity")) for b in self._conducting]
        return 1.0 + total(share * (ratio - 1.0) for share, ratio in ratios)

    @cached_property
    def source(self):
        """S [phi / step], in the fluid only where bodies conduct."""
        if self._scalar.source is None:
            return 0.0
        source = self._parameter("source")
        return source * (1.0 - self._conducting_share) if self._conducting else source

    @cached_property
    def _given(self):
        """Source of the bodies with a given flux [phi / step]; 0 without any."""
        area, bodies = surface_share(self._cell.solid_fraction), self._scalar.heated if self._solid else ()
        return total(self._cell.in_obstacle(b.obstacle) * self._parameter(f"{b.obstacle}.flux") * area for b in bodies)

    @cached_property
    def _at_bodies(self) -> list:
        """Incoming populations, with the wall of `surface_value` on links that cross a body of fixed value."""
        g = list(self._incoming)
        for body in self._scalar.held if self._fractions else ():
            phi = self._parameter(f"{body.obstacle}.value")
            for q, (w, p) in enumerate(zip(self.lattice.weights, self.lattice.opposites, strict=True)):
                if p != q:
                    entering = surface_value(w, self._distance(q), phi, self._incoming[q], self._incoming[p])
                    g[q] = self._cell.through_link(self._link(q), body.obstacle, entering, g[q])
        return g

    def _distance(self, q: int):
        """Link distance delta along -c_q, and 1/2 where nothing streams in from the other side of the cell."""
        delta, behind = self._cell.wall_distance(self._link(q)), self._link(self.lattice.opposites[q])
        return where(has_bit(self._cell.links, behind), 0.5, delta)

    @cached_property
    def g(self) -> list:
        """Incoming populations after applying the conditions, shape (Q,)."""
        g = self._at_bodies
        if self._walls:
            for group in group_conditions(self._scalar.conditions, self._formula):
                value, enters = self._values(group), group[0].face.enters(self.lattice, self._crossing)
                filled = group[0].fill(self.lattice, g, self._cell.bare_velocity, value, enters)
                openings = [self._cell.physics.openings.index(condition.face) for condition in group]
                g = [
                    old if new is old else self._cell.along_any(openings, new, old)
                    for old, new in zip(g, filled, strict=True)
                ]
        return g

    def _formula(self, condition: ScalarCondition) -> Hashable:
        """The condition's equations, with placeholders for its parameters."""
        cell = self._cell
        g = [cell.placeholder(f"g{q}") for q in range(self.lattice.size)]
        u = [cell.placeholder(f"u{k}") for k in range(cell.lattice.dimension)]
        value = {number.name: cell.placeholder(number.name) for number in condition.parameters()}
        value |= {"mass": cell.placeholder("mass")} if condition.needs_mass else {}
        return same_nodes(condition.fill(self.lattice, g, u, value, condition.face.enters(self.lattice, self._crossing)))

    def _values(self, group: Sequence[ScalarCondition]) -> dict[str, Any]:
        """The parameters of each cell's opening, by their names."""
        names = [number.name for number in group[0].parameters()]
        masks = [self._cell.on_opening(c.face) for c in group] if len(group) > 1 else [None]
        value = {name: chosen(masks, [self._parameter(f"{c.face.name}.{name}") for c in group]) for name in names}
        return value | ({"mass": self._mass_through(group[0].face)} if group[0].needs_mass else {})

    def _mass_through(self, face: Opening):
        """Mass that the flow's condition adds to what comes back on the links through an opening per step."""
        cell = self._cell
        enters = face.enters(cell.lattice, cell.is_cut)
        return total(
            where(enter, new - old, 0.0) for enter, new, old in zip(enters, cell.f, cell.at_walls, strict=True)
        )

    @cached_property
    def value(self):
        """phi = (sum_q g_q + S / 2) / C."""
        amount = total(self.g) + 0.5 * self.source
        return amount / self.heat_capacity if self._conducting else amount

    def latent(self, phi):
        """(C - 1) phi, the part of the rest population that stays in the cell; 0 in the fluid."""
        return (self.heat_capacity - 1.0) * phi

    @cached_property
    def _solid_terms(self) -> list:
        terms = insulated(self.lattice, self.g, self.value, self._cell.carrying_velocity)
        for body in self._scalar.held:
            held = held_at(self.lattice, self.g, self._parameter(f"{body.obstacle}.value"))
            here = self._cell.in_obstacle(body.obstacle)
            terms = [free + here * (fixed - free) for free, fixed in zip(terms, held, strict=True)]
        return terms

    @cached_property
    def saturation(self):
        """Weight B of the partially saturated method."""
        eps, k = self._cell.solid_fraction, self.diffusivity / self.lattice.cs2
        share = insulated_share(eps, k)
        for body in self._conducting:
            share = share * (1.0 - self._cell.in_obstacle(body.obstacle))
        for body in self._scalar.held:
            share += self._cell.in_obstacle(body.obstacle) * (held_share(eps, k) - share)
        return share

    @cached_property
    def collided(self) -> list:
        """Populations after collision with fluid and solid, shape (Q,)."""
        u, latent = self._cell.carrying_velocity, self.latent(self.value)
        given = [self.g[0] - latent, *self.g[1:]] if self._conducting else self.g
        post = self._scalar.collision.collide(self.lattice, given, self.value, u, self.diffusivity, self.source)
        if self._conducting:
            post = [post[0] + latent, *post[1:]]
        if self._solid:
            post = partially_saturated(self.g, post, self._solid_terms, self.saturation)
        if self._solid and self._scalar.heated:
            post = [gq + w * self._given for gq, w in zip(post, self.lattice.weights, strict=True)]
        return post

    @cached_property
    def flux(self) -> list:
        """Flux phi u - D grad phi, one value per axis [phi x cells / step]: mean of sum_q c_q g_q before and after collision."""
        before, after = momentum(self.lattice, self.g), momentum(self.lattice, self.collided)
        return [0.5 * (a + b) for a, b in zip(before, after, strict=True)]

    @cached_property
    def outgoing(self) -> list:
        """State after the step, shape (Q,): where a link is cut, the slot of its direction stores what `surface_value` needs."""
        post = list(self.collided)
        for body in self._scalar.held if self._fractions else ():
            for q, p in enumerate(self.lattice.opposites):
                if p != q:
                    waits = waiting(self._distance(q), self.collided[p], self.collided[q])
                    post[p] = self._cell.through_link(self._link(q), body.obstacle, waits, post[p])
        return post

    def content_of(self, obstacle: str):
        """phi in the share of the cell that an obstacle fills."""
        return self._share_of(obstacle, at_launch=True) * self.value

    def released_by(self, obstacle: str):
        """Release rate of an obstacle in the cell or across its links [phi / step]; 0 if it is insulated."""
        if any(body.obstacle == obstacle for body in self._conducting):
            return self._share_of(obstacle, at_launch=True) * self._net_outflow
        given: Any = 0.0
        if self._fractions:
            gained = [a - self.collided[p] for a, p in zip(self._at_bodies, self.lattice.opposites, strict=True)]
            links = ((self._link(q), gained[q]) for q in range(1, self.lattice.size))
            given = total(self._cell.through_link(q, obstacle, value, at_launch=True) for q, value in links)
        if self._solid:
            here = self._cell.in_obstacle(obstacle, at_launch=True)
            given = given + here * self.saturation * total(self._solid_terms)
            given = given + here * self._given if self._scalar.heated else given
        return given

    @property
    def _net_outflow(self):
        """Flux out of the cell to other cells [phi / step]: div(flux), without the sides.

        Weighted by the solid fraction, its sum is the flux through the surface. Populations leave in the step in which those of
        the previous step arrive; the change of the moving ones in between follows from that of the rest population,
        (C - 1 + w_0) phi.
        """
        net = []
        for q, p in enumerate(self.lattice.opposites):
            if p != q:
                through = self.collided[p] - self.g[q]
                net.append(through if not self._walls else where(has_bit(self._cell.links, self._link(q)), 0.0, through))
        rest = self.lattice.weights[0]
        late = (1.0 - rest) / (self.heat_capacity - 1.0 + rest) * (self.collided[0] - self.g[0])
        return total(net) - late
