"""`Simulation` puts components together that do not know it."""

import ast
import inspect
from pathlib import Path

import pytest

import sparselbm.solver
from sparselbm.solver import Simulation

ROOM = Path(sparselbm.solver.__file__).parent
ABOVE = ("__init__.py", "simulation.py", "moving/driver.py")
"""Modules that may know a simulation: the room's names, the facade itself, and the driver of moving bodies, which runs one."""
BELOW = sorted(path for path in ROOM.rglob("*.py") if path.relative_to(ROOM).as_posix() not in ABOVE)


@pytest.mark.parametrize("path", BELOW, ids=lambda path: path.relative_to(ROOM).as_posix())
def test_no_component_knows_the_simulation(path):
    """No import of it, no argument or annotation of that name, nothing that is looked up in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [getattr(node, name, None) for name in ("id", "arg", "attr", "name", "module")]
        texts = [str(name).lstrip("_").lower() for name in names if name is not None]
        assert not {"simulation", "simulationview"} & set(texts), f"line {getattr(node, 'lineno', '?')}"


def test_the_facade_is_small():
    methods = {name for name, _ in inspect.getmembers(Simulation, inspect.isfunction) if not name.startswith("_")}
    properties = {name for name, _ in inspect.getmembers(Simulation, lambda x: isinstance(x, property))}
    assert properties == {"lattice", "steps"}
    assert methods == {
        "run", "check_stability", "transferred_to", "set_state", "moments", "density", "velocity", "set_scalar", "scalar",
        "force_field", "excess_mass", "parameter", "set_parameter", "set_parameters", "set_field", "set_solid_fractions",
        "update_geometry",
    }  # fmt: skip
