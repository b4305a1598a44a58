"""Restart files: a run continues from them to the last bit, damaged ones are found, and those of another run are refused."""

import math
import random

import numpy as np
import pytest
import warp as wp
from changed_simulations import DYE, populations
from killed_runs import KilledError, kill_after

from sparselbm.errors import RestartError
from sparselbm.files.restarts import RestartWriter, Resumable
from sparselbm.files.state_file import read_state, write_state
from sparselbm.flows import FlowState, SimulationSetup, SteadyRun, TransientRun
from sparselbm.flows.runs.recorded_values import InTime
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.observe import KineticEnergy
from sparselbm.observe.monitor import Action, EverySteps, FieldMeans, Residual, SeriesFolder, Values
from sparselbm.solver import Simulation


class Counter(Resumable):
    """Part with one array."""

    def __init__(self, values):
        self.values = values

    def saved(self):
        return {"values": self.values, "name": "a", "nested": [{"none": None, "infinite": math.inf}]}

    def restore(self, state):
        assert state == {"values": state["values"], **{k: v for k, v in Counter(0).saved().items() if k != "values"}}
        self.values = state["values"]


def flow_of(device, threads):
    """Channel of 24 x 16 cells that carries a scalar."""
    simulation = Simulation(
        box((24, 16), device=device), viscosity=0.1, precision=wp.float64, threads=threads, scalars=(DYE,),
        boundaries=[VelocityInlet(X_MIN, (0.02, 0.001)), PressureOutlet(X_MAX)],
    )
    return SimulationSetup(simulation, objective=KineticEnergy()).build()


def steady(flow, restarts, folder):
    found = flow.run_to_steady(
        steady_run=SteadyRun(interval=20, max_steps=300, tolerance=1e-9), files=SeriesFolder(folder, overwrite=True),
        restarts=restarts,
    )
    return found.to_json(), found.value


def transient(flow, restarts, folder, ramp=None):
    means = FieldMeans(flow.simulation)
    restarts.add("means", means)
    every = EverySteps(7)
    values = InTime([Values({"energy": KineticEnergy()}, every), Residual(every)], flow.setup.units, every)
    found = TransientRun(duration=330.0, ramp=ramp, statistics_from=50.0).watch(
        flow.simulation, flow.setup.units, values,
        {"residual": Residual(EverySteps(13)), "means": Action(means.add, EverySteps(9))}, SeriesFolder(folder, overwrite=True),
        lambda *_: None, restarts=restarts,
    )
    fields = means.fields(flow.setup.units)
    return found.to_json(), fields.velocity.tobytes(), fields.reynolds_stress.tobytes()


def smooth(flow, restarts, folder):
    return transient(flow, restarts, folder, ramp=150.0)


def restarts_of(folder, every=0.0, identity=None, **more):
    return RestartWriter(folder / "restart", identity or {"settings": {"reynolds": 60.0}}, every=every, **more)


def ended(run, flow, restarts, folder, monkeypatch, after=None):
    """Result of a run, which ends after some restart files."""
    with monkeypatch.context() as patch:
        kill_after(patch, after)
        restarts.add("flow", FlowState(flow))
        try:
            return run(flow, restarts, folder), populations(flow.simulation)
        except KilledError:
            return None


@pytest.mark.parametrize(
    ("run", "after"), [
        (steady, 3), (transient, 1), (smooth, 2),
        *(pytest.param(run, 4, marks=pytest.mark.validate) for run in (steady, transient)),
        *(pytest.param(smooth, after, marks=pytest.mark.validate) for after in (1, 3, 4)),
    ],
)
def test_a_killed_run_ends_with_the_bits_of_the_whole_one(run, after, device, tmp_path, monkeypatch):
    """On another number of threads, with a scalar, statistics, residuals and a smooth start."""
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
    place = tmp_path / "killed"
    whole = ended(run, flow_of(device, 1), restarts_of(tmp_path / "whole"), tmp_path / "whole", monkeypatch)
    assert ended(run, flow_of(device, 1), restarts_of(place), place, monkeypatch, after) is None
    with (place / "time_series.csv").open("a") as file:  # Rows after the restart file, the last one not complete.
        file.write("100000,1.0,2.0\n100001,1.")
    assert len(list((place / "restart").iterdir())) == min(after, 2)
    found = ended(run, flow_of(device, 2), restarts_of(place, resume=True), place, monkeypatch)
    assert found[0] == whole[0]
    assert np.array_equal(found[1], whole[1])
    for file in (tmp_path / "whole").glob("*.csv"):
        assert (place / file.name).read_bytes() == file.read_bytes()


