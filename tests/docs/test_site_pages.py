"""The reference pages that are generated from the package."""

import importlib.util
from pathlib import Path

PATH = Path(__file__).parents[2] / "docs" / "site" / "pages.py"
SPEC = importlib.util.spec_from_file_location("site_pages", PATH)
pages = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(pages)


def test_settings_commands_and_modules_are_written(tmp_path):
    pages.write(tmp_path)
    settings, commands = ((tmp_path / f"{name}.md").read_text() for name in ("settings", "commands"))
    assert "| `tolerance` | `0.001` | Convergence tolerance" in settings
    assert "| `file` |" in settings
    assert "`--metres-per-unit" in commands
    assert "## optimize" in commands
    assert "automodule:: sparselbm.observe" in (tmp_path / "api" / "sparselbm.observe.md").read_text()
