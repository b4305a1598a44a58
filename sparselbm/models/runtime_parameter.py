"""Model parameters that remain kernel parameters, so that they can be changed, scheduled and differentiated."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any


class RuntimeParameter(float):
    """Model parameter that stays a parameter of the simulation, as in `TRT(magic=RuntimeParameter(3 / 16))`.

    A plain number is folded into the kernel: a rate of 1 takes its moment out of the step, which is much of its speed. A
    tunable one is read by the kernel instead. `Simulation.set_parameter` then changes it, a schedule varies it and `Parameter`
    differentiates with respect to it, by its place among the models: `collision.magic`, `collision.higher.0`,
    `collision.collision.magic` of a collision inside another, `x_max.relaxation` of a condition, `heat.collision.magic` of a
    scalar. The model's own constructor checks each new value.

    The model's equations receive it as a traced value: they must use `where` instead of `if`, and derived quantities must
    be computed in methods and properties, not stored in `__init__`.
    """

    def __repr__(self) -> str:
        return f"RuntimeParameter({float(self)!r})"


def runtime_parameters(model: Any, name: str) -> dict[str, float]:
    """All `RuntimeParameter`s of a model, its nested models and tuples, by their full names, which begin with `name`."""
    found: dict[str, float] = {}

    def keep(place: str, number: RuntimeParameter) -> RuntimeParameter:
        found[place] = float(number)
        return number

    with_parameters(model, name, keep)
    return found


def rebuilt(model: Any, name: str, values: Mapping[str, float]) -> Any:
    """The model with other values for some of its `RuntimeParameter` numbers, by place, checked like a new model."""
    return with_parameters(model, name, lambda place, number: RuntimeParameter(values.get(place, number)), build=replace)


def _unchecked(model: Any, **changed: Any) -> Any:
    copy = object.__new__(type(model))
    for field in fields(model):
        object.__setattr__(copy, field.name, changed.get(field.name, getattr(model, field.name)))
    return copy


def with_parameters(model: Any, name: str, value: Callable[[str, RuntimeParameter], Any], build: Callable = _unchecked) -> Any:
    """The model with `value(place, number)` for each of its `RuntimeParameter` numbers; the model itself where there is none.

    `build(model, **changed)` makes the copy: by default with its fields and nothing else, neither checked nor initialised, since
    values may be traced.
    """
    if isinstance(model, RuntimeParameter):
        return value(name, model)
    if isinstance(model, tuple):
        parts = {str(k): part for k, part in enumerate(model)}
    elif is_dataclass(model) and not isinstance(model, type):
        parts = {field.name: getattr(model, field.name) for field in fields(model)}
    else:
        return model
    changed = {key: with_parameters(part, f"{name}.{key}", value, build) for key, part in parts.items()}
    if all(changed[key] is part for key, part in parts.items()):
        return model
    if isinstance(model, tuple):
        return tuple(changed.values())
    return build(model, **{key: part for key, part in changed.items() if part is not parts[key]})
