"""Words that the project does not use, with what to write instead: `python tests/docs/plain_english.py` lists where they occur.

Checked are whole Markdown files without their code, and the docstrings, comments and strings of Python files. To check more,
add a file, a folder or a pattern to `CHECKED`.
"""

import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECKED = (
    "README.md", "CHANGELOG.md", "docs/**/*.md", "docs/conf.py", "docs/site/*.py", "tests/docs/test_code_blocks.py",
    "sparselbm/**/*.py",
    "tests/case/*.py", "tests/cli/*.py", "tests/flows/*.py", "tests/study/*.py", "tests/topology/*.py", "tests/gradcheck/*.py",
)
"""Files, seen from the top folder. The generated pages are text of the package itself, and are checked there."""
GENERATED = ("docs/reference/api/", "docs/reference/settings.md", "docs/reference/commands.md")

_COUNTED = (
    "(?:bytes|B|cells|numbers|values|steps|velocities|populations|points|rows|columns|lines|links|times|one|seconds|iterations)"
)
_PER = (
    "(?:cell|step|tile|axis|file|side|iteration|row|column|point|case|second|minute|degree|link|wave|face|vertex|body|rank|test)"
)

RULES: tuple[tuple[str, str], ...] = (
    (r"\btold\b", "reported, printed, passed to the callback"),
    (r"\btells?\b", "reports, prints, shows"),
    (r"\banew\b", "again"),
    (r"\blikewise\b", "also, in the same way"),
    (r"\bat hand\b", "available"),
    (r"\b(?:so|as) many (?:of|steps|cells|points|times)\b", "the number"),
    (r"\bsaid of\b|\bspeaks? of\b|\bspoken of\b", "refers to"),
    (r"\bwhoever\b|\bwhatever\b|\bwhichever\b", "any, every"),
    (r"\b(?:stands?|stood|standing) still\b|\bat rest in time\b|\bto rest in time\b", "steady, converged"),
    (r"\bfallbacks?\b", "default"),
    (r"\bwhat (?:is not|there is|there are)\b", "name the thing"),
    (r"\bwhence\b|\bthence\b|\bthereof\b|\bwherein\b|\bheed(?:ed|s)?\b", "plain words"),
    (r"\bas yet\b", "not yet"),
    (r"\bmade least\b|\bmakes? least\b", "minimised"),
    (r"\b(?:comes?|came) of it\b|\bcame of\b", "results from"),
    (r"\bgives? off\b|\bgave off\b", "releases"),
    (r"\b(?:not )?met\b", "satisfied, within tolerance"),
    (r"\bis minded\b|\bas one likes\b|\bas you please\b", "any"),
    (rf"\b{_COUNTED} (?:a|an) {_PER}\b", "per"),
    (r"(?:^|(?<=[.:!?] ))(?:Of|Those|That|As)\b(?! (?:an example|of|a result))", "begin with a noun or a verb"),
    (r"(?:^|(?<=[.:!?] ))What\b(?![^.!]*\?)", "begin with a noun or a verb"),
)
"""Regular expression, applied to one paragraph as one line, and what to write instead."""


def findings(paths: tuple[str, ...] = CHECKED, root: Path = ROOT) -> list[str]:
    """One line for each occurrence: file, line, the words, what to write instead."""
    files = sorted({path for pattern in paths for path in root.glob(pattern)})
    kept = [path for path in files if not path.relative_to(root).as_posix().startswith(GENERATED)]
    return [
        f"{path.relative_to(root)}:{line}: {found!r}: write instead: {remedy}"
        for path in kept
        for line, text in texts(path)
        for found, remedy in unwanted(text)
    ]


def unwanted(text: str) -> list[tuple[str, str]]:
    """The words of a paragraph that are not used, each with its remedy."""
    return [(match.group(), remedy) for words, remedy in RULES for match in re.finditer(words, text, re.MULTILINE)]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Paragraphs that a person reads, as one line each without code, and the line number of their beginning."""
    source = path.read_text(encoding="utf-8")
    yield from (_markdown(source) if path.suffix == ".md" else _python(source))


def _markdown(source: str) -> Iterator[tuple[int, str]]:
    paragraph: list[str] = []
    begin, in_code = 1, False
    for number, line in enumerate([*source.splitlines(), ""], 1):
        fence = line.lstrip().startswith(("```", ":::"))
        in_code ^= fence
        item = re.match(r"\s*(?:[-*#|]|\d+\.)\s?", line)
        if fence or in_code or not line.strip() or item:
            if paragraph:
                yield begin, _joined(paragraph)
            paragraph, begin = [], number
        if line.strip() and not fence and not in_code:
            begin = begin if paragraph else number
            cells = line.split("|") if line.startswith("|") else [line]
            if len(cells) > 1:
                yield from ((number, _joined([cell])) for cell in cells if cell.strip())
            else:
                paragraph.append(line[item.end() :] if item else line)


def _joined(lines: list[str]) -> str:
    text = " ".join(line.strip() for line in lines)
    return re.sub(r"`[^`]*`", "`code`", re.sub(r"\]\([^)]*\)", "]", text))


def _python(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], _joined([token.string.lstrip("# ")])
        elif token.type == tokenize.STRING and " " in token.string:
            for paragraph in re.split(r"\n\s*\n", token.string.strip("rbfuRBFU\"'")):
                yield token.start[0], _joined(paragraph.splitlines())


if __name__ == "__main__":
    found = findings(tuple(sys.argv[1:]) or CHECKED)
    print("\n".join(found) or "plain English: no word that is not used")
    sys.exit(bool(found))
