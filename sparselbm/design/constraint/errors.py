"""What an optimisation refuses, or stops at."""

from __future__ import annotations


class BoundsError(ValueError):
    """Bounds or a start that no optimiser can work with."""


class ConstraintError(ValueError):
    """A constraint that the shape or the optimiser cannot take."""


class ObjectiveError(RuntimeError):
    """An objective or gradient that is not a number, or has the wrong shape."""
