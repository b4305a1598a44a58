"""Shared options and fixtures: every test runs on the device given by --device."""

import sys
import weakref
from pathlib import Path

import pytest
import warp as wp

REHEARSED = {
    "core/test_expression.py": 1, "core/test_internal_flow.py": 2, "core/test_many_obstacles.py": 6,
    "core/test_open_boundaries_reference.py": 4, "core/test_outside.py": 1, "core/test_periodic_lengths.py": 6,
    "core/test_present_time.py": 4, "core/test_references_by_hand.py": 1, "core/test_rehearsal.py": 1, "core/test_restart.py": 1,
    "core/test_saved_state.py": 6, "core/test_scalar_reference.py": 1, "core/test_separate_memory.py": 1,
    "core/test_simulation.py": 1, "core/test_state.py": 1, "core/test_step_reference.py": 4, "core/test_tile_classes.py": 1,
    "core/test_transcendental.py": 1, "domain/test_retile.py": 1, "domain/test_sampling.py": 1, "adjoint/test_changes.py": 5,
    "adjoint/test_checkpoints.py": 2, "adjoint/test_every_objective.py": 6, "adjoint/test_every_operator.py": 9,
    "adjoint/test_exactness.py": 1, "adjoint/test_seam_gradients.py": 6, "adjoint/test_second_moments.py": 2,
    "adjoint/test_tape.py": 1, "bridges/test_torch_operator.py": 2, "monitor/test_monitor_fields.py": 1,
    "monitor/test_monitor_integrals.py": 2, "monitor/test_monitor_recorder.py": 1, "moving/test_coupling.py": 4,
    "moving/test_prescribed.py": 2, "physics/test_collision_flows.py": 8, "physics/test_link_walls.py": 1,
    "physics/test_mass.py": 4, "physics/test_openings.py": 4,
}
"""Tests that `--device rehearsal` selects, by file: every n-th one. They are kernels, walls and boundary conditions, scalars,
moving bodies, monitors, re-tiling, restarts, adjoints with their checkpoints, the tape and PyTorch, each at least once."""


def pytest_addoption(parser):
    where = "Warp device of the tests, such as cpu or cuda:0; or rehearsal: the CUDA kernels on the CPU, in chosen tests"
    parser.addoption("--device", default="cpu", help=where)
    parser.addoption("--whole", action="store_true", help="with --device rehearsal: every test")


def pytest_collection_modifyitems(config, items):
    missing = [name for name in REHEARSED if not (Path(__file__).parent / name).is_file()]
    if missing:
        raise pytest.UsageError(f"{', '.join(missing)} in REHEARSED of {__file__}: no such files; list their new names")
    if config.getoption("--device") == "rehearsal" and not config.getoption("--whole"):
        chosen = set()
        for name, every in REHEARSED.items():
            chosen.update([x.nodeid for x in items if x.path.as_posix().endswith(f"tests/{name}")][::every])
        config.hook.pytest_deselected(items=[x for x in items if x.nodeid not in chosen])
        items[:] = [x for x in items if x.nodeid in chosen]


@pytest.fixture(scope="session")
def device(request):
    name = request.config.getoption("--device")
    return "cpu" if name == "rehearsal" else name


@pytest.fixture(scope="session", autouse=True)
def rehearsal(request):
    """With `--device rehearsal`: every domain has that back end, and host and device memory are kept apart, as with a GPU."""
    if request.config.getoption("--device") != "rehearsal":
        yield
        return
    from separate_memory import separate_memory

    from sparselbm import backends

    with pytest.MonkeyPatch.context() as patch:
        for module in [x for x in sys.modules.values() if vars(x).get("backend_for") is backends.backend_for]:
            patch.setattr(module, "backend_for", lambda is_cpu: backends.REHEARSAL)
        separate_memory(patch)
        # The compiler's share of the time is the largest, and how well it optimises CUDA texts for a CPU shows nothing.
        patch.setattr(wp.config, "optimization_level", 1)
        yield


@pytest.fixture
def forward_steps(monkeypatch):
    """The number of each step that a simulation has been advanced by, on a GPU also those in graphs."""
    from sparselbm.solver.stepper import Stepper

    done, advance, advance_twice, steps_in_place = [], Stepper.advance, Stepper.advance_twice, Stepper.steps_in_place

    def counted(stepper, source, target, step):
        done.append(step)
        advance(stepper, source, target, step)

    def counted_pairs(stepper, state, other, step, pairs):
        before = len(done)
        advance_twice(stepper, state, other, step, pairs)
        done[before:] = range(step, step + 2 * pairs)

    def counted_in_place(stepper, state, velocities, step, steps):
        done.extend(range(step, step + steps))
        return steps_in_place(stepper, state, velocities, step, steps)

    monkeypatch.setattr(Stepper, "steps_in_place", counted_in_place)
    monkeypatch.setattr(Stepper, "advance", counted)
    monkeypatch.setattr(Stepper, "advance_twice", counted_pairs)
    return done


@pytest.fixture
def living_states(monkeypatch):
    """A function that counts the population arrays made by simulations since the test began that are still in memory."""
    from sparselbm.solver.state import State

    made, empty = [], State.empty

    def noted(states):
        made.extend(map(weakref.ref, states))
        return states

    monkeypatch.setattr(State, "empty", lambda state, count: noted(empty(state, count)))
    return lambda: sum(ref() is not None for ref in made)
