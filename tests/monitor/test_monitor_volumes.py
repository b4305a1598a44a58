"""Volumes from a thread: the same files as written directly; memory, errors, and what is never overwritten."""

import os
import threading

import numpy as np
import pytest

from sparselbm.errors import OutputExistsError, VolumeError
from sparselbm.files.nvdb import write_nvdb
from sparselbm.files.vdb import write_vdb
from sparselbm.grid.build import box
from sparselbm.observe import Snapshot
from sparselbm.observe.monitor import EverySteps, Nvdb, Recorder, VolumeFormat, Volumes, VolumeWriter
from sparselbm.solver import Simulation
from sparselbm.units import Units

UNITS = Units(voxel_size=1.0, velocity=1.0, viscosity=0.02, density=1.2)


def flow(device, shape=(16, 16, 16)):
    simulation = Simulation(box(shape, periodic=[True] * len(shape), device=device), viscosity=0.1)
    rng = np.random.default_rng(1)
    fluid = simulation.domain.fluid
    simulation.set_state(1.0 + 0.01 * rng.standard_normal(fluid.shape), 0.02 * rng.standard_normal((*fluid.shape, len(shape))))
    return simulation


def test_files_equal_those_written_directly(tmp_path, device):
    simulation, other = flow(device), flow(device)
    with VolumeWriter(tmp_path / "a") as vdb, VolumeWriter(tmp_path / "b", format=Nvdb()) as nvdb:
        monitors = {"vdb": Volumes(vdb, UNITS, EverySteps(10)), "nvdb": Volumes(nvdb, UNITS, EverySteps(20))}
        Recorder(simulation, monitors).run(40)
    assert sorted(os.listdir(tmp_path / "a")) == [f"flow_{k:08d}.vdb" for k in (0, 10, 20, 30, 40)]
    assert len(os.listdir(tmp_path / "b")) == 3 * 3
    for step in (0, 10, 20, 30, 40):
        grids = Snapshot.of(other, UNITS).grids()
        write_vdb(tmp_path / "direct.vdb", grids)
        assert (tmp_path / "a" / f"flow_{step:08d}.vdb").read_bytes() == (tmp_path / "direct.vdb").read_bytes()
        if step % 20 == 0:
            for grid in grids:
                write_nvdb(tmp_path / "direct.nvdb", grid)
                written = tmp_path / "b" / f"flow_{grid.name}_{step:08d}.nvdb"
                assert written.read_bytes() == (tmp_path / "direct.nvdb").read_bytes()
        other.run(10)


class Slow(VolumeFormat):
    """Writes nothing before it is told to."""

    suffix = ".slow"

    def __init__(self):
        self.go, self.started = threading.Event(), threading.Event()

    def paths(self, folder, prefix, step):
        return (folder / f"{prefix}_{step:08d}.slow",)

    def write(self, paths, grids):
        self.started.set()
        assert self.go.wait(60)
        paths[0].write_text(str(len(grids)))


def test_a_full_queue_waits_and_a_free_one_does_not(tmp_path, device):
    """Room for two: two are taken at once while nothing is written, the third when one is done."""
    snapshot = Snapshot.of(flow(device), UNITS)
    size = snapshot.velocity.nbytes + snapshot.pressure.nbytes + snapshot.solid.nbytes
    slow = Slow()
    with VolumeWriter(tmp_path, format=slow, memory=2 * size) as writer:
        writer.add(snapshot, 0)
        writer.add(snapshot, 1)
        assert slow.started.wait(60)
        assert not slow.go.is_set()
        assert os.listdir(tmp_path) == []
        threading.Timer(0.3, slow.go.set).start()
        assert writer.add(snapshot, 2) > 0.2
    assert sorted(os.listdir(tmp_path)) == [f"flow_{k:08d}.slow" for k in range(3)]


def test_what_fails_in_the_thread_is_raised_here(tmp_path, device):
    snapshot = Snapshot.of(flow(device), UNITS)
    bad = Snapshot(snapshot.domain, snapshot.velocity * np.nan, snapshot.pressure, snapshot.solid)
    writer = VolumeWriter(tmp_path)
    writer.add(bad, 3)
    with pytest.raises(VolumeError, match=r"flow_00000003.vdb could not be written: .*not finite"):
        writer.close()
    with pytest.raises(VolumeError, match="the writer is closed"):
        writer.add(snapshot, 4)
    assert os.listdir(tmp_path) == []
    size = snapshot.velocity.nbytes + snapshot.pressure.nbytes + snapshot.solid.nbytes
    next_call = VolumeWriter(tmp_path, memory=size)  # Room for one: the next has to wait for the first.
    next_call.add(bad, 3)
    with pytest.raises(VolumeError, match="00000003"):
        next_call.add(snapshot, 4)
    next_call.close()


def test_an_error_of_the_run_is_not_hidden_by_one_of_the_writer(tmp_path, device):
    snapshot = Snapshot.of(flow(device), UNITS)
    bad = Snapshot(snapshot.domain, snapshot.velocity * np.nan, snapshot.pressure, snapshot.solid)
    with pytest.raises(KeyError, match="the run's own") as failure, VolumeWriter(tmp_path) as writer:  # noqa: PT012
        writer.add(bad, 3)
        raise KeyError("the run's own")
    assert any("could not be written" in note for note in failure.value.__notes__)


def test_what_is_refused(tmp_path, device):
    snapshot = Snapshot.of(flow(device), UNITS)
    with VolumeWriter(tmp_path) as writer:
        writer.add(snapshot, 7)
    with pytest.raises(OutputExistsError, match=r"already holds flow_00000007.vdb \(1 such files\): choose another folder"):
        VolumeWriter(tmp_path)
    with VolumeWriter(tmp_path, prefix="second") as writer:
        writer.add(snapshot, 7)
    with VolumeWriter(tmp_path, overwrite=True) as writer:
        assert os.listdir(tmp_path) == ["second_00000007.vdb"]
        writer.add(snapshot, 8)
    with VolumeWriter(tmp_path / "small", memory=1000) as writer:
        with pytest.raises(VolumeError, match=r"has 81,920 bytes, more than memory=1,000: pass at least 81920"):
            writer.add(snapshot, 0)
        with pytest.raises(VolumeError, match="volumes have three dimensions, but the domain has 2"):
            Recorder(flow(device, (16, 16)), {"volumes": Volumes(writer, UNITS, EverySteps(5))})
