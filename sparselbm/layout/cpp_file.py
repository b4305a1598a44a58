"""Files of C++ text."""

from functools import cache
from importlib.resources import files


@cache
def read_cpp(room: str, name: str) -> str:
    """C++ text of a file of a room of the package, without its lines of comment."""
    lines = files(f"sparselbm.{room}").joinpath(name).read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("//")).strip("\n")
