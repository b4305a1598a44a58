"""File and prims in which the settings of a case were written, so that messages can name the place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import CaseError
from ..files.reading import require_readable


@dataclass(frozen=True)
class Source:
    """File of a case and, in USD, the prims to which its schemas are applied."""

    file: Path | None = None
    """File of the case; None: the command line, or Python."""
    prims: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Path of the prim, by the names of a part and of its instance; empty for TOML."""
    local_files_only: bool = False
    """Whether files outside of the folder are refused."""

    @property
    def folder(self) -> Path:
        """Folder of the file, to which paths in the case are relative; without a file the working directory."""
        return Path() if self.file is None else self.file.parent

    def path_of(self, file: str, place: str) -> Path:
        """Path of a file that a setting names, relative to the folder.

        `place`: that of the setting. Raises CaseError for a missing file, and for one outside of the folder where only local
        files are allowed.
        """
        folder = self.folder.resolve()
        path = (folder / file).resolve()
        self.require_local(path, place)
        require_readable(path, CaseError)
        if not path.is_file():
            raise CaseError(f"{place} is {file!r}: there is no file {path}; give its path relative to {folder}")
        return path

    def require_local(self, path: Path, place: str) -> None:
        """Raises CaseError for a path outside of the folder, with links resolved, where only local files are allowed."""
        folder, path = self.folder.resolve(), path.resolve()
        if self.local_files_only and folder not in path.parents:
            raise CaseError(
                f"{place} refers to {path}, outside of {folder}; local_files_only=True refuses this: copy the file into the "
                "folder"
            )

    def place(self, space: str, attribute: str, instance: str = "") -> str:
        """Place of a setting, such as /Case: sparselbm:boundary:xMin:velocity, or case.toml: boundary.xMin.velocity."""
        whole, _, _ = instance.partition(".collection:")  # A collection is a property of a prim.
        prim = self.prims.get((space, instance)) or self.prims.get((space, whole))
        if prim is not None:
            name = (instance if (space, instance) in self.prims else whole).removeprefix(prim).removeprefix(":")
            return f"{prim}: sparselbm:{space}{name and ':'}{name}:{attribute}"
        name = f'"{instance}"' if "/" in instance else instance
        path = ".".join(each for each in (space, name, attribute) if each)
        return path if self.file is None else f"{self.file.name}: {path}"