def test_a_damaged_file_gives_way_to_the_older_one(tmp_path):
    """Any byte of the newest file may differ, or it may end early: the older one is used, or nothing has changed."""
    restarts, part = restarts_of(tmp_path), Counter(np.arange(40.0))
    restarts.add("part", part)
    restarts.point()
    part.values = np.arange(40.0) + 1.0
    restarts.point()
    older, newer = restarts.files
    whole, damaged = newer.read_bytes(), 0
    for k in random.Random(1).sample(range(len(whole)), 60):
        newer.write_bytes(whole[:k] + bytes([whole[k] ^ 0x10]) + whole[k + 1 :] if k % 3 else whole[:k])
        damaged += _resumed(tmp_path, older, newer)
    assert damaged > 30


def _resumed(folder, older, newer):
    """Whether the older file was used."""
    import warnings

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        again, part = restarts_of(folder, resume=True), Counter(None)
        assert again.add("part", part)
    if again.source == newer:
        assert np.array_equal(part.values, np.arange(40.0) + 1.0)
        return False
    assert again.source == older
    assert np.array_equal(part.values, np.arange(40.0))
    assert "is damaged, so that an older restart file is used" in str(said[0].message)
    return True


def test_files_that_cannot_serve_are_refused(tmp_path):
    with pytest.raises(RestartError, match="has no restart file"):
        restarts_of(tmp_path, resume=True)
    restarts_of(tmp_path).point()
    with pytest.raises(RestartError, match=r"settings.reynolds is 70.0, but was 60.0 when the run began: use the former one"):
        restarts_of(tmp_path, identity={"settings": {"reynolds": 70.0}}, resume=True)
    with pytest.raises(RestartError, match=r"settings.length is 2.0, but was not set when the run began"):
        restarts_of(tmp_path, identity={"settings": {"reynolds": 60.0, "length": 2.0}}, resume=True)
    for file in (tmp_path / "restart").iterdir():
        file.write_bytes(b"")
    with pytest.warns(UserWarning, match="is damaged"), pytest.raises(RestartError, match=r"all restart files .* are damaged"):
        restarts_of(tmp_path, resume=True)


def test_a_full_disk_leaves_the_former_file_and_the_run(tmp_path, monkeypatch):
    restarts = restarts_of(tmp_path)
    restarts.add("part", Counter(np.arange(4.0)))
    restarts.point()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("numpy.savez", full)
        with pytest.warns(UserWarning, match=r"could not be written \(No space left on device\); the run goes on"):
            restarts.point()
    assert [file.name for file in (tmp_path / "restart").iterdir()] == ["restart_000001.npz"]
    assert restarts_of(tmp_path, resume=True).add("part", Counter(None))


def test_files_are_written_at_intervals_and_when_the_run_is_stopped(tmp_path):
    asked = []
    restarts = restarts_of(tmp_path, every=1e6, urgent=lambda: bool(asked))
    restarts.point()
    assert restarts.files == []
    asked.append(1)
    restarts.point()
    assert len(restarts.files) == 1
    (tmp_path / "restart" / ".restart_000002.0.npz").write_bytes(b"of a killed process")
    restarts.clear()
    assert not (tmp_path / "restart").exists()
    never = restarts_of(tmp_path, every=math.inf, urgent=lambda: True)
    never.point()
    assert never.files == []


def test_a_state_keeps_its_bits(tmp_path):
    state = {"a": [1.0 / 3.0, None, {"b": np.float32([0.1])}], "c": "text", "/World/Ball": np.zeros((0, 3)), "n": np.arange(3)}
    write_state(tmp_path / "state.npz", state)
    found = read_state(tmp_path / "state.npz")
    assert repr(found) == repr(state)
