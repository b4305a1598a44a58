"""Every model of the package has the same names in Python, in USD, in TOML and as an option, and declares its dimensions once."""

import ast
import inspect
import re
import sys
from dataclasses import MISSING, fields
from itertools import pairwise
from pathlib import Path
from typing import get_type_hints

import pytest

from sparselbm.case import Case, CaseFluid, CaseForce, CaseScalar, CaseSolver, SceneFile
from sparselbm.case.entry import spelt
from sparselbm.case.parts import PARTS
from sparselbm.cli.settings import settings_of
from sparselbm.errors import CaseError
from sparselbm.flows import FlowScalar, Forces, WindTunnel
from sparselbm.models import boundary, collision, force, rheology, scalar, turbulence, wall
from sparselbm.models.in_si import InSI, fields_of, quantity_of
from sparselbm.units import Unit, Units

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))
from plain_english import unwanted

PACKAGES = (boundary, collision, force, rheology, scalar, turbulence, wall)
UNITS = Units(voxel_size=0.01, velocity=2.0, viscosity=1e-3, density=1000.0, lattice_velocity=0.05)
CHOICES = [
    (part, name, each, model)
    for part in PARTS for name, each in part.entries().items() if each.models for model in each.models.classes
]


def every_model():
    """All models, with the classes from which they inherit fields; profiles are made by flows, in lattice units."""
    found = {}
    for package in PACKAGES:
        for name in package.__all__:
            each = getattr(package, name)
            if isinstance(each, type):
                found |= {base: None for base in each.__mro__ if base.__module__.startswith("sparselbm.models")}
    return [each for each in found if fields_of(each) and not issubclass(each, boundary.Profile)]


def documented(model):
    """Docstrings of the fields that a class itself declares, by name."""
    body = ast.parse(inspect.getsource(model)).body[0].body
    return {
        field.target.id: text.value.value
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }


def in_text(value):
    """A value as a case writes it."""
    return f"[{', '.join(map(in_text, value))}]" if isinstance(value, tuple) else repr(value)


def example(model, given):
    """A value for each parameter of a model that a case can set: its default, or a valid number where it has none."""
    hints, found = get_type_hints(model), {}
    for name in list(fields_of(model))[given:]:
        field = fields_of(model)[name]
        if field.default is not MISSING and field.default is not None:
            found[name] = field.default
        elif hints[name] is not collision.Collision:
            found[name] = 0.8
    return found


@pytest.mark.parametrize("model", every_model(), ids=lambda model: model.__name__)
def test_a_field_with_a_dimension_declares_it(model):
    """Cells and steps in the docstring of a field are converted from SI; places begin at the corner of the domain."""
    for name, text in documented(model).items():
        field, inside = fields_of(model).get(name), " ".join(re.findall(r"\[([^\]]*)\]", text))
        if field is None or not re.search(r"\bcells?\b|\bsteps?\b", inside) or "lattice density" in inside or "centres" in text:
            continue
        quantity = quantity_of(field)
        assert quantity is not None, f"{model.__name__}.{name} [{inside}]: declare its unit with in_si"
        assert quantity.is_place == ("from the domain" in inside), f"{model.__name__}.{name}"


@pytest.mark.parametrize(("part", "name", "entry", "model"), CHOICES, ids=lambda each: getattr(each, "__name__", None))
def test_a_model_has_the_same_names_in_python_usd_toml_and_as_an_option(part, name, entry, model):
    parameters = list(fields_of(model))[entry.models.given :]
    assert model.__name__ in entry.allowed
    assert model.__name__ in entry.text
    assert all(each in entry.text for each in parameters)
    assert any(each.attribute == name and each.known is entry for each in settings_of(part))
    values = example(model, entry.models.given)
    text = f"{model.__name__}({', '.join(f'{key}={in_text(value)}' for key, value in values.items())})"
    if "collision" in parameters:
        text = text.replace("(", "(collision=BGK", 1)
    found = entry.models.model(text, name)
    assert found.model is model
    assert {key: value for key, value in found.arguments if key in values} == values


@pytest.mark.parametrize(("part", "name", "entry", "model"), CHOICES, ids=lambda each: getattr(each, "__name__", None))
def test_a_model_in_si_is_made_in_lattice_units(part, name, entry, model):
    values = {key: value for key, value in example(model, entry.models.given).items() if key != "higher"}
    if "collision" in fields_of(model) and not entry.models.given:
        values["collision"] = InSI(collision.BGK)
    made = InSI(model, **values).in_lattice_units(UNITS, *[collision.TRT()] * entry.models.given)
    for key, value in values.items():
        quantity = quantity_of(fields_of(model)[key])
        if quantity is not None:
            unit = quantity.unit(values) if callable(quantity.unit) else quantity.unit
            assert getattr(made, key) == pytest.approx(value / unit.factor(UNITS, 3))
    assert isinstance(made, entry.models.kind)


