"""The code blocks of README, tutorials and how-to guides run page by page, in a temporary folder with a link to `assets`.

A block whose first line is a comment with a file name, such as `# my_collision.py` or `# case.toml` (in USD the second
line, below `#usda 1.0`), is a file of the user's own: it is written, and used by later blocks. A case in USD is checked as before
a run. Lines of shell blocks that begin with `sparselbm` run in this process; below the comment `<!-- not run in tests -->` the
options are parsed and nothing is run. Other lines of the shell are left out.
"""

import re
import shlex
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import typer

from sparselbm.case import Case
from sparselbm.cli.app import app
from sparselbm.cli.exits import exit_code_of

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("tutorials/*.md")), *sorted((ROOT / "docs").glob("how-to/*.md"))]
NOT_RUN = "<!-- not run in tests -->"
BLOCK = re.compile(rf"(?:^({re.escape(NOT_RUN)})\n+)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A code block: its language, text, line in the page, and whether it is run."""

    language: str
    text: str
    line: int
    run: bool

    @property
    def file(self) -> str | None:
        """Name of the user's own file that the block is."""
        named = re.match(r"(?:#usda 1\.0\n)?# (\w+\.\w+)\n", self.text)
        return named.group(1) if named else None

    @property
    def commands(self) -> list[list[str]]:
        """Arguments of each `sparselbm` command, comments left out."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [shlex.split(line, comments=True)[1:] for line in lines if line.strip().startswith("sparselbm ")]


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found.group(2), found.group(3), text.count("\n", 0, found.start(3)) + 1, found.group(1) is None)
        for found in BLOCK.finditer(text)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_code_blocks_run(page, tmp_path, monkeypatch, device):
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    names: dict = {"__name__": "__main__"}
    own = []
    try:
        for block in blocks(page):
            place = f"{page.name}:{block.line}"
            if block.file:
                own.append(Path(block.file).stem)
                Path(block.file).write_text(block.text, encoding="utf-8")
                if block.language == "usda":
                    case = Case.open(block.file)
                    case.setup(case.read_scene(), device)
            elif block.language == "python" and block.run:
                exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), names)
            elif block.language == "sh":
                for arguments in block.commands:
                    (run_command if block.run else parse_command)(arguments, place)
    finally:
        for name in own:
            sys.modules.pop(name, None)


def run_command(arguments: list[str], place: str) -> None:
    code = exit_code_of(partial(app, arguments, prog_name="sparselbm"))
    assert code == 0, f"{place}: sparselbm {shlex.join(arguments)}: exit code {code}"


def parse_command(arguments: list[str], place: str) -> None:
    """Fails where an option does not exist or an argument is missing; an option alone, as in `sparselbm --help`, is fine."""
    if arguments[0].startswith("-"):
        return
    command = typer.main.get_command(app).commands[arguments[0]]
    try:
        command.make_context(arguments[0], arguments[1:])
    except SystemExit:
        pass
    except Exception as error:
        raise AssertionError(f"{place}: sparselbm {shlex.join(arguments)}: {error}") from error


def test_every_tutorial_has_code_that_runs():
    """A page whose blocks the pattern above does not find would pass without a check."""
    for page in PAGES:
        if page.parent.name == "tutorials" and page.stem != "index":
            assert any(block.run and block.language in ("python", "sh") for block in blocks(page)), page.name
