"""Warp kernels whose Python source is generated."""

import hashlib
import linecache
from typing import Any


def run_source(source: str, names: dict[str, Any]) -> dict[str, Any]:
    """Executes the text of a module with some names defined, and returns all of its names.

    Warp reads the source of a kernel from the file that its code names, so that the text is registered as such a file.
    """
    module = f"sparselbm_generated_{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    linecache.cache[f"<{module}>"] = (len(source), None, source.splitlines(keepends=True), f"<{module}>")
    defined = {"__name__": module, **names}
    exec(compile(source, f"<{module}>", "exec"), defined)
    return defined
