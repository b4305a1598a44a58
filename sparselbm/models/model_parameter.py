"""A number of a model that can be changed without a new kernel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf


@dataclass(frozen=True)
class ModelParameter:
    """A number of a model that can be changed, scheduled and differentiated without a new kernel.

    Schedules and profiles multiply `excess = value - reference`, which is also what kernels read: a density of 1 + 1e-6 keeps
    its digits in single precision, and a schedule of 0 leaves the density at rest. d J / d value = d J / d excess.
    """

    name: str
    value: float
    unit: str = ""
    """Empty where it has none, or the user's own."""
    doc: str = ""
    """The quantity, in a few words."""
    above: float = -inf
    below: float = inf
    """Limits, exclusive: infinite ones admit every finite value."""
    reference: float = 0.0
    """The value at rest: 1 for densities, else 0."""

    @property
    def excess(self) -> float:
        """value - reference."""
        return self.value - self.reference

    def of(self, owner: str) -> "ModelParameter":
        """The same with the name of its owner in front, as in `x_min.velocity_x`."""
        return replace(self, name=f"{owner}.{self.name}")

    def scaled(self, factor: float) -> "ModelParameter":
        """The same with a schedule's factor applied: reference + factor x excess."""
        return replace(self, value=self.reference + factor * self.excess)

    @property
    def fault(self) -> str | None:
        """The value and the limit that it exceeds; None where it may be used."""
        if self.above < self.value < self.below:
            return None
        limits = [f"above {self.above:g}"] * (self.above > -inf) + [f"below {self.below:g}"] * (self.below < inf)
        value = f"{self.name} {self.value}" + f" {self.unit}" * bool(self.unit)
        return f"{value}{f' ({self.doc})' * bool(self.doc)}: must be {' and '.join([*limits, 'finite'])}"


def vector_parameters(
    name: str, values: Sequence[float], axes: str, unit: str, doc: str
) -> tuple[ModelParameter, ...]:
    """One parameter per axis, any finite number: `name_x`, `name_y`, ..."""
    return tuple(ModelParameter(f"{name}_{axis}", v, unit, doc) for axis, v in zip(axes, values, strict=True))
