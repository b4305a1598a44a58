"""The pictures of docs/explanation/validation.md show curves, or points at more than one place."""

import json
import re
from itertools import groupby

from document import DOCS, RESULTS, panels


def test_cases_at_a_single_place_are_tables_only():
    """Case 14b drew ten crosses above one solid fraction."""
    entries = sorted(json.loads(RESULTS.read_text()).values(), key=lambda entry: entry["number"])
    cases = {number: list(parts) for number, parts in groupby(entries, key=lambda entry: entry["number"])}
    pictures = {f"case_{number}.svg" for number, parts in cases.items() if panels(parts)}
    assert pictures < {f"case_{number}.svg" for number in cases}
    assert {path.name for path in (DOCS / "validation").glob("case_*.svg")} == pictures
    assert set(re.findall(r"case_\w+\.svg", (DOCS / "validation.md").read_text())) == pictures
