"""An interrupted run or optimisation continues from its restart files to the bits of one that was not interrupted."""

import json

import numpy as np
import pytest
from cli_cases import scene_of

from sparselbm.files.restarts import RestartWriter
from sparselbm.geometry import TriangleMesh

COARSE = (
    "--voxel-size", "0.125", "--reynolds", "60", "--lattice-velocity", "0.1", "--margins", "0.8,1,0.8", "--device", "cpu",
    "--output", "out", "--restart-every", "1e-9",
)
STEADY = ("run", "ball.usda", *COARSE, "--max-steps", "200", "--draw", "slice", "--draw", "volumes")
TRANSIENT = (
    "run", "ball.usda", *COARSE, "--duration", "4", "--ramp", "1.2", "--record-every", "0.03", "--output-every", "0.4",
    "--statistics-from", "1.5", "--draw", "slice", "--draw", "volumes",
)
OPTIMIZE = (
    "optimize", "ball.usda", *COARSE, "--max-steps", "150", "--tolerance", "0.05", "--iterations", "2", "--no-grid-check",
    "--rigid", "--draw", "slice",
)
TIMES = {"seconds", "wall_time", "options", "machine"}
"""Names in summaries whose values are wall times, describe the machine, or say that a run was resumed."""


class KilledError(BaseException):
    """End of a process at a restart file."""


@pytest.fixture
def ball(tmp_path):
    return scene_of(tmp_path / "ball.usda", {"Ball": TriangleMesh.sphere(0.5, subdivisions=2)})


@pytest.fixture
def killed_after(monkeypatch):
    """Ends the command in the test's process after a number of restart files; 0: it does not end."""
    write = RestartWriter._write

    def kill(count):
        written = []

        def wrapped(writer):
            write(writer)
            written.append(1)
            if len(written) == count:
                raise KilledError

        monkeypatch.setattr(RestartWriter, "_write", wrapped)
        return written

    return kill


def found_in(folder):
    """Summary without wall times, and the bytes of all series, histories and fields."""
    summary = _without(json.loads((folder / "summary.json").read_text()))
    names = [path.name for pattern in ("*.csv", "*.nvdb") for path in folder.glob(pattern)]
    return summary, {name: _rows(folder / name) if name == "history.csv" else (folder / name).read_bytes() for name in names}


def _without(value):
    if isinstance(value, dict):
        return {name: _without(each) for name, each in value.items() if name not in TIMES}
    return [_without(each) for each in value] if isinstance(value, list) else value


def _rows(path):
    """Rows of history.csv without the wall time."""
    head, *rows = [line.split(",") for line in path.read_text().splitlines()]
    return [[each for name, each in zip(head, row, strict=True) if name != "seconds"] for row in rows]


@pytest.mark.parametrize(
    ("arguments", "moments"), [(STEADY, (2,)), (TRANSIENT, (1, 3)), (OPTIMIZE, (1, 4, 7))], ids=["steady", "duration", "optimize"]
)
def test_the_end_has_the_bits_of_an_uninterrupted_run(arguments, moments, ball, in_process, killed_after, tmp_path):
    written = killed_after(0)
    code, _, said = in_process(*arguments)
    assert code == 0, said
    assert len(written) > max(moments)
    assert not (tmp_path / "out" / "restart").exists()
    whole = found_in(tmp_path / "out")
    for k, moment in enumerate(moments):
        killed_after(moment)
        with pytest.raises(KilledError):
            in_process(*arguments, "--overwrite")
        killed_after(0)
        code, out, said = in_process(*arguments, "--resume")
        assert code == 0, said
        assert "Resumed" in out
        summary, files = found_in(tmp_path / "out")
        assert summary == whole[0]
        assert files.keys() == whole[1].keys()
        assert [name for name, content in files.items() if content != whole[1][name]] == [], k
    assert in_process(*arguments, "--resume")[1].endswith("is finished.\n")
