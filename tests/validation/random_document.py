"""Writes docs/explanation/random_cases.md from stored outcomes: `python tests/validation/random_document.py FILE`."""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))

from document import DOCS
from random_cases import KINDS, random_case
from random_outcomes import FAULTS, LEAST_CROSSINGS, NOT_RUN, RESULTS, SOUND, WORK, Outcome
from random_store import Store

COUNT = 200
FINENESS, PAIRS = 1.5, 2
"""Factor by which cells are smaller in the second run of a case, and the number of such cases of each kind."""
PAGE = DOCS / "random_cases.md"
HEAD = """# Random cases

This page is written by `make validate` (`tests/validation/test_random_cases.py`) and not edited by hand. {count} case files are
drawn at random within the documented limits: bodies (spheres, ellipsoids, cylinders, boxes, plates, the bunny, and cylinders that
reach through the box; turned and scaled) in boxes with all kinds of sides, and pipes, bends and forks with uniform or laminar
inlets; Reynolds numbers 1 to 10,000 (log-uniform), 8 to {cells:.1f} cells across, both walls, mostly default settings of the
solver. Boxes are small, so that values hold for these boxes only.

Each case runs as the command runs it (tolerance 1e-3), but for {work:g} million cell updates at most, or {crossings:g} crossings
if these take more: *drifting* after this number is a flow that would need more. A result counts as wrong if the drag
coefficient or the pressure drop is outside a generous band of its kind, or if mass is missing, and no doubt that was printed
before the run says so; *doubted* is a value outside the band with such a doubt. None may blow up, crash or be wrong.

Outcomes are stored one by one in the file that the environment variable `RANDOM_CASES` names, from which a stopped run is
resumed: those of a page may be from several runs, with the methods and the doubts of the version that wrote the page.{missing}
"""
MISSING = """

{count} cases have no outcome (*{name}*): those that take the most cell updates were left out as the time was up."""
SECOND = """The cases of each kind that take the fewest cell updates. Boxes of bodies consist of whole tiles of 8 cells, so
that the finer one is up to a sixth narrower or wider, which is a part of the differences. *Doubted by* is the sum of the errors
that the doubts printed before the coarser run give as upper bounds; a difference beyond it, or beyond 10 % without any, is a
fault."""


def page(found: Sequence[Outcome], pairs: Sequence[tuple[Outcome, Outcome]]) -> str:
    """The document: all cases, and those that ran on two grids."""
    absent = sum(each.result == NOT_RUN for each in found)
    head = HEAD.format(
        count=len(found), cells=max(each.case.cells for each in found), work=1e-6 * WORK, crossings=LEAST_CROSSINGS,
        missing=MISSING.format(count=absent, name=NOT_RUN) if absent else "",
    )
    return head + counts(found) + table(found) + differences(pairs)


def chosen(found: Iterable[Outcome]) -> list[Outcome]:
    """The cases that are run again on finer cells: of each kind the steady ones that take the fewest cell updates."""
    steady = sorted((each for each in found if each.result == "steady"), key=lambda each: each.updates)
    return [each for kind in KINDS for each in [x for x in steady if x.case.kind == kind][:PAIRS]]


def agree(coarse: Outcome, fine: Outcome) -> bool:
    """Whether values on two grids differ by no more than the doubts of the coarse one say, or by 10 % without one."""
    return fine.result in SOUND and abs(coarse.value / fine.value - 1.0) <= max(0.1, coarse.doubted_by)


def counts(found: Sequence[Outcome]) -> str:
    """Numbers of cases by kind and result."""
    by_kind, totals = Counter((each.case.kind, each.result) for each in found), Counter(each.result for each in found)
    results = [each for each in (*RESULTS, NOT_RUN) if each in RESULTS or totals[each]]
    lines = ["", f"| kind | {' | '.join(results)} |", f"|---|{'---|' * len(results)}"]
    lines += [f"| {kind} | {' | '.join(str(by_kind[kind, result]) for result in results)} |" for kind in KINDS]
    return "\n".join([*lines, f"| all | {' | '.join(str(totals[result]) for result in results)} |", ""])


def table(found: Sequence[Outcome]) -> str:
    """A line for each case."""
    lines = ["", "| case | kind | Re | cells | result | C_d, or drop [1/2 rho u^2] | method | doubts | steps | crossings |"]
    return "\n".join([*lines, "|---|---|---|---|---|---|---|---|---|---|", *map(row, found), ""])


def row(each: Outcome) -> str:
    """A line of the table of cases."""
    case, value = each.case, "" if np.isnan(each.value) else f"{each.value:.4g}"
    result = f"**{each.result}**" if each.result in FAULTS else each.result
    crossings = f"{each.crossings:.1f}" if each.steps else ""
    return (
        f"| {case.number} | {case.kind} | {case.reynolds:.3g} | {case.cells:.1f} | {result} | {value} | {each.method} | "
        f"{len(each.doubts) or ''} | {each.steps or ''} | {crossings} |"
    )


def differences(pairs: Sequence[tuple[Outcome, Outcome]]) -> str:
    """Values on cells smaller by `FINENESS`."""
    lines = ["", f"## On cells smaller by {FINENESS:g}", "", SECOND, ""]
    lines += ["| case | kind | Re | cells | value | finer | difference | doubted by | class on both |"]
    lines += ["|---|---|---|---|---|---|---|---|---|"]
    lines += [
        f"| {a.case.number} | {a.case.kind} | {a.case.reynolds:.3g} | {a.case.cells:.1f} | {a.value:.4g} | {b.value:.4g} | "
        f"{100.0 * (a.value / b.value - 1.0):+.1f} % | {f'{100.0 * a.doubted_by:.0f} %' if a.doubted_by else ''} | "
        f"{a.result}, {b.result} |"
        for a, b in pairs
    ]
    return "\n".join(lines) + "\n"


def write(store: Store) -> None:
    """Writes the page from the outcomes of a file; cases without one are marked."""
    with tempfile.TemporaryDirectory() as folder:
        stored = store.read()
        found = [stored.get((k, 1.0)) or Outcome(random_case(k, Path(folder)), NOT_RUN) for k in range(COUNT)]
    finer = {number: each for (number, fineness), each in stored.items() if fineness == FINENESS}
    PAGE.write_text(page(found, [(each, finer[each.case.number]) for each in found if each.case.number in finer]))


if __name__ == "__main__":
    write(Store(Path(sys.argv[1])))
