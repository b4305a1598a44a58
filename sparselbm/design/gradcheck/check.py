"""One figure beside its limits."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A measured value, and the range in which it has to lie."""

    name: str
    value: float
    low: float
    high: float
    remark: str = ""
    """What else was measured, for people."""

    @property
    def passed(self) -> bool:
        """Whether the value lies within the limits; one that is no number does not."""
        return bool(self.low <= self.value <= self.high)
