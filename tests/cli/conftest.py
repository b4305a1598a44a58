"""The command within the test's own process, where it starts at once."""

from functools import partial

import pytest


@pytest.fixture
def in_process(monkeypatch, capsys, tmp_path):
    """Runs the command in `tmp_path`; exit code, standard output and standard error."""
    from sparselbm.cli.app import app
    from sparselbm.cli.exits import exit_code_of

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        code = exit_code_of(partial(app, [str(each) for each in arguments], prog_name="sparselbm"))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
