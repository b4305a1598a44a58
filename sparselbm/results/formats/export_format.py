"""Export format: files to write and packages needed."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ...errors import MissingPackageError, OutputExistsError, SparselbmError
from ...files.lost_results import lost_alone
from ...files.write import remove_unfinished, replace_file
from ..reader import Results


@dataclass(frozen=True)
class ExportFormat:
    """Export format of another tool: files in a folder, each written to a temporary file that is then renamed."""

    files: tuple[tuple[str, Callable[[Results, Path], None]], ...]
    """File names, and the function that writes each to a path."""
    packages: tuple[str, ...] = ()
    """Modules to import, in addition to the dependencies of the package."""
    extra: str = ""
    """Optional dependency group of sparselbm that provides them."""
    fields: bool = False
    """Whether velocity and pressure are needed."""
    series: Callable[[Results], tuple[tuple[str, Callable[[Results, Path], None]], ...]] = lambda results: ()
    """Further files that depend on the results, such as one per output time."""

    def require(self, results: Results, folder: Path, *, overwrite: bool = False) -> None:
        """Checks the requirements of `write` before anything is written.

        Raises MissingPackageError, ResultsError for missing fields, and OutputExistsError for existing files, unless
        `overwrite`.
        """
        if self.fields:
            results.require_fields()
        names = [name for name, _ in self._all(results)]
        missing = [name for name in self.packages if find_spec(name) is None]
        if missing:
            raise MissingPackageError.of(names[0], missing, f"sparselbm[{self.extra}]")
        there = [str(folder / name) for name in names if (folder / name).exists()]
        if there and not overwrite:
            raise OutputExistsError(
                f"{', '.join(there)}: the file exists already; choose another folder, or pass overwrite=True."
            )

    def write(self, results: Results, folder: Path, *, overwrite: bool = False) -> tuple[Path, ...]:
        """Writes the files into a folder, which is created if needed; returns the paths of those that were written.

        A file that cannot be written is left out, with a ResultLostWarning. With `overwrite`, what an export that was killed
        had not completed is removed.
        """
        self.require(results, folder, overwrite=overwrite)
        written = []
        for name, write in self._all(results):
            with lost_alone(str(folder / name), SparselbmError):
                folder.mkdir(parents=True, exist_ok=True)
                if overwrite:
                    remove_unfinished(folder, name)
                with replace_file(folder / name) as beside:
                    write(results, beside)
                written.append(folder / name)
        return tuple(written)

    def count(self, results: Results) -> int:
        """Number of files."""
        return len(self._all(results))

    def _all(self, results: Results) -> tuple[tuple[str, Callable[[Results, Path], None]], ...]:
        return (*self.files, *self.series(results))
