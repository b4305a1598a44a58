"""`Simulation` puts components together that do not know it."""

import ast
import gc
import inspect
import weakref
from pathlib import Path

import pytest

import sparselbm.solver
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.solver import Obstacle, Simulation

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


@pytest.mark.parametrize("obstacles", [(), (Obstacle("body", TriangleMesh.cylinder(3.0, (8, 8, -9), (8, 8, 10), 24)),)])
def test_memory_is_free_as_soon_as_a_simulation_is_gone(device, obstacles):
    """Without a reference cycle, which would keep populations until Python's collector comes by."""
    simulation = Simulation(
        box((16, 16), device=device), viscosity=0.1, obstacles=obstacles, schedules={"viscosity": lambda step: 1.0}
    )
    simulation.run(101)
    simulation.density(), simulation.force_field()
    arrays = [weakref.ref(simulation.state.populations), weakref.ref(simulation.passes)]
    gc.disable()
    try:
        del simulation
        assert [ref() for ref in arrays] == [None, None]
    finally:
        gc.enable()


def test_the_facade_is_small():
    methods = {name for name, _ in inspect.getmembers(Simulation, inspect.isfunction) if not name.startswith("_")}
    properties = {name for name, _ in inspect.getmembers(Simulation, lambda x: isinstance(x, property))}
    assert properties == {"lattice", "steps"}
    assert methods == {
        "run", "check_stability", "transferred_to", "set_state", "moments", "density", "velocity", "set_scalar", "scalar",
        "force_field", "excess_mass", "parameter", "set_parameter", "set_parameters", "set_field", "set_profile",
        "set_solid_fractions", "update_geometry",
    }  # fmt: skip
