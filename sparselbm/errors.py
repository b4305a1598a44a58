"""Errors of the package. Every message gives the value, the limit and the remedy."""

from __future__ import annotations

import math
from collections.abc import Sequence


class SparselbmError(Exception):
    """Base class of all errors that the package raises on purpose."""


class ResultLostWarning(UserWarning):
    """One result could not be written; the others are complete."""


class AdjointError(SparselbmError, ValueError):
    """The gradient cannot be computed for this set-up."""


class BoundsError(SparselbmError, ValueError):
    """Bounds or a starting point that the optimiser cannot use."""


class CaseError(SparselbmError, ValueError):
    """A case is contradictory or not understood; the message names the place, the value and what is allowed."""


class ConstraintError(SparselbmError, ValueError):
    """A constraint that the geometry or the optimiser cannot satisfy."""


class DomainError(SparselbmError, ValueError):
    """The domain cannot be built."""


class GeometryError(SparselbmError, ValueError):
    """A geometry or its options cannot be used."""


class GradcheckError(SparselbmError, ValueError):
    """The gradient check cannot be performed."""


class InternalFlowError(SparselbmError, ValueError):
    """The internal flow cannot be built."""


class MissingPackageError(SparselbmError, ImportError):
    """An optional package that is needed here is not installed."""

    @classmethod
    def of(cls, user: str, packages: Sequence[str], install: str) -> MissingPackageError:
        """Error of something, `user`, that needs packages; `install`: argument of pip that installs them."""
        *others, last = packages
        listed, verb = (f"{', '.join(others)} and {last}", "are") if others else (last, "is")
        return cls(f"{user} needs {listed}, which {verb} not installed: pip install '{install}'")


class MotionError(SparselbmError, ValueError):
    """The motion is not rigid, is too fast, or takes a body out of the domain's cells."""


class NanovdbError(SparselbmError, ValueError):
    """A `.nvdb` file cannot be read."""


class ObjectiveError(SparselbmError, RuntimeError):
    """An objective or gradient is not finite, or has the wrong shape."""


class OptionError(SparselbmError, ValueError):
    """Options contradict each other, or name something that does not exist."""


class OutputExistsError(SparselbmError, FileExistsError):
    """A run would overwrite the results of another run."""


class OutputFolderError(SparselbmError, OSError):
    """An output folder cannot be created or written."""


class PageError(SparselbmError, ValueError):
    """The results page cannot be written."""


class PorousMediumError(SparselbmError, ValueError):
    """The flow through a voxel image cannot be set up."""


class RestartError(SparselbmError, ValueError):
    """A run cannot be resumed: no intact restart file, or one of another run."""


class ResultsError(SparselbmError, ValueError):
    """A folder contains no results, or not the requested ones."""


class ResultsExistError(SparselbmError, FileExistsError):
    """The result files exist already, and `overwrite=True` was not passed."""


class SceneError(SparselbmError, ValueError):
    """A scene cannot be read, or has no such body; the message names the prim and the remedy."""


class ScheduleError(SparselbmError, ValueError):
    """A schedule names instants that cannot be reached."""


class SimulationError(SparselbmError, ValueError):
    """A simulation cannot be set up, or has become unstable."""


class UnitsError(SparselbmError, ValueError):
    """A physical setting is outside the range of the lattice; the message gives the value, the limit and the remedy."""


class VolumeError(SparselbmError, RuntimeError):
    """Volume files cannot be written."""


class WallError(SparselbmError, ValueError):
    """Boundary conditions or walls do not fit the domain."""


class WindTunnelError(SparselbmError, ValueError):
    """A wind tunnel cannot be built around these bodies."""


def require_positive(name: str, value: float, unit: str, error: type[Exception]) -> float:
    """Returns the value as a float; raises `error` unless it is a finite number above 0. `unit` may be empty."""
    if not hasattr(value, "__float__") or not 0.0 < float(value) < math.inf:
        raise error(f"{name} is {value!r}{unit and ' '}{unit}, but must be a finite number above 0")
    return float(value)
