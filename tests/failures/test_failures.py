"""A process that is killed or ended, or whose disk fails, at a random moment: every file is whole or absent, nothing is lost but
what could not be written then, and the same command with --overwrite leaves no trace of it."""

import json
import random
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass

import pytest
from cli_cases import ENVIRONMENT, command, scene_of
from failing import FAILURES, Removed, Signalled
from whole_files import require_whole

from sparselbm.geometry import TriangleMesh

pytestmark = pytest.mark.validate

FOLLOWED = 1.0
"""Time that results are followed for, after the first file [s]."""
MOMENTS = 10
"""Number of moments for each command and failure."""
AGAIN = 2
"""Number of moments after which the command is repeated in any case; after others, if there are files that were not completed."""
TINY = ("--voxel-size", 0.12, "--margins", "0.5,1,0.4", "--device", "cpu")
STEADY = ("run", "ball.usda", *TINY, "--max-steps", 40)
OVER_TIME = (
    "run", "ball.usda", *TINY, "--duration", 1.0, "--output-every", 0.25, "--statistics-from", 0.5, "--restart-every", 1e-9,
    "--draw", "slice", "--draw", "volumes",
)
RIGID = ("--rigid", "--max-displacement", 0.1, "--iterations", 1, "--no-grid-check", "--no-cross-check")
WAYS = {
    "run": [STEADY, OVER_TIME],
    "optimize": [("optimize", "ball.usda", *TINY, *RIGID, "--max-steps", 40)],
    "export": [
        ("export", "results", "--to", "vdb,nvdb,vtkhdf,amr,vti,vtp,stl,glb,usdz,csv,json"),
        ("export", "results", "--to", "json,csv,glb,vti,nvdb,vdb"),
    ],
    "view": [("view", "results"), ("view", "results", "--follow")],
}
RESULT = {"run": "drag coefficient", "optimize": "reduction"}
"""Line of the output that must not be lost, whatever cannot be written."""


@dataclass
class Ended:
    """A process that has ended."""

    code: int
    out: str
    err: str
    begun: float
    """Time from its start to its first file or line [s]."""
    lasted: float
    """Time from then to its end [s]."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Folder with a scene, and results for `export` and `view`."""
    folder = tmp_path_factory.mktemp("case")
    scene_of(folder / "ball.usda", {"Ball": TriangleMesh.sphere(0.5, subdivisions=2)})
    assert _run((*OVER_TIME, "--output", "results"), folder, folder / "results").code == 0
    return folder


@pytest.fixture(scope="module")
def whole(folder):
    """Files, duration and messages of each way of a command that nothing happens to."""
    known = {}

    def of(way):
        if way not in known:
            out = folder / "whole" / _name(way)
            shutil.rmtree(out.parent, ignore_errors=True)
            arguments = _arguments(way, out)
            process = _run(arguments, folder, out, moment=FOLLOWED if "--follow" in way else None, happen=_stop)
            assert process.code == 0, process.err
            known[way] = _files(out), FOLLOWED if "--follow" in way else process.lasted, set(process.err.splitlines())
        return known[way]

    return of


@pytest.mark.parametrize("seed", range(MOMENTS))
@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("kind", WAYS)
def test_every_file_is_whole_or_absent(folder, whole, tmp_path, kind, name, seed):
    failure, draw = FAILURES[name], random.Random(f"{kind} {name} {seed}")
    way = WAYS[kind][seed % len(WAYS[kind])]
    expected, lasted, usual = whole(way)
    with failure.disk(tmp_path / "disk", draw):
        out = tmp_path / "disk" / _name(way)
        arguments, before = (*_arguments(way, out), "--overwrite"), _before(kind, draw, out, folder)
        moment = draw.uniform(0.0, lasted)
        found = _run(arguments, folder, out, moment, lambda process: failure.happen(process, out, draw))
        failure.end(out)
        print(f"{moment:.2f} of {lasted:.2f} s, exit code {found.code}, {sorted(expected - _files(out))} absent\n{found.err}")
        _check_files(failure, out, before)
        _check_words(kind, failure, found, lost=expected - _files(out), usual=usual)
        if not isinstance(failure, Signalled) and kind == "run":
            assert found.code == (0 if _is_complete(out) or (isinstance(failure, Removed) and found.code == 0) else 1)
        if seed < AGAIN or _hidden(out):
            kept = before & _files(out)
            again = _run(arguments, folder, out, moment=FOLLOWED if "--follow" in way else None, happen=_stop)
            assert again.code == 0, again.err
            assert _files(out) == expected | kept


