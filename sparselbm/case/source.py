"""File and prims in which the settings of a case were written, so that messages can name the place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """File of a case and, in USD, the prims to which its schemas are applied."""

    file: Path | None = None
    """File of the case; None: the command line, or Python."""
    prims: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Path of the prim, by the names of a part and of its instance; empty for TOML."""
    local_files_only: bool = False
    """Whether Python files outside of the folder are refused."""

    @property
    def folder(self) -> Path:
        """Folder of the file, to which paths in the case are relative; without a file the working directory."""
        return Path() if self.file is None else self.file.parent

    def place(self, space: str, attribute: str, instance: str = "") -> str:
        """Place of a setting, such as /Case: sparselbm:boundary:xMin:velocity, or case.toml: boundary.xMin.velocity."""
        prim = self.prims.get((space, instance))
        if prim is not None:
            name = instance.removeprefix(prim).removeprefix(":")
            return f"{prim}: sparselbm:{space}{name and ':'}{name}:{attribute}"
        name = f'"{instance}"' if "/" in instance else instance
        path = ".".join(each for each in (space, name, attribute) if each)
        return path if self.file is None else f"{self.file.name}: {path}"
