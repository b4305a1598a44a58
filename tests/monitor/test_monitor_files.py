"""Series on disk: to the bit, while they grow, after an interruption; never over what is there."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from sparselbm.errors import OutputExistsError
from sparselbm.grid.build import box
from sparselbm.observe import KineticEnergy
from sparselbm.observe.monitor import Csv, EverySteps, JsonLines, Recorder, SeriesFolder, SeriesRecord, Values
from sparselbm.solver import Simulation

FORMATS = pytest.mark.parametrize("format", [Csv(), JsonLines()], ids=["csv", "json"])
ROWS = [(0, (0.1, np.nan)), (10, (1 / 3, -2e-300)), (20, (np.pi * 1e30, 7.0))]


@FORMATS
def test_rows_read_back_to_the_bit_while_the_file_is_open(format, tmp_path):
    folder = SeriesFolder(tmp_path / "new" / "run", format)
    file = folder.open("lift, by hand", ("a", "b, quoted"))
    for k, (step, row) in enumerate(ROWS):
        file.add(step, row)
        series = folder.read("lift, by hand")
        assert series.columns == ("a", "b, quoted")
        assert series.steps.tolist() == [s for s, _ in ROWS[: k + 1]]
        assert np.array_equal(series.values, [r for _, r in ROWS[: k + 1]], equal_nan=True)
    file.close()
    file.close()


@FORMATS
def test_a_line_that_was_cut_off_is_left_out(format, tmp_path):
    folder = SeriesFolder(tmp_path, format)
    file = folder.open("a", ("x", "y"))
    for step, row in ROWS:
        file.add(step, row)
    file.close()
    whole = folder.path("a").read_text()
    for cut in (len(whole) - 1, len(whole) - 4):
        folder.path("a").write_text(whole[:cut])
        assert folder.read("a").steps.tolist() == [0, 10]
    folder.path("a").write_text(whole.replace("10", "ten", 1))
    with pytest.raises(ValueError, match=r"a\.(csv|jsonl) is not a series in the format (Csv|JsonLines): .*restore the file"):
        folder.read("a")


@FORMATS
def test_nothing_is_overwritten_unasked(format, tmp_path, device):
    simulation = Simulation(box((8, 8), periodic=(True, True), device=device), viscosity=0.1)
    monitors = {name: Values({"E": KineticEnergy()}, EverySteps(5)) for name in ("first", "second")}
    taken = SeriesFolder(tmp_path, format).path("second")
    taken.write_text("mine")
    with pytest.raises(OutputExistsError, match=r"second\.(csv|jsonl) already there: choose another folder, or pass overwrite"):
        Recorder(simulation, monitors, files=SeriesFolder(tmp_path, format))
    assert os.listdir(tmp_path) == [taken.name]
    assert taken.read_text() == "mine"
    with Recorder(simulation, monitors, files=SeriesFolder(tmp_path, format, overwrite=True)) as recorder:
        recorder.run(10)
    again = SeriesFolder(tmp_path, format).read("second")
    assert again.steps.tolist() == [0, 5, 10]
    assert np.array_equal(again.values, recorder.records["second"].series.values)


KILLED = """
import os, signal, sys
from sparselbm.observe.monitor import {format}, SeriesFolder
file = SeriesFolder(sys.argv[1], {format}()).open("run", ("x",))
for k in range(50):
    file.add(10 * k, (k / 7,))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("format", [Csv(), JsonLines()], ids=["csv", "json"])
def test_a_killed_process_loses_no_row(format, tmp_path):
    """No flush, no close, no exit handler: SIGKILL."""
    text = KILLED.format(format=type(format).__name__)
    ended = subprocess.run([sys.executable, "-c", text, str(tmp_path)], capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    series = SeriesFolder(tmp_path, format).read("run")
    assert series.steps.tolist() == [10 * k for k in range(50)]
    assert series["x"].values.tolist() == [k / 7 for k in range(50)]


def test_rows_go_forward():
    record = SeriesRecord(["x"])
    record.add(5, [1.0])
    with pytest.raises(ValueError, match="a row of step 5 after the row of step 5: begin another record"):
        record.add(5, [2.0])
    with pytest.raises(KeyError, match="no column 'y': the columns are x"):
        record["y"]
