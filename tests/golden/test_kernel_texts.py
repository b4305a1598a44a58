"""The texts of kernels are those whose hashes are committed: no change of the code alters physics unseen."""

import json

import pytest
from golden_kernels import TABLE, golden_texts


@pytest.fixture(scope="module")
def texts():
    return golden_texts()


def test_no_text_has_changed_unseen(texts):
    """Where this fails on purpose: run `python tests/golden/golden_kernels.py`, and say in the commit why texts have changed."""
    known = json.loads(TABLE.read_text())
    changed = [name for name in texts if name in known and texts[name] != known[name]]
    assert not changed, f"{len(changed)} of {len(texts)} kernels have another text: {', '.join(changed)}"
    assert texts.keys() == known.keys()


def test_texts_differ_from_each_other(texts):
    """Two kernels of different models with one text would be a model that is not in the kernel."""
    assert len(set(texts.values())) == len(texts)
