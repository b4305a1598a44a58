"""Every setting of a case stands in the table that `inspect` and `run` print, with its value and unit."""

import re
from dataclasses import fields, replace
from types import SimpleNamespace

import pytest

from sparselbm.case.entry import spelt
from sparselbm.case.parts import PARTS, CaseBoundary, CaseOpening
from sparselbm.case.table import settings_table
from sparselbm.models import Waveform

VALUES = {
    "double": 0.0371, "int": 17, "token": "other", "string": "words", "string[]": ("one", "two"), "double3": (0.1, 2.0, 30.0),
    "int[]": (3, 4), "int3": (5, 6, 7), "dictionary": {"/Car:size": "large"},
}
"""A value of each type that is no default."""
SETTINGS = [(part, each) for part in PARTS for each in fields(part) if "entry" in each.metadata]


def made(part, **values):
    """A part with its defaults but for some values."""
    defaults = {each.name: each.metadata["entry"].default for each in fields(part) if "entry" in each.metadata}
    return replace(part(), **values) if part.instances == () else part(**{**defaults, **values})


def table(part, value):
    """The table of a case with one part."""
    case = {each.space: made(each) if each.instances == () else {} for each in PARTS}
    return settings_table(SimpleNamespace(**{**case, part.space: value if part.instances == () else {"/World/Name": value}}))


@pytest.mark.parametrize(("part", "field"), SETTINGS, ids=[f"{part.space}.{each.name}" for part, each in SETTINGS])
def test_every_setting_has_its_place_in_the_table(part, field):
    known = field.metadata["entry"]
    value = not known.default if known.kind.usd == "bool" else VALUES[known.kind.usd]
    rows = table(part, made(part, **{field.name: value}))
    label = part.space if part.instances == () else f"{part.space} /World/Name"
    assert list(rows) == [label]
    words = {"True": "yes", "False": "no"}.get(str(value)) or re.findall(r"[\w./:]+", str(value))[0]
    assert f"{spelt(field.name)} " in rows[label]
    assert words in rows[label]
    unit = re.search(r"\[([^\]]+)\]", known.doc)
    if unit and known.kind.usd in ("double", "double3"):
        assert re.sub(r"(?<=[a-z])(?=\d)", "^", unit[1]) in rows[label]


def test_defaults_have_no_row_but_instances_do():
    part = CaseBoundary()
    assert settings_table(SimpleNamespace(**{each.space: made(each) if each.instances == () else {} for each in PARTS})) == {}
    assert table(CaseBoundary, part) == {"boundary /World/Name": "default"}


def test_a_waveform_is_shown_by_its_peak_in_clinical_units():
    """A flow rate that was meant in mL/s, and read in m^3/s, is seen before the run."""
    wave = Waveform((0.0, 0.5), (1e-6, 3e-6), 1.0)
    (row,) = table(CaseOpening, CaseOpening(kind="inlet", flow_rate=wave)).values()
    assert row == "kind inlet, flowRate up to 3e-06 m^3/s (3 mL/s), 2 samples over 0.5 s, repeated every 1 s"
