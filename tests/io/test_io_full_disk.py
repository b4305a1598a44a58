"""Files on a full disk: lines are whole or absent, follow later, and what a killed process left is removed."""

import resource
import warnings
from contextlib import contextmanager

import numpy as np
import pytest

from sparselbm.design.optimizer import DesignRecord
from sparselbm.errors import ResultLostWarning
from sparselbm.files.lost_results import lost_alone
from sparselbm.files.write import append_csv, claim_folder, replace_file, unfinished
from sparselbm.observe.monitor import Csv, JsonLines, SeriesFolder, SeriesRecord
from sparselbm.results.formats.hdf5_file import hdf5_file
from sparselbm.results.iteration_table import IterationTable


@contextmanager
def files_of_at_most(size):
    """A limit of this process, above which files cannot grow, like a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("format", [Csv(), JsonLines()], ids=["csv", "json"])
def test_a_series_has_whole_lines_on_a_full_disk_and_all_at_its_end(format, tmp_path):
    folder, record = SeriesFolder(tmp_path, format), SeriesRecord(["x", "y"])
    file = folder.open("run", record.columns)
    for step in range(100):
        record.add(step, (step / 7, -step / 3))
        with files_of_at_most(1_000):
            if step == 30:
                with pytest.warns(ResultLostWarning, match=r"a row could not be written .*; the run goes on"):
                    _fill(file, step)
            elif step < 10:
                file.add(step, (step / 7, -step / 3))
    assert folder.path("run").read_text().endswith("\n")
    assert folder.path("run").stat().st_size <= 1_000
    file.close(record.series)
    assert np.array_equal(folder.read("run").values, record.series.values)


def _fill(file, step):
    for _ in range(40):
        file.add(step, (step / 7, -step / 3))


def test_a_series_that_was_removed_is_written_at_its_end(tmp_path):
    folder, record = SeriesFolder(tmp_path / "out"), SeriesRecord(["x"])
    file = folder.open("run", record.columns)
    for step in range(10):
        record.add(step, (step / 7,))
        file.add(step, (step / 7,))
        if step == 5:
            folder.path("run").unlink()
            (tmp_path / "out").rmdir()
    file.close(record.series)
    assert np.array_equal(folder.read("run").values, record.series.values)


def test_a_series_of_which_nothing_could_be_written_is_absent(tmp_path):
    with files_of_at_most(3):
        with pytest.warns(ResultLostWarning, match="a row could not be written"):
            file = SeriesFolder(tmp_path).open("run", ("x",))
        with pytest.warns(ResultLostWarning, match=r"run\.csv could not be written"):
            file.close(SeriesRecord(["x"]).series)
    assert list(tmp_path.iterdir()) == []


def record_of(number):
    return DesignRecord(
        iteration=number, objective=1.0 / (number + 1), constraints={}, feasible=True, gradient_norm=1.0, evaluations=number,
        seconds=0.1, x=np.array([0.5]),
    )


def test_rows_of_iterations_follow_once_there_is_room(tmp_path):
    table = IterationTable(tmp_path / "history.csv")
    table.add(record_of(0))
    with files_of_at_most((tmp_path / "history.csv").stat().st_size + 5):
        with pytest.warns(ResultLostWarning, match=r"a row of history\.csv could not be written"):
            table.add(record_of(1))
        assert len((tmp_path / "history.csv").read_text().splitlines()) == 2
    table.add(record_of(2))
    assert [line.split(",")[0] for line in (tmp_path / "history.csv").read_text().splitlines()] == ["iteration", "0", "1", "2"]
    (tmp_path / "history.csv").unlink()
    table.add(record_of(3))
    assert len((tmp_path / "history.csv").read_text().splitlines()) == 5


def test_an_error_on_a_full_disk_names_the_file(tmp_path):
    path, too_large = tmp_path / "a.bin", pytest.raises(OSError, match=r"File too large")
    with files_of_at_most(10), too_large as found, replace_file(path) as beside:
        beside.write_bytes(bytes(100))
    assert found.value.filename == str(tmp_path / "a.bin")
    assert list(tmp_path.iterdir()) == []
    append_csv(tmp_path / "a.csv", {"x": 1})
    with files_of_at_most(6), pytest.raises(OSError, match=r"No space left|File too large"):
        append_csv(tmp_path / "a.csv", {"x": 123456})
    assert (tmp_path / "a.csv").read_bytes() == b"x\r\n1\r\n"


def test_files_that_a_killed_process_had_not_completed_are_removed(tmp_path):
    leftovers = [".field.0123456789ab.vdb", ".ball_results.0123456789ab.usda", ".slice.aaaaaaaaaaaa.png.Xy12"]
    kept = [".hidden.vdb", ".field.0123.vdb", "notes.txt", ".notes.0123456789ab.txt"]
    (tmp_path / "ball_clips").mkdir()
    for name in (*leftovers, *kept, "ball_clips/.0001.0123456789ab.usdc"):
        (tmp_path / name).write_text("")
    assert [each.name for each in unfinished(tmp_path, "field.vdb")] == leftovers[:1]
    claim_folder(tmp_path, overwrite=True, owned=("field*.vdb", "*_results.usda", "*_clips/*.usd?", "slice*.png"))
    assert sorted(each.name for each in tmp_path.rglob("*") if each.is_file()) == sorted(kept)


def test_what_is_lost_alone_is_named_in_one_line():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        with lost_alone("a"):
            raise RuntimeError("one\n  two")
        with lost_alone("b"):
            raise OSError(28, "No space left on device", "/tmp/b")
    assert [str(each.message) for each in found] == [
        "a could not be written: one two. The other results are not affected",
        "b could not be written: No space left on device. The other results are not affected",
    ]
    with pytest.raises(KeyError), lost_alone("c", KeyError):
        raise KeyError


def test_an_hdf5_file_on_a_full_disk_is_an_error(tmp_path):
    """HDF5 ended the process otherwise, when it released the file."""
    h5py = pytest.importorskip("h5py")
    values = np.random.default_rng(1).random(50_000)
    with files_of_at_most(100_000), pytest.raises(OSError, match=r"File too large"), hdf5_file(tmp_path / "a.h5") as file:
        file["x"] = values
    with hdf5_file(tmp_path / "b.h5") as file:
        file["x"] = values
    with h5py.File(tmp_path / "b.h5") as file:
        assert np.array_equal(file["x"], values)
    with pytest.raises(ValueError, match=r"mine"), hdf5_file(tmp_path / "c.h5") as file:
        raise ValueError("mine")


def test_a_signal_is_no_lost_result():
    """Python raises a RuntimeError for one that arrives while a class is being created."""
    with pytest.raises(KeyboardInterrupt), lost_alone("a"):
        raise RuntimeError from KeyboardInterrupt()