def _name(way):
    return "view" if way[0] == "view" else "out"


def _arguments(way, out):
    return (*way, "--output", out, *(("--port", 0) if "--follow" in way else ()))


def _before(kind, draw, out, folder):
    """Puts a file of the user's into the folder of the output, and for half of the moments earlier exports or an earlier page;
    returns their names."""
    earlier = folder / "whole" / out.name
    if kind in ("export", "view") and draw.random() < 0.5 and earlier.is_dir():
        try:
            shutil.copytree(earlier, out)
        except shutil.Error:  # They are larger than the disk.
            shutil.rmtree(out)
    out.mkdir(exist_ok=True)
    (out / "notes.txt").write_text("my own")
    return _files(out)


def _hidden(out):
    """Files that were not completed."""
    return [path for path in out.rglob(".*") if path.is_file()]


def _stop(process):
    process.send_signal(signal.SIGINT)


def _files(out):
    """Relative paths of all files."""
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}


def _state(out, said):
    try:
        return {(path, path.stat().st_mtime_ns) for path in out.rglob("*")} if out.is_dir() else set(), said.stat().st_size
    except FileNotFoundError:  # The process replaces its files.
        return None


def _run(arguments, folder, out, moment=None, happen=_stop):
    """Runs the command; at a moment after its first file or line something happens to it. One that follows results then has
    changed results to show, and is ended."""
    said, complained = folder / "said.txt", folder / "complained.txt"
    with said.open("w") as stdout, complained.open("w") as stderr:
        state, start = _state(out, said), time.monotonic()
        process = subprocess.Popen(command(*arguments), cwd=folder, env=ENVIRONMENT, stdout=stdout, stderr=stderr)
        while process.poll() is None and _state(out, said) in (state, None):
            time.sleep(0.005)
        first = time.monotonic()
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            happen(process)
        if "--follow" in arguments and process.poll() is None:
            (folder / "results" / "summary.json").touch()
            time.sleep(2.5)
            _stop(process)
        process.wait(120.0)
        end = time.monotonic()
    return Ended(process.returncode, said.read_text(), complained.read_text(), first - start, end - first)


def _check_files(failure, out, before):
    """Every file is whole, and what was there before still is."""
    hidden = _hidden(out)
    for path in out.rglob("*"):
        if path.is_file() and path not in hidden:
            try:
                require_whole(path, references=not isinstance(failure, Removed))
            except Exception as error:
                raise AssertionError(f"{path.name} is not whole: {type(error).__name__}: {error}") from error
    assert not hidden or failure in (FAILURES["killed"], FAILURES["read-only"]), "files that were not completed are removed"
    if not isinstance(failure, Removed):
        assert before <= _files(out)
        assert (out / "notes.txt").read_text() == "my own"


def _check_words(kind, failure, found, *, lost, usual):
    """Exit code and messages, of which each is one line. `usual`: messages of the command without a failure."""
    assert "Traceback" not in found.err + found.out
    assert found.code in (0, *failure.codes)
    said = [line for line in found.err.splitlines() if line.strip() and line not in usual]
    if failure == FAILURES["killed"]:
        return
    if failure == FAILURES["ended"]:
        assert (found.code == 143) == ("Interrupted" in found.err)
        return
    assert [line for line in said if not line.startswith(("iteration ", "Warning: ", "Error: ", "The run failed: "))] == []
    if kind in RESULT and not ("The run failed: " in found.err and "time_series.csv" in found.err):  # Before the first step.
        assert RESULT[kind] in found.out
    if lost and not isinstance(failure, Removed):
        assert "could not be written" in found.err or "Error: " in found.err
    if kind == "export" and not isinstance(failure, Removed):
        assert [name for name in lost if name not in found.err] == []
        assert (found.code == 0) == ("could not be written" not in found.err)


def _is_complete(out):
    path = out / "summary.json"
    return path.is_file() and json.loads(path.read_text())["complete"]
