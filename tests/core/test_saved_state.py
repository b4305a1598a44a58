"""A run that is continued from a file has the bits of the run without it, whatever was set before."""

import numpy as np
import pytest
import warp as wp
from changed_simulations import FEATURES, STEPS, make, populations

from sparselbm.errors import SimulationError
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.models.scalar import Scalar
from sparselbm.observe import SavedState
from sparselbm.solver import Simulation


@pytest.mark.filterwarnings("ignore:the condition on")
@pytest.mark.parametrize("name", FEATURES)
def test_a_run_continues_to_the_last_bit(device, name, tmp_path):
    feature, path = FEATURES[name], tmp_path / "state.npz"
    simulation, continued = make(feature, device), make(feature, device)
    simulation.run(STEPS)
    feature.change(simulation)
    simulation.run(STEPS)
    SavedState.of(simulation).write(path)
    SavedState.read(path).begin(continued)
    assert continued.steps == simulation.steps == 2 * STEPS
    for each in (simulation, continued):
        each.run(STEPS + 1)
    assert np.array_equal(populations(continued), populations(simulation))
    assert np.array_equal(continued.velocity(), simulation.velocity())


def test_in_single_precision_and_three_dimensions(device, tmp_path):
    options = {"viscosity": 0.05, "boundaries": [VelocityInlet(X_MIN, (0.03, 0.01, 0.0)), PressureOutlet(X_MAX)]}
    whole, first, second = (Simulation(box((16, 8, 8), device=device), **options) for _ in range(3))
    whole.run(20)
    first.run(10)
    SavedState.of(first).write(tmp_path / "state.npz")
    SavedState.read(tmp_path / "state.npz").begin(second)
    second.run(10)
    assert np.array_equal(populations(second), populations(whole))
    assert [file.name for file in tmp_path.iterdir()] == ["state.npz"]


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((24, 8), {}, "has 2 tiles, the simulation 3, of which 2 are the same"),
        ((16, 8), {"scalars": (Scalar("dye", 0.1),)}, "models of the saved state are .* build it with the same options"),
        ((16, 8), {"precision": wp.float64}, "precision of the saved state are float32, those of the simulation float64"),
        ((16, 8), {"force": (1e-6, 0.0)}, "parameters of the saved state are"),
    ],
)
def test_another_simulation_is_refused(shape, options, message, device):
    state = SavedState.of(Simulation(box((16, 8), device=device), viscosity=0.1))
    other = Simulation(box(shape, device=device), viscosity=0.1, **options)
    with pytest.raises(SimulationError, match=message):
        state.begin(other)
    assert other.steps == 0


def test_another_file_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        SavedState.read(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", values=np.zeros(3))
    with pytest.raises(SimulationError, match=r"other\.npz: not a saved state"):
        SavedState.read(tmp_path / "other.npz")
