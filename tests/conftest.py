"""Shared options and fixtures: every test runs on the device given by --device."""

import sys
import weakref
from pathlib import Path

import pytest

REHEARSED = (
    "core/test_expression.py", "core/test_internal_flow.py", "core/test_many_obstacles.py",
    "core/test_open_boundaries_reference.py", "core/test_outside.py", "core/test_periodic_lengths.py",
    "core/test_present_time.py",
    "core/test_references_by_hand.py", "core/test_rehearsal.py", "core/test_restart.py", "core/test_saved_state.py",
    "core/test_scalar_reference.py", "core/test_separate_memory.py", "core/test_simulation.py", "core/test_state.py",
    "core/test_step_reference.py", "core/test_tile_classes.py", "core/test_transcendental.py", "domain/test_retile.py",
    "domain/test_sampling.py", "adjoint/test_changes.py", "adjoint/test_checkpoints.py",
    "adjoint/test_every_objective.py", "adjoint/test_every_operator.py", "adjoint/test_exactness.py",
    "adjoint/test_seam_gradients.py",
    "adjoint/test_second_moments.py", "adjoint/test_tape.py", "bridges/test_torch_operator.py",
    "monitor/test_monitor_fields.py", "monitor/test_monitor_integrals.py", "monitor/test_monitor_recorder.py",
    "moving/test_coupling.py", "moving/test_prescribed.py", "physics/test_collision_flows.py",
    "physics/test_link_walls.py", "physics/test_mass.py", "physics/test_openings.py",
)  # fmt: skip
"""A fifth of the tests, which `--device rehearsal` selects: kernels, walls and boundary conditions, scalars, moving bodies,
monitors, re-tiling, restarts, adjoints with their checkpoints, the tape and PyTorch, each at least once."""


def pytest_addoption(parser):
    where = "Warp device of the tests, such as cpu or cuda:0; or rehearsal: the CUDA kernels on the CPU, in chosen tests"
    parser.addoption("--device", default="cpu", help=where)
    parser.addoption("--whole", action="store_true", help="with --device rehearsal: every test")


def pytest_collection_modifyitems(config, items):
    missing = [name for name in REHEARSED if not (Path(__file__).parent / name).is_file()]
    if missing:
        raise pytest.UsageError(f"{', '.join(missing)} in REHEARSED of {__file__}: no such files; list their new names")
    if config.getoption("--device") == "rehearsal" and not config.getoption("--whole"):
        config.hook.pytest_deselected(items=[x for x in items if not x.path.as_posix().endswith(REHEARSED)])
        items[:] = [x for x in items if x.path.as_posix().endswith(REHEARSED)]


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
        yield


@pytest.fixture
def forward_steps(monkeypatch):
    """The number of each step that a simulation has been advanced by, on a GPU also those in graphs."""
    from sparselbm.solver.stepper import Stepper

    done, advance, advance_twice = [], Stepper.advance, Stepper.advance_twice

    def counted(stepper, source, target, step):
        done.append(step)
        advance(stepper, source, target, step)

    def counted_pairs(stepper, state, other, step, pairs):
        before = len(done)
        advance_twice(stepper, state, other, step, pairs)
        done[before:] = range(step, step + 2 * pairs)

    monkeypatch.setattr(Stepper, "advance", counted)
    monkeypatch.setattr(Stepper, "advance_twice", counted_pairs)
    return done


@pytest.fixture
def living_states(monkeypatch):
    """A function that counts the population arrays made by simulations since the test began that are still in memory."""
    from sparselbm.solver.state import DoubleBuffer

    made, empty = [], DoubleBuffer.empty

    def noted(states):
        made.extend(map(weakref.ref, states))
        return states

    monkeypatch.setattr(DoubleBuffer, "empty", lambda state, count: noted(empty(state, count)))
    return lambda: sum(ref() is not None for ref in made)
