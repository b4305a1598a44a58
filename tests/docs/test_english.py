"""Documents use the words of docs/glossary.md: see `plain_english.py` for those that are not used."""

import importlib.util
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("plain_english", Path(__file__).with_name("plain_english.py"))
plain_english = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(plain_english)


def test_documents_use_plain_words():
    found = plain_english.findings()
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The callback is told the steps.", "told"), ("It needs 76 bytes a cell.", "bytes a cell"),
        ("What is left over is small.", "What"), ("The default is a fallback.", "fallback"),
    ],
)
def test_each_kind_of_word_is_found(text, words):
    assert [found for found, _ in plain_english.unwanted(text)] == [words]


@pytest.mark.parametrize("text", ["What limits it?", "It needs 76 bytes per cell.", "The retold story."])
def test_good_sentences_pass(text):
    assert plain_english.unwanted(text) == []


def test_code_is_not_checked(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("Text with `fallback`.\n\n```python\ntold = 1\n```\n")
    assert plain_english.findings(("*.md",), tmp_path) == []
    page.write_text("- a list, which\n  stands still\n")
    assert len(plain_english.findings(("*.md",), tmp_path)) == 1
