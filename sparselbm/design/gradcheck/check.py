"""Single check of a value against limits."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """Measured value, and the range in which it must be."""

    name: str
    value: float
    low: float
    high: float
    remark: str = ""
    """Additional information for the report."""

    @property
    def passed(self) -> bool:
        """Whether the value is within the limits; NaN is not."""
        return bool(self.low <= self.value <= self.high)
