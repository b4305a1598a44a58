"""The boundary conditions of the flow in a cell."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property, partial, reduce
from typing import Any

from ..lattice.moments import momentum
from ..models.boundary import BoundaryCondition, Face
from ..models.boundary.condition import link_field
from ..models.condition_groups import chosen, group_conditions, same_nodes
from ..models.runtime_parameter import with_parameters
from ..models.turbulence.wall_stress import WallStress
from ..trace.expression import minimum, where


class FlowConditions:
    """Applies the conditions in the order of `Physics.boundaries`; those of one formula on many openings are computed once."""

    def __init__(self, cell):
        """`cell`: the `Cell`, whose members give masks and parameters."""
        self._cell = cell

    def filled(self, streamed: Sequence) -> list:
        """The populations `streamed`, with walls in their place, replaced by those of the conditions, shape (Q,)."""
        f, cell = list(streamed), self._cell
        for group, model in self._groups:
            # Where faces meet, the later condition has the links of both: it starts from their reflection again.
            enters = model.face.enters(cell.lattice, cell.is_cut)
            reflected = [where(enter, back, old) for enter, back, old in zip(enters, cell.streamed, f, strict=True)]
            filled = model.fill(cell.lattice, reflected, self._values(group, reflected), enters)
            f = self._where(group, filled, f)
        return f

    def remembered(self, f: Sequence, post: Sequence, outgoing: Sequence) -> list:
        """The outgoing populations, shape (Q,), with what conditions store in slots that no cell reads.

        `f`, `post`: populations before and after the collision.
        """
        result, cell = list(outgoing), self._cell
        for group, model in self._groups:
            enters = model.face.enters(cell.lattice, cell.is_cut)
            memory = {
                **model.memory(cell.lattice, f, post, enters, self._normal(group)), **self._half_force(model, f, post),
            }
            for q, value in memory.items():
                stored = where(enters[cell.lattice.opposites[q]], value, result[q])
                [result[q]] = self._where(group, [stored], [result[q]])
        return result

    def settled(self, f: Sequence, outgoing: Sequence) -> list:
        """The outgoing populations, shape (Q,), of cells whose populations f are an equilibrium; others do not change."""
        result, lattice = list(outgoing), self._cell.lattice
        for group, model in self._groups:
            enters = model.face.enters(lattice, self._cell.is_cut)
            leaving = [where(enters[p], f[q], result[q]) for q, p in enumerate(lattice.opposites)]
            result = self._where(group, leaving, result)
        return self.remembered(f, f, result)

    @cached_property
    def wall_distance(self):
        """Distance from the nearest side with a wall law, from the origin of the law [cells]."""
        walls = [each for each in self._cell.physics.boundaries if isinstance(each, WallStress)]
        return reduce(minimum, (self._cell.centre(each.face.axis) + each.origin(self._values([each], [])) for each in walls))

    @cached_property
    def _groups(self) -> list[tuple[tuple[BoundaryCondition, ...], BoundaryCondition]]:
        """The conditions of one formula, and their equations."""
        groups = group_conditions(self._cell.physics.boundaries, self._formula)
        return [(group, self._model(group)) for group in groups]

    def _formula(self, condition: BoundaryCondition) -> Hashable:
        """The condition's equations, with placeholders for its parameters."""
        cell, f = self._cell, [self._cell.placeholder(f"f{q}") for q in range(self._cell.lattice.size)]
        model = with_parameters(condition, "", lambda place, _: cell.placeholder(place.replace(".", "_")))
        names = [number.name for number in condition.parameters(cell.lattice.dimension)]
        value = {name: cell.placeholder(name) for name in names}
        if condition.on_links:
            value = {name: lambda q, name=name: cell.placeholder(f"{name}_{q}") for name in names}
        enters = model.face.enters(cell.lattice, cell.is_cut)
        post = [cell.placeholder(f"post{q}") for q in range(cell.lattice.size)]
        normal = model.face.normal(cell.lattice, lambda name: cell.placeholder(name.removeprefix(model.face.name)))
        memory = model.memory(cell.lattice, f, post, enters, normal if model.needs_normal else [])
        return same_nodes([*model.fill(cell.lattice, f, value, enters), *memory, *memory.values()])

    def _model(self, group: Sequence[BoundaryCondition]) -> BoundaryCondition:
        """The group's equations, with the present `RuntimeParameter` numbers of each cell's opening."""
        first = group[0].face.name

        def number(place: str, _) -> Any:
            return self._chosen(group, lambda member: self._cell.parameter(member.face.name + place.removeprefix(first)))

        return with_parameters(group[0], first, number)

    def _values(self, group: Sequence[BoundaryCondition], f: Sequence) -> Mapping[str, Any]:
        """The parameters of each cell's opening, by their names; of conditions on links as functions of q.

        `f`: the populations with what the condition has stored in its slots.
        """
        names = [number.name for number in group[0].parameters(self._cell.lattice.dimension)]

        def of(name: str, q: int | None = None):
            return self._chosen(group, lambda member: self._value(member, name, q))

        values = {name: partial(of, name) if group[0].on_links else of(name) for name in names}
        if (face := self._face_beside_force(group[0])) is not None:
            normal = f"velocity_{'xyz'[face.axis]}"
            values[normal] = values[normal] - f[face.straight(self._cell.lattice)]
        return values

    def _face_beside_force(self, condition: BoundaryCondition) -> Face | None:
        """The face of a condition that prescribes the momentum beside a body force, else None."""
        face, beside_force = condition.face, bool(self._cell.physics.forces)
        return face if isinstance(face, Face) and condition.prescribes_momentum and beside_force else None

    def _half_force(self, condition: BoundaryCondition, f: Sequence, post: Sequence) -> dict[int, Any]:
        """(j* - j)_n / 2 in the slot of the straight outgoing link: see `BoundaryCondition.prescribes_momentum`."""
        face, lattice = self._face_beside_force(condition), self._cell.lattice
        if face is None:
            return {}
        gain = momentum(lattice, post)[face.axis] - momentum(lattice, f)[face.axis]
        return {lattice.opposites[face.straight(lattice)]: 0.5 * gain}

    def _value(self, condition: BoundaryCondition, name: str, q: int | None):
        """A parameter with the profile's factor in the cell, or on the link along c_q."""
        full = f"{condition.face.name}.{name}"
        value = self._cell.parameter(full)
        if condition.profile is None:
            return value
        factor = self._cell.field(full)
        if q is not None:
            factor = factor + self._cell.field(link_field(full, self._cell.lattice.velocities[q]))
        return value * factor

    def _normal(self, group: Sequence[BoundaryCondition]) -> list:
        """The normal of each cell's own opening, for conditions that use it."""
        if not group[0].needs_normal:
            return []
        lattice, field = self._cell.lattice, self._cell.field
        return [
            self._chosen(group, lambda member, k=k: member.face.normal(lattice, field)[k]) for k in range(lattice.dimension)
        ]

    def _chosen(self, group: Sequence[BoundaryCondition], value: Callable[[BoundaryCondition], Any]):
        masks = [self._cell.on_opening(member.face) for member in group] if len(group) > 1 else [None]
        return chosen(masks, [value(member) for member in group])

    def _where(self, group: Sequence[BoundaryCondition], values: Sequence, otherwise: Sequence) -> list:
        """Values in the cells of the group's openings, others elsewhere."""
        openings = [self._cell.physics.openings.index(member.face) for member in group]
        return [
            old if new is old else self._cell.along_any(openings, new, old) for old, new in zip(otherwise, values, strict=True)
        ]
