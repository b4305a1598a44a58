"""Classes, modules and files that the documents name exist."""

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from sparselbm.case.parts import PARTS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROOMS = sorted(path.name for path in (ROOT / "sparselbm").iterdir() if (path / "__init__.py").is_file())
NAME = re.compile(rf"`(?:sparselbm\.)?((?:{'|'.join(ROOMS)})(?:\.\w+)+)(?:\(.*?\))?`")
SETTINGS = {f"{part.space}.{name}" for part in PARTS for name in part.entries()}
"""Settings of a case, whose tables share names with rooms."""
FILES = re.compile(r"\.(json|csv|glb|usdz|usda?|vdb|nvdb|png)$")
FILE = re.compile(r"`((?:sparselbm|tests|examples|assets|benchmarks|docs)/[\w./-]+)`")


def exists(name: str) -> bool:
    """Whether a dotted name below `sparselbm` is a module, or an attribute of one."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(["sparselbm", *parts[:count]]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            if not hasattr(found, part) and part not in getattr(found, "__annotations__", {}):
                return False
            found = getattr(found, part, None)
        return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_names_and_files_exist(page):
    text = page.read_text(encoding="utf-8")
    if page.name == "changelog.md":
        return
    named = [name for name in NAME.findall(text) if name not in SETTINGS and not FILES.search(name)]
    gone = [name for name in named if not exists(name)]
    gone += [file for file in FILE.findall(text) if not (ROOT / file).exists() and not list(ROOT.glob(file.rstrip("/") + "*"))]
    assert not gone, f"{page.name} names what does not exist: {', '.join(sorted(set(gone)))}"


def test_a_name_that_does_not_exist_is_noticed():
    assert exists("models.collision.BGK")
    assert exists("solver.Simulation.run")
    assert not exists("flows.Vessel")
    assert not exists("models.nothing.BGK")


def test_the_version_follows_the_last_one_of_the_changelog():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    released = re.findall(r"^## (\d+)\.(\d+)\.(\d+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert tuple(map(int, version.split(".")[:3])) >= tuple(map(int, released[0]))
    assert ".dev" not in version or tuple(map(int, version.split(".")[:3])) > tuple(map(int, released[0]))
