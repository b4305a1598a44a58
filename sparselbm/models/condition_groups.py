"""Conditions on many openings: those of one formula are applied together, with the parameters of each cell's own opening."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from ..trace.expression import Expression, where
from .boundary import BoundaryCondition, Face, Opening


class Condition(Protocol):
    """A condition of the flow or of a scalar."""

    @property
    def face(self) -> Opening:
        """Location."""
        ...


C = TypeVar("C", bound=Condition)


def in_order(conditions: Iterable[BoundaryCondition]) -> tuple[BoundaryCondition, ...]:
    """The conditions by rising `precedence`, then by side, so that a flow does not depend on the order of a list."""

    def rank(condition: BoundaryCondition) -> tuple:
        face = condition.face
        return condition.precedence, *((1, face.axis, face.end) if isinstance(face, Face) else (0, 0, 0)), face.name

    return tuple(sorted(conditions, key=rank))


def group_conditions(conditions: Sequence[C], formula: Callable[[C], Hashable]) -> list[tuple[C, ...]]:
    """Conditions to be applied one group after another, with the result of applying each of them in its turn.

    The members of a group share no cell and have one formula. A condition passes over others with which it shares no cell.
    With 40 openings the kernel has one formula instead of 40. `formula`: equal for conditions whose equations are equal but
    for the values of their parameters; it is asked for only where conditions of one class could be joined.
    """
    groups: list[list[C]] = []
    for condition in conditions:
        for group in reversed(groups):
            if not all(condition.face.is_apart_from(member.face) for member in group):
                groups.append([condition])
                break
            if type(group[0]) is type(condition) and formula(group[0]) == formula(condition):
                group.append(condition)
                break
        else:
            groups.append([condition])
    return [tuple(group) for group in groups]


def same_nodes(values: Iterable) -> Hashable:
    """Hashable form of a list of traced values and numbers: equal lists have equal forms, because an expression is one node."""
    return tuple(("node", x.index) if isinstance(x, Expression) else x for x in values)


def chosen(masks: Sequence, values: Sequence) -> Any:
    """The value whose mask holds; without any, the first."""
    result = values[0]
    for mask, value in zip(masks[1:], values[1:], strict=True):
        result = where(mask, value, result)
    return result
