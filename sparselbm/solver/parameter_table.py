"""The numbers of a simulation's models, by name, which its kernels read from one array."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import warp as wp

from ..errors import SimulationError
from ..models.physics import Physics
from .obstacle import Obstacle


class ParameterTable:
    """The values of `physics.parameters` in their order, then the present factors of `schedules`."""

    def __init__(
        self, physics: Physics, obstacles: Sequence[Obstacle], viscosity: float,
        schedules: Mapping[str, Callable[[int], float]], precision: type, device: wp.DeviceLike,
    ):  # fmt: skip
        """`schedules`: factors of numbers in time, functions of the step. Raises SimulationError for names that there are not."""
        self._names, self.schedules = physics.parameters, dict(schedules)
        self._require(schedules)
        values = [*_first(physics, obstacles, viscosity), *(1.0 for _ in schedules)]
        self.array = wp.array(values, dtype=precision, device=device)

    def __getitem__(self, name: str) -> float:
        return float(self.array.numpy()[self._index(name)])

    def update(self, numbers: Mapping[str, float]) -> None:
        """Changes some of them. Raises SimulationError for a name that there is not."""
        values = self.array.numpy().copy()
        for name, value in numbers.items():
            values[self._index(name)] = value
        self.array.assign(values)

    def set_time(self, step: int) -> None:
        """Brings the factors of the schedules to a step."""
        if self.schedules:
            values = self.array.numpy().copy()
            values[len(self._names) :] = [schedule(step) for schedule in self.schedules.values()]
            self.array.assign(values)

    def _index(self, name: str) -> int:
        self._require([name])
        return self._names.index(name)

    def _require(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._names:
                raise SimulationError(f"no parameter {name!r}; there are: {', '.join(self._names)}")


def _first(physics: Physics, obstacles: Sequence[Obstacle], viscosity: float) -> list[float]:
    dimension = physics.lattice.dimension
    models = (v for m in (*physics.forces, *physics.boundaries) for v in m.parameters(dimension).values())
    motions = (v for o in obstacles if o.motion is not None for v in o.motion.parameters().values())
    scalars = (v for scalar in physics.scalars for v in scalar.parameters.values())
    return [viscosity, *models, *motions, *scalars, *physics.runtime_parameters.values()]
