"""Moving bodies of a stage alone: a stirrer from time samples, and a sphere that settles."""

from pathlib import Path

import numpy as np
import pytest
from test_rotor import CELLS, OMEGA, SCENE, at_rest_in_its_frame

from sparselbm.case import Case
from sparselbm.observe.monitor import Csv
from sparselbm.results import ResultsWriter
from sparselbm.scene.usd import Scene

ASSETS = Path(__file__).parents[2] / "assets"


def run(name, folder, device):
    """Runs a case of the assets; the summary of its moving body, and the series."""
    case = Case.open(ASSETS / name)
    scene = case.read_scene()
    setup = case.setup(scene, device)
    transient, writer = case.flow_run(setup), ResultsWriter(folder, scene, setup, draw=())
    flow = setup.build()
    flow.run_transient(transient, files=writer.over_time.files)
    return flow, Csv().read(folder / "time_series.csv")


@pytest.mark.validate
def test_the_torque_of_a_stirrer_is_that_in_its_rotating_frame(device, tmp_path):
    """Within 3 %, as T / (rho nu Omega R^2 H): the last quarter turn, after which the stirrer looks the same, against the mean
    over angles at rest in a frame that turns, in two dimensions and double precision."""
    flow, series = run("stirrer.usda", tmp_path / "out", device)
    resting = np.mean([at_rest_in_its_frame(device, Scene.open(SCENE).body("/World/Rotor").mesh, a) for a in (0.0, 0.25, 0.5)])
    units, rate = flow.setup.units, 0.5 * np.pi
    scale = 1000.0 * units.viscosity * rate * 0.1**2 * 0.05
    torque = series["torque /World/Stirrer z [N m]"].since(round(3.0 / units.time_step)).values.mean() / scale
    assert torque == pytest.approx(resting / (0.05 * OMEGA * CELLS**2), rel=0.03)
    power = series["power /World/Stirrer [W]"].values[1:]
    assert power == pytest.approx(rate * series["torque /World/Stirrer z [N m]"].values[1:], rel=1e-4)
    yaw = series["moment z [N m]"].since(round(3.0 / units.time_step)).values.mean() / scale
    assert yaw == pytest.approx(torque, rel=0.03)


@pytest.mark.validate
def test_a_sphere_settles_as_fast_as_measured(device, tmp_path):
    """The fastest speed relative to that in an unbounded fluid is .947 at Re 1.5, within 5 %: ten Cate et al. (2002), table I."""
    _, series = run("settling_sphere.usda", tmp_path / "out", device)
    speeds = -series["velocity /World/Ball z [m/s]"].values / 0.038
    assert speeds.max() == pytest.approx(0.947, rel=0.05)
    weight = (1120.0 - 970.0) * 9.81 * np.pi / 6.0 * 0.015**3
    assert series["force /World/Ball z [N]"].values[-1] == pytest.approx(weight, rel=0.01)
