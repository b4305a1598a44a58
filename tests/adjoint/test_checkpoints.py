"""Where and how states are kept: on disk, in half precision; and what a method says of it before it starts."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import warp as wp
from channel_cases import Run, channel, channel_run, objectives

from sparselbm.adjoint import (
    Checkpointed,
    Disk,
    FullStates,
    HalfPrecision,
    InitialPopulations,
    Parameter,
    Points,
    SolidFractions,
    Steady,
    Stored,
    Window,
    value_and_grad,
)
from sparselbm.adjoint.disk import DiskCheckpointStore
from sparselbm.adjoint.sweep import BackwardSweep
from sparselbm.errors import AdjointError
from sparselbm.estimate.bandwidth import Bandwidth
from sparselbm.grid.build import box
from sparselbm.kernels.adjoint import GradientTargets
from sparselbm.lattice import D2Q9
from sparselbm.models.collision import TRT
from sparselbm.models.scalar import Scalar
from sparselbm.solver import Simulation

WRT = (InitialPopulations(), SolidFractions(), Points("body"), Parameter("viscosity"), Parameter("x_min.velocity_x"))

WHOLE = GradientTargets(solid=True, fractions=True, parameters=True)


def two_levels(simulation: Simulation, memory: int, disk: int, folder, storage=FullStates()) -> Checkpointed:
    """A method with so many states on each level."""
    size = storage.size(simulation)
    return Checkpointed(memory * size, Disk(folder, disk * size), storage)


@pytest.mark.parametrize(("memory", "disk"), [(1, 1), (2, 5), (5, 100)])
def test_with_a_disk_it_is_stored_to_the_last_bit(device, tmp_path, memory, disk):
    run = channel_run(device, D2Q9)
    value, gradients = run.value_and_grad("Force", *WRT, method=Stored())
    found, others = run.value_and_grad("Force", *WRT, method=two_levels(run.simulation, memory, disk, tmp_path))
    assert found == value
    assert all(np.array_equal(a, b) for a, b in zip(gradients, others, strict=True))
    assert not list(tmp_path.iterdir()), "the files are gone"


def test_files_are_gone_after_an_error(device, tmp_path, monkeypatch):
    run = channel_run(device, D2Q9)
    advance, seen = run.simulation.stepper.advance, []

    def failing(source, target, step):
        seen.append(len(list(tmp_path.rglob("*.state"))))
        if len(seen) > run.steps:
            raise KeyboardInterrupt
        advance(source, target, step)

    monkeypatch.setattr(run.simulation.stepper, "advance", failing)
    with pytest.raises(KeyboardInterrupt):
        run.value_and_grad("Force", *WRT, method=two_levels(run.simulation, 1, 4, tmp_path))
    assert max(seen) == 4
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_file_is_named(device, tmp_path, damage):
    simulation = channel_run(device, D2Q9).simulation
    store = DiskCheckpointStore(Disk(tmp_path), FullStates(), simulation)
    store.save(12, simulation.state.populations)
    (file,) = tmp_path.rglob("*.state")
    content = bytearray(file.read_bytes())
    if damage == "remove":
        file.unlink()
    else:
        content[1000] ^= 1
        file.write_bytes(content[:-8] if damage == "cut" else content)
    with pytest.raises(AdjointError, match=rf"12 steps, {file}, differs from what was written"):
        store.load(12, simulation.state.zeros)


def test_room_on_the_disk_is_looked_at_before_the_run(device, tmp_path, monkeypatch):
    run = channel_run(device, D2Q9)
    before = run.simulation.steps
    with pytest.raises(AdjointError, match=r"the folder .*nowhere.* does not exist"):
        run.value_and_grad("Force", method=two_levels(run.simulation, 1, 5, tmp_path / "nowhere"))
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=4 * run.simulation.state.nbytes))
    with pytest.raises(AdjointError, match="are free: use a smaller size, HalfPrecision"):
        run.value_and_grad("Force", method=two_levels(run.simulation, 1, 5, tmp_path))
    with pytest.raises(AdjointError, match="Disk: size is 'much', but must be a number of bytes"):
        Disk(tmp_path, "much")
    assert run.simulation.steps == before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("precision", [wp.float32, wp.float64])
def test_half_precision_loses_what_it_says(device, tmp_path, precision):
    """1.3e-4 of the gradients, 5e-4 in the start itself; nothing of the value."""
    run = Run(channel(device, D2Q9, TRT(), precision), objectives(2), steps=200)
    run.simulation.run(300)
    run.start_here()
    exact, gradients = run.value_and_grad("Force", *WRT, method=Checkpointed(8 * run.simulation.state.nbytes))
    for disk in (0, 3):
        method = two_levels(run.simulation, 8 - disk, disk, tmp_path, HalfPrecision())
        value, others = run.value_and_grad("Force", *WRT, method=method)
        assert value == exact
        losses = [np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in zip(others, gradients, strict=True)]
        assert 1e-4 < losses[0] < 8e-4
        assert 1e-7 < max(losses[1:]) < 2e-4
    assert HalfPrecision().size(run.simulation) * run.start.itemsize == 2 * run.simulation.state.nbytes


def test_half_precision_of_a_scalar_is_refused(device):
    simulation = Simulation(box((20, 8), device=device), viscosity=0.1, scalars=(Scalar("heat", diffusivity=0.1),))
    method = Checkpointed(storage=HalfPrecision())
    with pytest.raises(AdjointError, match=r"HalfPrecision with scalars: .* Use FullStates"):
        method.forward(simulation, None, 2, Window())
    assert simulation.steps == 0


@pytest.mark.parametrize(("memory", "disk"), [(1, 0), (2, 3)])
def test_the_way_back_can_be_gone_again(device, tmp_path, memory, disk):
    """Over a run in the past of the simulation, to the same bits; not after one that was broken off."""
    run = channel_run(device, D2Q9)
    simulation, method = run.simulation, two_levels(run.simulation, memory, disk, tmp_path)
    record = method.forward(simulation, None, 20, Window())
    end = simulation.steps
    simulation.run(30)
    found = []
    for _ in range(3):
        backward = BackwardSweep(simulation, run.objectives["Force"], wrt=WHOLE)
        record.back(backward)
        found.append(backward.parameter_gradient())
    assert np.abs(found[0]).max() > 1e-6
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])
    assert simulation.steps == end + 30

    def failing(steps):
        raise KeyboardInterrupt

    simulation.state.populations.assign(run.start)
    broken = method.forward(simulation, None, 120, Window())
    with pytest.raises(KeyboardInterrupt):
        broken.back(BackwardSweep(simulation, None, wrt=WHOLE, on_back=failing))
    with pytest.raises(AdjointError, match="ended with an error: repeat the run"):
        broken.back(BackwardSweep(simulation, None, wrt=WHOLE))


@pytest.mark.parametrize(("steps", "memory", "disk"), [(1, 3, 0), (3, 1, 1), (100, 3, 0), (100, 2, 4), (60, 1, 0)])
def test_steps_and_files_are_those_forecast(device, tmp_path, monkeypatch, steps, memory, disk):
    """Counted while it runs: steps forward and back, and what goes through the disk."""
    run = channel_run(device, D2Q9)
    simulation = run.simulation
    method = two_levels(simulation, memory, disk, tmp_path)
    work = method.work(simulation, steps)
    forward, back, moved = [], [], []
    advance, save, load = simulation.stepper.advance, DiskCheckpointStore.save, DiskCheckpointStore.load
    monkeypatch.setattr(simulation.stepper, "advance", lambda *given: (forward.append(1), advance(*given)))
    monkeypatch.setattr(DiskCheckpointStore, "save", lambda *given: (moved.append(1), save(*given))[1])
    monkeypatch.setattr(DiskCheckpointStore, "load", lambda *given: (moved.append(1), load(*given))[1])
    simulation.state.populations.assign(run.start)
    value_and_grad(
        run.objectives["Force"], simulation, steps=steps, wrt=WRT, method=method, window=Window(1), on_back=back.append
    )
    assert len(forward) == work.forward_steps
    assert work.backward_steps == steps
    assert len(moved) * simulation.state.nbytes == work.disk_traffic
    assert (disk > 0) == (work.disk > 0)


def test_ten_thousand_steps_of_a_million_cells_fit_in_8_gib(device):
    """Beside the simulation itself; at less than 5 runs forward, as 1,000 steps on 30 states; stored ones at 3.2."""
    simulation = Simulation(box((104, 104, 96), device=device), viscosity=0.1)
    assert simulation.domain.fluid_cells > 1_000_000
    work = Checkpointed("7.2 GiB").work(simulation, 10_000)
    assert work.memory + 2 * simulation.state.nbytes + simulation.domain.fluid_cells * 16 < 8 * 2**30
    assert work.forward_runs < 5.0
    assert Checkpointed(30 * simulation.state.nbytes).work(simulation, 1000).forward_runs < 5.0
    assert Stored().work(simulation, 1000).forward_runs == pytest.approx(3.2)


def test_a_forecast_prints_itself(device, tmp_path):
    simulation = channel_run(device, D2Q9).simulation
    forecast = two_levels(simulation, 2, 4, tmp_path).forecast(simulation, 100, Bandwidth(copy_gbs=1.0))
    step = 4.0 * simulation.state.nbytes * 1e-9
    assert forecast.seconds == pytest.approx((forecast.work.forward_steps + 2.2 * 100) * step)
    text = str(forecast)
    assert f"{forecast.work.forward_steps} steps forward ({forecast.work.forward_steps - 100} of them repeated)" in text
    assert "100 back" in text
    assert "on disk" in text
    assert "50,000 back" in str(Steady().forecast(simulation, 100, Bandwidth(1.0)))
