"""Errors of the package. Every message gives the value, the limit and the remedy."""


class SparselbmError(Exception):
    """Base class of the errors that the package raises on purpose."""


class AdjointError(SparselbmError, ValueError):
    """A gradient that cannot be given."""


class BoundsError(SparselbmError, ValueError):
    """Bounds or a start that no optimiser can work with."""


class CaseError(SparselbmError, ValueError):
    """A case that contradicts itself, or says what nobody understands; names the place, the value and what is allowed."""


class ConstraintError(SparselbmError, ValueError):
    """A constraint that the shape or the optimiser cannot take."""


class DomainError(SparselbmError, ValueError):
    """A domain that cannot be built."""


class GeometryError(SparselbmError, ValueError):
    """A geometry or its options cannot be used; the message names the value, the limit and the remedy."""


class GradcheckError(SparselbmError, ValueError):
    """A check that cannot be made."""


class InternalFlowError(SparselbmError, ValueError):
    """A flow inside a surface that cannot be built."""


class MissingPackageError(SparselbmError, ImportError):
    """A format needs a package that is not installed."""


class MotionError(SparselbmError, ValueError):
    """A motion that is not rigid, is too fast, or leads a body out of the domain's cells."""


class NanovdbError(SparselbmError, ValueError):
    """A `.nvdb` file that cannot be read."""


class ObjectiveError(SparselbmError, RuntimeError):
    """An objective or gradient that is not a number, or has the wrong shape."""


class OptionError(SparselbmError, ValueError):
    """Options that contradict each other, or name what is not there."""


class OutputExistsError(SparselbmError, FileExistsError):
    """A run would write over another run's results."""


class OutputFolderError(SparselbmError, OSError):
    """A folder that cannot be made or written into."""


class PageError(SparselbmError, ValueError):
    """Results that cannot be shown."""


class ResultsError(SparselbmError, ValueError):
    """A folder that holds no results, or not those that are asked for."""


class ResultsExistError(SparselbmError, FileExistsError):
    """The files of a result are there already, and `overwrite=True` was not given."""


class SceneError(SparselbmError, ValueError):
    """A scene cannot be read, or holds no such body; the text names the prim and the remedy."""


class ScheduleError(SparselbmError, ValueError):
    """Instants that cannot be met."""


class SimulationError(SparselbmError, ValueError):
    """A simulation that cannot be set up, or one that has blown up."""


class UnitsError(SparselbmError, ValueError):
    """A physical setting that the lattice cannot carry; names the value, the limit and the remedy."""


class VolumeError(SparselbmError, RuntimeError):
    """Volumes that cannot be written."""


class WallError(SparselbmError, ValueError):
    """Boundary conditions or walls that do not fit the domain."""


class WindTunnelError(SparselbmError, ValueError):
    """A tunnel that cannot be built around these bodies."""
