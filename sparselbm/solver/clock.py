"""Values that vary in time, at the step of the state that is read."""

from typing import Protocol

from ..grid.tile_field import Fields
from .model_fields import ModelFields
from .parameter_table import ParameterTable


class StepCount(Protocol):
    """Anything that counts its steps, such as a state."""

    steps: int
    """Number of steps made."""


class Clock:
    """Brings schedules and unsteady profiles to a step, in the arrays that kernels read."""

    def __init__(self, parameters: ParameterTable, model_fields: ModelFields, fields: Fields, state: StepCount):
        """`fields`: the stored values of `model_fields`; `state`: has the present step."""
        self._parameters, self._model_fields, self._fields = parameters, model_fields, fields
        self._state = state
        self._step: int | None = None
        """The step at which the values are."""

    @property
    def varies(self) -> bool:
        """Whether anything varies in time."""
        return bool(self._parameters.schedules or self._model_fields.unsteady)

    def set(self, step: int | None = None) -> None:
        """Brings the values to a step; None: the present step.

        Every `Sweep` does so by itself: only code that reads these values elsewhere has to call it. Raises SimulationError
        where a scheduled value leaves its limits, or a profile gives an array that does not fit.
        """
        step = self._state.steps if step is None else step
        if self._step == step or not self.varies:
            return
        self._parameters.set_time(step)
        if self._model_fields.unsteady:
            for name, values in self._model_fields.unsteady_values(step).items():
                self._fields.put(name, values)
            self._fields.upload()
        self._step = step
