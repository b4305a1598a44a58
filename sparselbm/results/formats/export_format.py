"""What an export writes, and with what."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ...errors import MissingPackageError, OutputExistsError
from ...files.write import replace_file
from ..reader import Results


@dataclass(frozen=True)
class ExportFormat:
    """A format of another tool's: files in a folder, each written beside its place and then renamed."""

    files: tuple[tuple[str, Callable[[Results, Path], None]], ...]
    """Names, and what writes each to a path that it is given."""
    packages: tuple[str, ...] = ()
    """Modules that are imported, beyond those that the package itself needs."""
    extra: str = ""
    """The optional dependencies of sparselbm that bring them."""
    fields: bool = False
    """Whether velocity and pressure are read."""

    def require(self, results: Results, folder: Path, *, overwrite: bool = False) -> None:
        """What would end `write` is told before anything is written.

        Raises MissingPackageError, ResultsError for fields that are not there, and OutputExistsError for a file that is, unless
        `overwrite`.
        """
        if self.fields:
            results.require_fields()
        missing = [name for name in self.packages if find_spec(name) is None]
        names = [name for name, _ in self.files]
        if missing:
            raise MissingPackageError(
                f"{names[0]} needs {' and '.join(missing)}, not installed here: pip install 'sparselbm[{self.extra}]'"
            )
        there = [str(folder / name) for name in names if (folder / name).exists()]
        if there and not overwrite:
            raise OutputExistsError(f"{', '.join(there)}: already there; give another folder, or pass overwrite=True.")

    def write(self, results: Results, folder: Path, *, overwrite: bool = False) -> tuple[Path, ...]:
        """Writes the files into a folder, which is made if need be; their paths."""
        self.require(results, folder, overwrite=overwrite)
        folder.mkdir(parents=True, exist_ok=True)
        for name, write in self.files:
            with replace_file(folder / name) as beside:
                write(results, beside)
        return tuple(folder / name for name, _ in self.files)
