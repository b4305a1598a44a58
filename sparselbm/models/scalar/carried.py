"""Traced values of a scalar in a cell."""

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Any

from ...lattice.moments import momentum
from ...trace.expression import total
from ..condition_groups import chosen, group_conditions, same_nodes
from ..wall.partially_saturated import partially_saturated
from .body import held_at, held_share, insulated, insulated_share
from .condition import ScalarCondition
from .scalar import Scalar


class CarriedScalar:
    """Scalar in a cell; every member is a traced value, recorded on first use."""

    def __init__(self, cell, scalar: Scalar, incoming: Sequence, *, walls: bool, solid: bool, fractions: bool):
        """`incoming`: populations after streaming and bounce-back; `walls`, `solid`, `fractions`: see `TileClass`."""
        self._cell, self._scalar, self._incoming = cell, scalar, incoming
        self._walls, self._solid, self._fractions = walls, solid, fractions
        self.lattice = scalar.lattice(cell.lattice.dimension)

    def _parameter(self, name: str):
        return self._cell.parameter(f"{self._scalar.name}.{name}")

    def _link(self, q: int) -> int:
        """Index of the flow's link along the scalar's c_q."""
        return self._cell.lattice.velocities.index(self.lattice.velocities[q])

    def _crossing(self, q: int):
        return self._cell.is_cut(self._link(q))

    @cached_property
    def diffusivity(self):
        """D [cells^2 / step]."""
        return self._parameter("diffusivity")

    @cached_property
    def source(self):
        """S [phi / step]."""
        return 0.0 if self._scalar.source is None else self._parameter("source")

    @cached_property
    def _at_bodies(self) -> list:
        """Incoming populations, with anti-bounce-back on links that cross a body of fixed value."""
        g = list(self._incoming)
        for body in self._scalar.bodies if self._fractions else ():
            phi = self._parameter(f"{body.obstacle}.value")
            for q, w in enumerate(self.lattice.weights[1:], start=1):
                g[q] = self._cell.through_link(self._link(q), body.obstacle, (2.0 * w) * phi - g[q], g[q])
        return g

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
        return same_nodes(condition.fill(self.lattice, g, u, value, condition.face.enters(self.lattice, self._crossing)))

    def _values(self, group: Sequence[ScalarCondition]) -> dict[str, Any]:
        """The parameters of each cell's opening, by their names."""
        names = [number.name for number in group[0].parameters()]
        masks = [self._cell.on_opening(c.face) for c in group] if len(group) > 1 else [None]
        return {name: chosen(masks, [self._parameter(f"{c.face.name}.{name}") for c in group]) for name in names}

    @cached_property
    def value(self):
        """phi."""
        return total(self.g) + 0.5 * self.source

    @cached_property
    def _solid_terms(self) -> list:
        terms = insulated(self.lattice, self.g, self.value, self._cell.carrying_velocity)
        for body in self._scalar.bodies:
            held = held_at(self.lattice, self.g, self._parameter(f"{body.obstacle}.value"))
            here = self._cell.in_obstacle(body.obstacle)
            terms = [free + here * (fixed - free) for free, fixed in zip(terms, held, strict=True)]
        return terms

    @cached_property
    def saturation(self):
        """Weight B of the partially saturated method."""
        eps, k = self._cell.solid_fraction, self.diffusivity / self.lattice.cs2
        share = insulated_share(eps, k)
        for body in self._scalar.bodies:
            share += self._cell.in_obstacle(body.obstacle) * (held_share(eps, k) - share)
        return share

    @cached_property
    def collided(self) -> list:
        """Populations after collision with fluid and solid, shape (Q,)."""
        u = self._cell.carrying_velocity
        post = self._scalar.collision.collide(self.lattice, self.g, self.value, u, self.diffusivity, self.source)
        if self._solid:
            post = partially_saturated(self.g, post, self._solid_terms, self.saturation)
        return post

    @cached_property
    def flux(self) -> list:
        """Flux phi u - D grad phi, one value per axis [phi x cells / step]: mean of sum_q c_q g_q before and after collision."""
        before, after = momentum(self.lattice, self.g), momentum(self.lattice, self.collided)
        return [0.5 * (a + b) for a, b in zip(before, after, strict=True)]

    def released_by(self, obstacle: str):
        """Release rate of an obstacle in the cell or across its links [phi / step]; 0 if it is insulated."""
        given: Any = 0.0
        if self._fractions:
            gained = [a - b for a, b in zip(self._at_bodies, self._incoming, strict=True)]
            links = ((self._link(q), gained[q]) for q in range(1, self.lattice.size))
            given = total(self._cell.through_link(q, obstacle, value, at_launch=True) for q, value in links)
        if self._solid:
            given = given + self._cell.in_obstacle(obstacle, at_launch=True) * self.saturation * total(self._solid_terms)
        return given
