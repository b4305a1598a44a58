"""Files are whole or absent; folders are claimed; rows are on disk at once."""

import csv
import os

import numpy as np
import pytest

from sparselbm.errors import OutputExistsError, OutputFolderError
from sparselbm.files.write import append_csv, claim_folder, replace_file


def test_replaced_only_when_whole(tmp_path):
    target = tmp_path / "result.usda"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError), replace_file(target) as beside:
        beside.write_text("half\ud800")
    assert beside.suffix == ".usda"
    assert target.read_text() == "old"
    with replace_file(target) as beside:
        beside.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["result.usda"]


def test_replacing_needs_the_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="create it first"), replace_file(tmp_path / "no" / "a.png"):
        pass


def test_what_cannot_be_written_is_told_by_its_own_name(tmp_path):
    with pytest.raises(PermissionError) as told, replace_file(tmp_path / "a.toml") as beside:
        raise PermissionError(13, "Permission denied", str(beside))
    assert told.value.filename == str(tmp_path / "a.toml")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputFolderError, match=r"file/b cannot be created .*: choose another folder"):
        claim_folder(tmp_path / "file" / "b")


def test_claim(tmp_path):
    folder = claim_folder(tmp_path / "a" / "b")
    assert folder.is_dir()
    assert claim_folder(folder) == folder
    for name in ("history.csv", "old.vdb", "notes.txt"):
        (folder / name).write_text("")
    with pytest.raises(OutputExistsError, match=r"3 entries.*overwrite=True"):
        claim_folder(folder, owned=("*.vdb",))
    with pytest.raises(OutputExistsError, match=r"old\.vdb belongs to the scene"):
        claim_folder(folder, overwrite=True, owned=("history.csv", "*.vdb"), needed=[folder / "old.vdb"])
    assert len(os.listdir(folder)) == 3, "nothing is removed before all is known"
    claim_folder(folder, overwrite=True, owned=("*.vdb", "history.csv"))
    assert os.listdir(folder) == ["notes.txt"]


def test_claiming_a_file_is_refused(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(OutputExistsError, match="is a file"):
        claim_folder(tmp_path / "a", overwrite=True)


def test_rows_are_readable_at_once_and_to_the_bit(tmp_path):
    path = tmp_path / "history.csv"
    values = [0.1, 1 / 3, np.float64(2) / 3, np.pi * 1e-30]
    for k, value in enumerate(values):
        append_csv(path, {"iteration": k, "objective": value, "name": "a, b"})
        rows = list(csv.DictReader(path.open()))
        assert len(rows) == k + 1
        assert float(rows[-1]["objective"]) == value
    assert rows[0]["name"] == "a, b"


def test_other_columns_are_refused(tmp_path):
    path = tmp_path / "history.csv"
    append_csv(path, {"a": 1})
    with pytest.raises(ValueError, match="another file"):
        append_csv(path, {"b": 1})
    assert path.read_text().splitlines() == ["a", "1"]
