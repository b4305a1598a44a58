"""Models whose parameters are given in SI units, and the declaration of a parameter's unit."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from ..units import Unit, Units

M = TypeVar("M")
_KEY = "quantity"


@dataclass(frozen=True)
class Quantity:
    """Dimension of a model's field, which the field declares once: see `in_si`."""

    unit: Unit | Callable[[Mapping[str, Any]], Unit]
    """SI unit, or a function of the model's arguments."""
    is_place: bool = False
    """Whether it is a point: its origin is the corner of the domain in lattice units, that of the scene in SI."""
    is_required: bool = False
    """Whether its default has a meaning in lattice units only."""

    def lattice_value(self, value: Any, arguments: Mapping[str, Any], units: Units, corner: Sequence[float]) -> Any:
        """A number, or a tuple of them, in lattice units."""
        unit = self.unit(arguments) if callable(self.unit) else self.unit
        factor = unit.factor(units, 3)
        if not isinstance(value, tuple):
            return value / factor
        return tuple((x - x_0) / factor for x, x_0 in zip(value, corner if self.is_place else (0.0,) * len(value)))


def in_si(
    unit: Unit | Callable[[Mapping[str, Any]], Unit], *, is_place: bool = False, is_required: bool = False
) -> Mapping[str, Quantity]:
    """Metadata of a field of a model that has a dimension: `diffusivity: float = field(metadata=in_si(Unit(m=2, s=-1)))`."""
    return MappingProxyType({_KEY: Quantity(unit, is_place, is_required)})


def quantity_of(field: Field) -> Quantity | None:
    """Dimension that a field declares; None: it has none."""
    return field.metadata.get(_KEY)


@dataclass(frozen=True, init=False)
class InSI(Generic[M]):
    """Model with its parameters in SI units: `InSI(Carreau, relaxation_time=3.313, power_index=0.3568)`.

    A flow set-up makes the model in its lattice units and supplies the parameters that belong to the flow, such as the collision
    inside a subgrid-scale model. Parameters that are left out have the defaults of the class, in lattice units. Raises ValueError
    for a parameter that the class does not have.
    """

    model: type[M]
    arguments: tuple[tuple[str, Any], ...]
    """Names and values of the parameters."""

    def __init__(self, model: type[M], /, **arguments: Any):
        known = fields_of(model)
        for name in arguments if known else ():
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise ValueError(f"{model.__name__} has no parameter {name!r}; {hint}its parameters are {', '.join(known)}")
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "arguments", tuple(sorted(arguments.items())))

    def require_complete(self, *given: str) -> None:
        """Raises ValueError for a parameter without a default that is missing; `given`: those that the flow supplies."""
        names, known = dict(self.arguments), fields_of(self.model)
        for name, field in known.items():
            quantity = quantity_of(field)
            free = field.default is not MISSING or field.default_factory is not MISSING
            if name not in names and name not in given and (not free or (quantity is not None and quantity.is_required)):
                raise ValueError(f"{self.model.__name__} requires the parameter {name}: {self.model.__name__}({name}=...)")

    def in_lattice_units(self, units: Units, *given: Any, corner: Sequence[float] = (0.0, 0.0, 0.0)) -> M:
        """Returns the model; `given`: its first parameters, which the flow supplies; `corner`: lower corner of the domain [m].

        Raises ValueError for values that the class refuses.
        """
        known, arguments = fields_of(self.model), dict(self.arguments)
        self.require_complete(*list(known)[: len(given)])
        converted = {}
        for name, value in arguments.items():
            quantity = quantity_of(known[name]) if name in known else None
            if isinstance(value, InSI):
                value = value.in_lattice_units(units, corner=corner)
            elif quantity is not None and value is not None:
                value = quantity.lattice_value(value, arguments, units, corner)
            converted[name] = value
        try:
            return self.model(*given, **converted)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{self} cannot be used in lattice units of {units.voxel_size:.4g} m and {units.time_step:.4g} s: "
                             f"{error}; change the value, or the cell size") from error

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value!s}" for name, value in self.arguments)
        return self.model.__name__ + (f"({values})" if values else "")


def fields_of(model: type) -> dict[str, Field]:
    """Parameters of a model by name; empty for a class that is not a dataclass."""
    return {name: each for name, each in getattr(model, "__dataclass_fields__", {}).items() if each.init}
