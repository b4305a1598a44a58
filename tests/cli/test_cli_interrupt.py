"""Ctrl-C prints a message, exits with 130, and leaves no empty folder; existing files stay. So do SIGTERM (143), SIGHUP (129)."""

import os
import signal
import subprocess
import sys
import time
import weakref

import pytest
from cli_cases import ENVIRONMENT, command, scene_of

from sparselbm.cli.interrupt import Interruptible, Signals
from sparselbm.design import DesignProblem
from sparselbm.design.gradcheck import Gradcheck
from sparselbm.files.write import claim_folder, no_empty_folders
from sparselbm.flows import Flow
from sparselbm.geometry import TriangleMesh


def interrupted(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("name", "owner", "method", "said"),
    [
        ("run", Flow, "run_to_steady", "Interrupted at 0 s."),
        ("gradcheck", Gradcheck, "run", "Interrupted."),
        ("optimize", DesignProblem, "minimize", "Interrupted before the first design was evaluated."),
    ],
)
def test_each_command_says_so_and_leaves_no_empty_folder(in_process, monkeypatch, tmp_path, name, owner, method, said):
    scene = scene_of(tmp_path / "ball.usda", {"Body": TriangleMesh.sphere(0.5, subdivisions=2)})
    monkeypatch.setattr(owner, method, interrupted)
    code, out, err = in_process(name, scene, "--voxel-size", 0.12, "--margins", "1,1,1", "--device", "cpu")
    assert code == 130
    assert said in err
    assert "Traceback" not in out + err
    assert [each.name for each in tmp_path.iterdir()] == ["ball.usda"]


def test_ctrl_c_while_modules_are_imported_leaves_no_traceback(tmp_path):
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt\n")
    there = {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([str(tmp_path), ENVIRONMENT["PYTHONPATH"]])}
    done = subprocess.run(command("run", "car.usda"), cwd=tmp_path, env=there, capture_output=True, text=True, timeout=120)
    assert done.returncode == 130
    assert done.stderr.splitlines()[-1] == "Interrupted."
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_each_signal_has_its_exit_code(tmp_path, number, code):
    (tmp_path / "typer.py").write_text(f"import os, time\nos.kill(os.getpid(), {int(number)})\ntime.sleep(30)\n")
    there = {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([str(tmp_path), ENVIRONMENT["PYTHONPATH"]])}
    done = subprocess.run(command("run", "car.usda"), cwd=tmp_path, env=there, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (code, "Interrupted.")
    assert "Traceback" not in done.stderr


class Referred:
    pass


def test_a_signal_in_a_callback_from_c_is_raised_again(capsys):
    """Python prints exceptions of such callbacks, and forgets them."""

    def callback(_):
        signal.raise_signal(signal.SIGTERM)

    with Signals() as signals:
        found = Referred()
        kept = weakref.ref(found, callback)
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012
            del found
            time.sleep(10.0)
        assert kept() is None
        assert signals.exit_code == 143
    assert capsys.readouterr().err == ""
    assert sys.unraisablehook is not signals._lost


def test_a_run_holds_signals_back_and_passes_them_on():
    with Signals() as signals, Interruptible() as run:
        signal.raise_signal(signal.SIGTERM)
        assert run.asked
        with pytest.raises(KeyboardInterrupt):
            run.check()
        assert signals.exit_code == 143
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert signals.exit_code == 130
    with Interruptible() as run:
        signal.raise_signal(signal.SIGHUP)
        with pytest.raises(KeyboardInterrupt):
            run.check()


def test_folders_that_were_there_or_hold_something_stay(tmp_path):
    (tmp_path / "old").mkdir()

    def work(empty, filled):
        with no_empty_folders(empty, filled):
            claim_folder(empty)
            (claim_folder(filled) / "history.csv").write_text("row")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work(tmp_path / "old" / "a" / "b", tmp_path / "new" / "c")
    assert list((tmp_path / "old").iterdir()) == []
    assert (tmp_path / "new" / "c" / "history.csv").exists()
