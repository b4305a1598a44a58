"""Importing the package costs nothing that was not asked for, and the help of each command teaches by examples."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from cli_cases import ENVIRONMENT
from typer.main import get_command

import sparselbm
from sparselbm.cli.app import app

FILES = (".usda", ".usd", ".stl", ".toml", ".vdb", ".py")
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


COMMANDS = get_command(app).commands
EXAMPLES = [
    re.sub(r"\[/?\w+\]", "", line).strip()
    for command in COMMANDS.values()
    for line in command.help.partition("Examples:")[2].splitlines()
    if line.strip().startswith("sparselbm ")
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_of_the_help_is_understood(example, tmp_path, monkeypatch):
    """Every option of an example exists and takes its value; files that it names are there."""
    _, name, *arguments = shlex.split(example, comments=True)
    monkeypatch.chdir(tmp_path)
    for argument in arguments:
        if Path(argument).suffix in FILES:
            Path(argument).parent.mkdir(parents=True, exist_ok=True)
            Path(argument).touch()
    COMMANDS[name].make_context(name, list(arguments))


def test_every_command_has_an_example():
    assert {example.split()[1] for example in EXAMPLES} == set(COMMANDS)


def test_an_option_that_does_not_exist_is_noticed():
    """The parser of the test above is the command's own."""
    with pytest.raises(Exception, match="No such option: --voxels"):
        COMMANDS["demo"].make_context("demo", ["--voxels", "1"])


def test_units_in_square_brackets_are_printed(in_process):
    """Rich would take [s] for markup."""
    for name in ("demo", "optimize"):
        _, text, _ = in_process(name, "--help")
        assert "Maximum wall-clock time of the optimisation [s]." in " ".join(text.split())


def test_the_version_is_that_of_the_package():
    said = subprocess.run(
        [sys.executable, "-m", "sparselbm.cli.main", "--version"], env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout
    assert said.split() == ["sparselbm", sparselbm.__version__]


def test_a_scene_of_the_package_is_found_by_its_name(in_process, tmp_path):
    code, said, wrong = in_process("inspect", "gprims.usda")
    assert code == 0, wrong
    assert "/World/Ball" in said
    (tmp_path / "gprims.usda").write_text("#usda 1.0\n")
    code, said, wrong = in_process("inspect", "gprims.usda")
    assert "/World/Ball" not in said + wrong, "a file of the user's own comes first"
    code, said, wrong = in_process("inspect", "elsewhere/gprims.usda")
    assert (code, "no such file" in wrong) == (2, True)
