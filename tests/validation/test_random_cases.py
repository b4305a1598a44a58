"""200 random cases within the documented limits: each ends as a sound result with its class, or is refused before the run."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from document import DOCS
from random_cases import KINDS, random_case
from random_outcomes import FAULTS, RESULTS, SOUND, Outcome, outcome_of

COUNT, CROSSINGS = 200, 6.0
FINER, FINENESS = 20, 1.5
"""Number of steady cases that are run again, on cells smaller by this factor."""
PAGE = DOCS / "random_cases.md"
HEAD = """# Random cases

This page is written by `make validate` (`tests/validation/test_random_cases.py`) and not edited by hand. {count} case files are
drawn at random within the documented limits: bodies (spheres, ellipsoids, cylinders, boxes, plates, the bunny, and cylinders that
reach through the box; turned and scaled) in boxes with all kinds of sides, and pipes, bends and forks with uniform or laminar
inlets; Reynolds numbers 1 to 10,000 (log-uniform), 8 to {cells:.1f} cells across, both walls, mostly default settings of the
solver.

Each case runs for {crossings:g} crossings at most. Its result counts as wrong if the drag coefficient or the pressure drop is
outside a generous band of its kind, or if mass is missing, and no doubt that was printed before the run says so; *doubted* is a
value outside the band with such a doubt. None may blow up, crash or be wrong.
"""


@pytest.mark.validate
def test_every_random_case_is_sound_or_refused_before_the_run(tmp_path, device):
    found = [outcome_of(random_case(number, tmp_path), CROSSINGS, device) for number in range(COUNT)]
    steady = [each for each in found if each.result == "steady"][:FINER]
    finer = [outcome_of(random_case(each.case.number, tmp_path / "finer", fineness=FINENESS), CROSSINGS, device)
             for each in steady]
    PAGE.write_text(page(found, steady, finer, CROSSINGS))
    assert not [f"{each.case.number}: {each.result}: {each.detail}" for each in found if not each.sound]
    assert not [f"{coarse.case.number}: {coarse.value} and {fine.value}" for coarse, fine in zip(steady, finer, strict=True)
                if not agree(coarse, fine)]


@pytest.mark.parametrize("number", [0, 10, 18, 51, 73, 127])
def test_a_short_run_is_sound_or_refused(number, tmp_path, device):
    """Bodies and vessels that are refused, and a pipe: values of so short a run are not judged."""
    found = outcome_of(random_case(number, tmp_path), 0.1, device)
    assert found.result not in ("blown up", "crashed"), found.detail
    assert (found.result == "refused") == (number in (0, 10, 18, 73, 127)), found.detail
    assert found.result == "refused" or (np.isfinite(found.value) and found.doubts)


def page(found: Sequence[Outcome], steady: Sequence[Outcome], finer: Sequence[Outcome], crossings: float) -> str:
    """The document: all cases, and those that ran on two grids."""
    cells = max(each.case.cells for each in found)
    return HEAD.format(count=len(found), cells=cells, crossings=crossings) + tables(found) + pairs(steady, finer)


def agree(coarse: Outcome, fine: Outcome) -> bool:
    """Whether values on two grids differ by no more than 15 %, or 40 % with a doubt about the resolution."""
    bound = 0.4 if any("wrong by" in doubt or "drag 14 % low" in doubt for doubt in coarse.doubts) else 0.15
    return fine.result in SOUND and abs(coarse.value / fine.value - 1.0) <= bound


def tables(found: Sequence[Outcome]) -> str:
    """Counts by kind and result, and a line for each case."""
    counts = Counter((each.case.kind, each.result) for each in found)
    lines = ["", f"| kind | {' | '.join(RESULTS)} |", f"|---|{'---|' * len(RESULTS)}"]
    lines += [f"| {kind} | {' | '.join(str(counts[kind, result]) for result in RESULTS)} |" for kind in KINDS]
    totals = Counter(each.result for each in found)
    lines += [f"| all | {' | '.join(str(totals[result]) for result in RESULTS)} |", ""]
    lines += ["| case | kind | Re | cells | result | C_d, or drop [1/2 rho u^2] | method | doubts | steps |"]
    lines += ["|---|---|---|---|---|---|---|---|---|", *map(row, found), ""]
    return "\n".join(lines)


def row(each: Outcome) -> str:
    """A line of the table of cases."""
    case, value = each.case, "" if np.isnan(each.value) else f"{each.value:.4g}"
    result = f"**{each.result}**" if each.result in FAULTS else each.result
    return (
        f"| {case.number} | {case.kind} | {case.reynolds:.3g} | {case.cells:.1f} | {result} | {value} | {each.method} | "
        f"{len(each.doubts) or ''} | {each.steps or ''} |"
    )


def pairs(coarse: Sequence[Outcome], fine: Sequence[Outcome]) -> str:
    """Values on cells smaller by `FINENESS`."""
    lines = ["", f"## On cells smaller by {FINENESS:g}", "", "| case | kind | value | finer | difference | class on both |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [
        f"| {a.case.number} | {a.case.kind} | {a.value:.4g} | {b.value:.4g} | {100.0 * (a.value / b.value - 1.0):+.1f} % | "
        f"{a.result}, {b.result} |"
        for a, b in zip(coarse, fine, strict=True)
    ]
    return "\n".join(lines) + "\n"
