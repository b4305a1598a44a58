"""The boundary conditions of the flow in a cell."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from ..models.boundary import BoundaryCondition
from ..models.boundary.condition import link_field
from ..models.condition_groups import chosen, group_conditions, same_nodes
from ..models.runtime_parameter import with_parameters
from ..trace.expression import where


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
            filled = model.fill(cell.lattice, reflected, self._values(group), enters)
            f = self._where(group, filled, f)
        return f

    def remembered(self, f: Sequence, post: Sequence, outgoing: Sequence) -> list:
        """The outgoing populations, shape (Q,), with what conditions store in slots that no cell reads.

        `f`, `post`: populations before and after the collision.
        """
        result, cell = list(outgoing), self._cell
        for group, model in self._groups:
            enters = model.face.enters(cell.lattice, cell.is_cut)
            for q, value in model.memory(cell.lattice, f, post, enters, self._normal(group)).items():
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

    def _values(self, group: Sequence[BoundaryCondition]) -> Mapping[str, Any]:
        """The parameters of each cell's opening, by their names; of conditions on links as functions of q."""
        names = [number.name for number in group[0].parameters(self._cell.lattice.dimension)]

        def of(name: str, q: int | None = None):
            return self._chosen(group, lambda member: self._value(member, name, q))

        return {name: partial(of, name) if group[0].on_links else of(name) for name in names}

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
