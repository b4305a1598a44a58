"""Shared options and fixtures: every test runs on the device given by --device."""

import weakref

import pytest

REHEARSED = (
    "core/test_cuda_text.py", "core/test_expression.py", "core/test_internal_flow.py", "core/test_many_obstacles.py",
    "core/test_open_boundaries_reference.py", "core/test_outside.py", "core/test_present_time.py",
    "core/test_rehearsal.py", "core/test_restart.py", "core/test_saved_state.py", "core/test_scalar_reference.py",
    "core/test_simulation.py", "core/test_state.py", "core/test_step_reference.py", "core/test_tile_classes.py",
    "core/test_transcendental.py", "adjoint/test_changes.py", "adjoint/test_checkpoints.py",
    "adjoint/test_every_objective.py", "adjoint/test_every_operator.py", "adjoint/test_exactness.py",
    "adjoint/test_second_moments.py", "adjoint/test_tape.py", "domain/test_retile.py", "domain/test_sampling.py",
    "monitor/test_monitor_fields.py", "monitor/test_monitor_integrals.py", "monitor/test_monitor_recorder.py",
    "moving/test_coupling.py", "moving/test_prescribed.py", "physics/test_collision_flows.py",
    "physics/test_link_walls.py", "physics/test_mass.py", "physics/test_openings.py",
)  # fmt: skip
"""Tests of the kernels, of memory and of launches, which `--device rehearsal` selects."""


def pytest_addoption(parser):
    where = "Warp device of the tests, such as cpu or cuda:0; or rehearsal: the CUDA kernels on the CPU, in chosen tests"
    parser.addoption("--device", default="cpu", help=where)
    parser.addoption("--whole", action="store_true", help="with --device rehearsal: every test")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--device") == "rehearsal" and not config.getoption("--whole"):
        config.hook.pytest_deselected(items=[x for x in items if not x.path.as_posix().endswith(REHEARSED)])
        items[:] = [x for x in items if x.path.as_posix().endswith(REHEARSED)]


@pytest.fixture(scope="session")
def device(request):
    name = request.config.getoption("--device")
    return "cpu" if name == "rehearsal" else name


@pytest.fixture(scope="session", autouse=True)
def rehearsal(request):
    """With `--device rehearsal`: domains have that back end, and the host sees copies of arrays only, as with a GPU."""
    if request.config.getoption("--device") != "rehearsal":
        yield
        return
    import warp as wp

    from sparselbm.backends import REHEARSAL
    from sparselbm.grid import domain

    shared = wp.array.numpy
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(domain, "backend_for", lambda is_cpu: REHEARSAL)
        patch.setattr(wp.array, "numpy", lambda array: shared(array).copy())
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
