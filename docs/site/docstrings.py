"""Turns the docstrings of the package, plain text with `code` and indented formulas, into reStructuredText."""

import re

_CODE = re.compile(r"(`+[^`]+`+)")
_MARKS = re.compile(r"([\\*_|])")
_SECTION = re.compile(r"(Args|Raises|Returns|Yields|Note|Source):\s*$")
_ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s")


def as_restructured_text(app, what, name, obj, options, lines: list[str]) -> None:
    """Handler of `autodoc-process-docstring`: changes `lines` in place."""
    lines[:] = converted(lines)


def converted(lines: list[str]) -> list[str]:
    """Text with marks escaped, `code` as literals, and indented paragraphs as literal blocks."""
    result: list[str] = []
    for block in _paragraphs(lines):
        if result:
            result.append("")
        if block[0].startswith("    "):
            result += ["::", "", *(f"    {line}" for line in block)]
        else:
            result += _paragraph(block)
    return [*result, ""]


def _paragraphs(lines: list[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line.rstrip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _paragraph(block: list[str]) -> list[str]:
    """A paragraph, a list, or a section such as Raises with its indented items."""
    if _SECTION.match(block[0]):
        items: list[str] = []
        for line in block[1:]:
            deeper = len(line) - len(line.lstrip()) > 4
            items.append("  " + _escaped(line.strip()) if deeper else "- " + _escaped(line.strip()))
        return [f"**{block[0].strip()}**", "", *items]
    result: list[str] = []
    for line in block:
        text = line.strip()
        if _ITEM.match(line):
            if result and not result[-1].startswith(("- ", "  ")):
                result.append("")
            result.append("- " + _escaped(_ITEM.sub("", line, count=1)))
        elif result and result[-1].startswith(("- ", "  ")) and line.startswith(" "):
            result.append("  " + _escaped(text))
        else:
            result.append(_escaped(text))
    return result


def _escaped(text: str) -> str:
    parts = _CODE.split(text)
    return "".join(_literal(part) if k % 2 else _MARKS.sub(r"\\\1", part) for k, part in enumerate(parts))


def _literal(code: str) -> str:
    return f"\\ ``{code.strip('`')}``\\ "