def test_places_begin_at_the_corner_of_the_domain():
    frame = InSI(force.RotatingFrame, rotation=(0.0, 0.0, 3.0), centre=(0.5, 0.0, 0.25))
    made = frame.in_lattice_units(UNITS, corner=(0.4, -0.1, 0.2))
    assert made.centre == pytest.approx((10.0, 10.0, 5.0))
    assert made.rotation == pytest.approx((0.0, 0.0, 3.0 * UNITS.time_step))


def test_the_unit_of_a_consistency_follows_from_the_exponent():
    """nu = K gamma^(n - 1) is the same in SI and in lattice units."""
    K, n, rate = 0.02, 0.6, 30.0
    made = InSI(rheology.PowerLaw, consistency=K, exponent=n).in_lattice_units(UNITS, collision.BGK())
    nu = made.consistency * (rate * UNITS.time_step) ** (n - 1.0)
    assert nu * Unit(m=2, s=-1).factor(UNITS, 3) == pytest.approx(K * rate ** (n - 1.0))


@pytest.mark.parametrize(("part", "name", "text", "words"), [
    (CaseSolver, "collision", "TTR", ["did you mean TRT", "allowed are BGK", "FILE.py:ClassName"]),
    (CaseSolver, "collision", "TRT(magik=3/16)", ["TRT has no parameter magik", "did you mean magic"]),
    (CaseSolver, "collision", "TRT(magic='much')", ["magic is 'much'", "must be a finite number"]),
    (CaseSolver, "collision", "TRT(magic=-1/4)", ["magic=-0.25", "above 0"]),
    (CaseSolver, "collision", "TRT(0.1, magic=0.2)", ["two values of magic"]),
    (CaseSolver, "collision", "TRT(1, 2)", ["has 2 values", "its parameters are magic"]),
    (CaseSolver, "collision", "MRT(higher=[1, 1, 1])", ["higher is [1, 1, 1]", "a list of 4 values"]),
    (CaseSolver, "collision", "TRT(magic=open('x'))", ["magic is open", "must be a finite number"]),
    (CaseSolver, "collision", "TRT(", ["give Name or Name(parameter=1.0)"]),
    (CaseSolver, "collision", "TRT(magic=1/0)", ["give Name or Name(parameter=1.0)"]),
    (CaseSolver, "collision", "ExactDifference", ["requires the parameter collision"]),
    (CaseSolver, "collision", "ExactDifference(collision=BGQ)", ["did you mean BGK"]),
    (CaseSolver, "turbulence", "Smagorinsky(collision=TRT)", ["has no parameter collision", "its parameters are constant"]),
    (CaseSolver, "turbulence", "Smagorinsky(constant=0)", ["above 0"]),
    (CaseFluid, "rheology", "Carreau(power_index=0.4)", ["requires the parameter relaxation_time"]),
    (CaseFluid, "rheology", "PowerLaw(exponent=0.5)", ["requires the parameter consistency"]),
    (CaseFluid, "rheology", "PowerLaw(exponent=9, consistency=1)", ["exponent=9", "from 0.2 to 3"]),
])
def test_a_model_that_cannot_be_made_is_refused_with_place_value_and_remedy(part, name, text, words):
    with pytest.raises(CaseError) as refused:
        Case(scene=SceneFile(file="ball.usda"), **{part.space: part(**{name: text})})
    for each in (f"{part.space}.{name} is {text!r}", *words):
        assert each in str(refused.value), str(refused.value)


PYTHON = {CaseFluid: WindTunnel, CaseSolver: WindTunnel, CaseForce: Forces, CaseScalar: FlowScalar}
"""Value of `flows` that says in Python what a part says in a case."""
OTHERWISE = {"tolerance", "until", "max_steps", "dynamic_viscosity"}
"""Settings of the solver that belong to the end of a run (`SteadyRun`)."""


@pytest.mark.parametrize("part", PYTHON, ids=lambda part: part.__name__)
def test_a_setting_has_the_same_name_in_a_case_and_in_python(part):
    known = {each.name for each in fields(PYTHON[part])}
    own = [each.name for each in fields(part)]
    assert [spelt(name) for name in own] == list(part.entries())
    assert [name for name in own if name not in known and name not in OTHERWISE] == []


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_doc_of_the_schema_is_plain_english(part):
    """Whole sentences in the words of the field: see tests/docs/plain_english.py."""
    texts = [" ".join(part.__doc__.split()), *(each.text for each in part.entries().values())]
    for text in texts:
        assert unwanted(text) == [], text
        assert text.rstrip()[-1] == ".", text
        assert "  " not in text, text
