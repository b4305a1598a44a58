"""Mutated files and values of options are read or refused, by a few of the fuzzer's seeds; `make fuzz` tries as many as fit in
20 minutes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import readers
from fuzz import Tally, fuzz
from mutations import mutated
from samples import samples

HERE = Path(__file__).parent


def test_every_format_begins_with_a_file_that_is_read(tmp_path):
    whole = samples(tmp_path)
    assert len(whole) == 21
    assert {name: read(path) for name, (path, read) in whole.items()} == dict.fromkeys(whole, "")


def test_a_seed_gives_the_same_file_and_another_one_another():
    data = bytes(range(256)) * 4
    assert [mutated(data, seed) for seed in range(50)] == [mutated(data, seed) for seed in range(50)]
    assert len({mutated(data, seed) for seed in range(50)}) > 40


def test_50_mutated_files_are_read_or_refused():
    tally = Tally()
    fuzz("worker.py", 0, 50, tally)
    assert not tally.findings
    assert sum(tally.counts.values()) == 50
    assert min(sum(n for (_, each), n in tally.counts.items() if each == outcome) for outcome in ("read", "refused")) > 10


@pytest.mark.validate
@pytest.mark.parametrize(("worker", "count"), [("worker.py", 5_000), ("options.py", 500)])
def test_many_mutated_files_and_values_of_options_are_read_or_refused(worker, count):
    tally = Tally()
    fuzz(worker, 0, count, tally)
    assert not tally.findings
    assert sum(tally.counts.values()) == count


FAULTY = """
import json, os, sys, time
sys.path.insert(0, {here!r})
for seed in range(int(sys.argv[2]), int(sys.argv[3])):
    print(json.dumps({{"begun": seed, "format": "x"}}), flush=True)
    if seed == 1:
        os.abort()
    if seed == 2:
        time.sleep(60)
    print(json.dumps({{"ended": seed, "format": "x", "outcome": "nonsense" if seed == 3 else "read", "text": ""}}), flush=True)
"""


def test_crashes_hangs_and_nonsense_are_found_and_the_others_read(tmp_path, monkeypatch):
    (tmp_path / "faulty.py").write_text(FAULTY.format(here=str(HERE)))
    monkeypatch.setattr("fuzz.LIMIT", 0.5)
    tally = Tally()
    fuzz(str(tmp_path / "faulty.py"), 0, 6, tally)
    assert [(each["ended"], each["outcome"]) for each in tally.findings] == [
        (1, "signal or exit code -6"), (2, "hang"), (3, "nonsense"),
    ]
    assert tally.counts["x", "read"] == 3


def test_nonsense_that_is_accepted_is_named(tmp_path, monkeypatch):
    path, read = samples(tmp_path)["mesh.obj"]
    found = readers.Scene.open(path)
    object.__setattr__(found.bodies[0].mesh, "points", np.full((42, 3), np.nan))
    monkeypatch.setattr(readers.Scene, "open", lambda path: found)
    assert "points of" in read(path)


def test_the_command_of_the_makefile_runs():
    command = [sys.executable, str(HERE / "fuzz.py"), "--files", "0", "--options", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "0 in all, 0 findings\n")
