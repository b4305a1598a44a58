"""Parameters of a simulation: names, values and limits in one table, which kernels read as one array."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import isfinite

import numpy as np
import warp as wp

from ..errors import SimulationError
from ..models.model_parameter import ModelParameter


class ParameterTable:
    """Parameters of the models by name; values are checked against their limits before any of them is changed."""

    def __init__(
        self, parameters: Sequence[ModelParameter], schedules: Mapping[str, Callable[[int], float]],
        check_models: Callable[[Mapping[str, float]], None], precision: type, device: wp.DeviceLike,
    ):
        """`schedules`: factors in time, as functions of the step, by the parameters' names; `check_models`: raises ValueError
        for values, by name, that the constructors of the models refuse.

        Raises SimulationError for a value out of range, a name that occurs twice, or a schedule of an unknown parameter.
        """
        names = [parameter.name for parameter in parameters]
        for name in names:
            if names.count(name) > 1:
                raise SimulationError(f"{names.count(name)} parameters {name!r}: names must differ; combine their models")
        self._parameters = {parameter.name: parameter for parameter in parameters}
        self._check_models = check_models
        self.schedules = dict(schedules)
        """Factors of parameters in time, by their names."""
        self._require(self.schedules)
        self._factors = [1.0 for _ in self.schedules]
        _require_in_range(parameters, "give the model another value")
        self.array = wp.array(np.zeros(len(names) + len(self._factors)), dtype=precision, device=device)
        """Device array: the excess of each parameter over its reference (rho - 1 for a density), then the schedules' factors.

        It is changed by `update` only, which checks the values; for its gradient see `run_on_tape`."""
        self._upload()

    def __getitem__(self, name: str) -> ModelParameter:
        """Present parameter of a name. Raises SimulationError for an unknown name."""
        self._require([name])
        return self._parameters[name]

    def update(self, numbers: Mapping[str, float]) -> None:
        """Changes all of the given values, or (with an error) none of them.

        Raises SimulationError for an unknown name, or a value that is out of range or refused by its model.
        """
        changed = {name: replace(self[name], value=float(value)) for name, value in numbers.items()}
        parameters = {**self._parameters, **changed}
        self._check(parameters, changed, self._factors, "nothing was changed; give a value within the limits")
        self._parameters |= changed
        self._upload()

    def take_over(self, other: "ParameterTable") -> None:
        """Takes the values of another table of the same parameters, and whether their gradient is asked for."""
        self.update({name: other[name].value for name in self._parameters})
        self.array.requires_grad = other.array.requires_grad

    def set_time(self, step: int) -> None:
        """Sets the factors of the schedules for a step. Raises SimulationError if a scheduled value leaves its limits."""
        if not self.schedules:
            return
        factors = [float(schedule(step)) for schedule in self.schedules.values()]
        for name, factor in zip(self.schedules, factors, strict=True):
            if not isfinite(factor):
                raise SimulationError(f"the schedule of {name} returns {factor} at step {step}, but must be finite at every step")
        self._check(self._parameters, self.schedules, factors, f"its schedule leads there at step {step}; use smaller factors")
        self._factors = factors
        self._upload()

    def _check(
        self, parameters: Mapping[str, ModelParameter], names: Iterable[str], factors: Sequence[float], remedy: str
    ) -> None:
        """Checks the named parameters, and the scheduled ones with their factors."""
        present = {name: parameters[name].scaled(factor) for name, factor in zip(self.schedules, factors, strict=True)}
        _require_in_range([*(parameters[name] for name in names), *present.values()], remedy)
        try:
            self._check_models({name: parameter.value for name, parameter in {**parameters, **present}.items()})
        except ValueError as error:
            raise SimulationError(f"{error} ({remedy})") from error

    def _upload(self) -> None:
        values = [parameter.excess for parameter in self._parameters.values()]
        self.array.assign(np.array([*values, *self._factors], dtype=wp.dtype_to_numpy(self.array.dtype)))

    def _require(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._parameters:
                raise SimulationError(f"no parameter {name!r}; there are: {', '.join(self._parameters)}")


def _require_in_range(parameters: Iterable[ModelParameter], remedy: str) -> None:
    for parameter in parameters:
        if fault := parameter.fault:
            raise SimulationError(f"{fault}; {remedy}")
