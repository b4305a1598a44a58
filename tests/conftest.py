"""Shared options and fixtures: every test runs on the device given by --device."""

import weakref

import pytest


def pytest_addoption(parser):
    parser.addoption("--device", default="cpu", help="Warp device the tests run on, such as cpu or cuda:0")


@pytest.fixture(scope="session")
def device(request):
    return request.config.getoption("--device")


@pytest.fixture
def forward_steps(monkeypatch):
    """The number of each step that a simulation has been advanced by, on a GPU also those in graphs."""
    from sparselbm.solver import Simulation

    done, advance, advance_twice = [], Simulation.advance, Simulation.advance_twice

    def counted(simulation, source, target, step):
        done.append(step)
        advance(simulation, source, target, step)

    def counted_pairs(simulation, state, other, step, pairs):
        before = len(done)
        advance_twice(simulation, state, other, step, pairs)
        done[before:] = range(step, step + 2 * pairs)

    monkeypatch.setattr(Simulation, "advance", counted)
    monkeypatch.setattr(Simulation, "advance_twice", counted_pairs)
    return done


@pytest.fixture
def living_states(monkeypatch):
    """A function that counts the population arrays made by simulations since the test began that are still in memory."""
    from sparselbm.solver import Simulation

    made, new_states = [], Simulation.new_states

    def noted(states):
        made.extend(map(weakref.ref, states))
        return states

    monkeypatch.setattr(Simulation, "new_states", lambda simulation, count: noted(new_states(simulation, count)))
    return lambda: sum(ref() is not None for ref in made)
