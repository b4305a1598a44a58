"""Importing the package costs nothing that was not asked for."""

import subprocess
import sys

from cli_cases import ENVIRONMENT

PROBE = """
import sys
import warp
import sparselbm
sparselbm.WindTunnel, sparselbm.Scene, sparselbm.Simulation
heavy = [name for name in ("pxr", "trimesh", "matplotlib", "typer") if name in sys.modules]
print(warp._src.context.runtime is None, heavy)
"""


def test_import_initialises_no_device_and_loads_nothing_heavy():
    untouched, heavy = subprocess.run(
        [sys.executable, "-c", PROBE], env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout.split(maxsplit=1)
    assert untouched == "True"
    assert heavy.strip() == "[]"


def test_help_teaches_by_examples(in_process):
    for name in ("run", "optimize", "inspect", "bench", "demo"):
        _, text, _ = in_process(name, "--help")
        assert "Examples" in text
        assert f"sparselbm {name}" in text
        assert "--device" in text


def test_units_in_square_brackets_are_printed(in_process):
    """Rich would take [s] for markup."""
    for name in ("demo", "optimize"):
        _, text, _ = in_process(name, "--help")
        assert "Maximum wall-clock time of the optimisation [s]." in " ".join(text.split())
