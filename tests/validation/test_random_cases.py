"""200 random cases within the documented limits: each ends as a sound result with its class, or is refused before the run."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_cases import random_case
from random_document import COUNT, FINENESS, agree, chosen, page, write
from random_outcomes import NOT_RUN, WORK, Outcome, outcome_of
from random_store import Store


@pytest.fixture
def store(tmp_path):
    """Outcomes, in the file that the environment variable RANDOM_CASES names, from which a stopped run is resumed."""
    return Store(Path(os.environ.get("RANDOM_CASES", tmp_path / "outcomes.jsonl")))


@pytest.mark.validate
def test_every_random_case_is_sound_or_refused_before_the_run(tmp_path, device, store):
    found = store.complete(range(COUNT), tmp_path, device)
    coarse = chosen(found)
    finer = store.complete([each.case.number for each in coarse], tmp_path / "finer", device, fineness=FINENESS)
    write(store)
    assert not [f"{each.case.number}: {each.result}: {each.detail}" for each in found if not each.sound]
    assert not [f"{a.case.number}: {a.value} and {b.value}" for a, b in zip(coarse, finer, strict=True) if not agree(a, b)]


@pytest.mark.parametrize("number", [0, 10, 51, 73, 127])
def test_a_short_run_is_sound_or_refused(number, tmp_path, device):
    """Bodies and vessels that are refused, and a pipe: values of so short a run are not judged."""
    found = outcome_of(random_case(number, tmp_path), device, work=1e-3 * WORK)
    assert found.result not in ("blown up", "crashed"), found.detail
    assert (found.result == "refused") == (number in (0, 10, 73, 127)), found.detail
    assert found.result == "refused" or (np.isfinite(found.value) and found.doubts)


def test_a_stopped_run_is_resumed(tmp_path):
    """Stored outcomes are not run again; the others are, the cheapest first, and the page marks those that are missing."""
    store, ran = Store(tmp_path / "outcomes.jsonl"), []

    def run(case, device):
        ran.append(case.number)
        return Outcome(case, "steady", 1.0, doubts=("a doubt",))

    store.complete([51], tmp_path, "cpu", run=run)
    store.add(Outcome(random_case(51, tmp_path, fineness=FINENESS), "steady", 1.1), FINENESS)
    found = store.complete([19, 51, 0], tmp_path, "cpu", run=run)
    assert ran == [51, 0, 19]
    assert [each.case.number for each in found] == [19, 51, 0]
    assert found[1] == replace(found[1], doubts=("a doubt",))
    missing = Outcome(random_case(1, tmp_path), NOT_RUN)
    text = page([*found, missing], [(found[1], store.read()[51, FINENESS])])
    assert "| 1 | ellipsoid |" in text
    assert "| 51 | pipe |" in text
    assert f"*{NOT_RUN}*" in text
