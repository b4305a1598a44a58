"""Every command honours the regime of its flows; the flow itself is not computed."""

import json
from dataclasses import replace

import pytest
from cli_cases import scene_of

from sparselbm.case import Case
from sparselbm.cli.regime import grid_remark
from sparselbm.design import GridCheck
from sparselbm.errors import SimulationError
from sparselbm.flows import (
    DriftingFlow,
    FieldChange,
    FieldSettled,
    Measured,
    Oscillation,
    PeriodicFlow,
    SteadyFlow,
    SteadyResult,
    SteadyRun,
    ValuesSettled,
)
from sparselbm.geometry import TriangleMesh

SMALL = ("--voxel-size", "0.12", "--margins", "0.7,0.7,0.7", "--draw", "slice=z")
VARIANTS = """#usda 1.0
(
    defaultPrim = "Car"
    metersPerUnit = 1
    upAxis = "Z"
)
def Xform "Car" (
    variants = {
        string size = "a"
    }
    prepend variantSets = "size"
) {
    variantSet "size" = {
        "a" {
            def Cube "Body" {
                double size = 1
            }
        }
        "b" {
            def Cube "Body" {
                double size = 1.1
            }
        }
    }
}
"""


def periodic(names):
    each = tuple(Oscillation(name, Measured(0.004, 1e-5), Measured(0.001 * k + 0.001, 1e-5)) for k, name in enumerate(names))
    return PeriodicFlow(each, Measured(1e-3, 1e-6), 4)


REGIMES = {
    "periodic": periodic, "drifting": lambda names: DriftingFlow(True), "unsettled": lambda names: SteadyFlow(),
}
PRINTED = {
    "periodic": ("Warning: the flow is periodic, not steady: values are means over 4 periods",),
    "drifting": ("Warning: not converged after 60 steps: the monitored values oscillate", "increase --max-steps"),
    "unsettled": ("the velocity still changes by 2.50% of the largest velocity", "use --until field"),
}


@pytest.fixture
def with_regime(monkeypatch):
    """Makes every run to steady state end at once, in the regime of this name; returns the criteria of these runs."""

    def patch(name):
        seen = []

        def watch(run, simulation, measurement, on_progress=None, *, recorder=None, restarts=None):
            seen.append(run)
            change = FieldChange(0.025 if name == "unsettled" else 1e-4, (1.0, 2.0, 3.0))
            return SteadyResult(0.004, 60, 0.02, REGIMES[name](measurement.names), change)

        monkeypatch.setattr(SteadyRun, "watch", watch)
        return seen

    return patch


@pytest.fixture
def ball(tmp_path):
    return scene_of(tmp_path / "ball.usda", {"Body": TriangleMesh.sphere(0.5, subdivisions=3)})


@pytest.mark.parametrize("name", PRINTED)
def test_a_run_prints_and_stores_the_regime(in_process, with_regime, ball, tmp_path, name, device):
    seen = with_regime(name)
    code, out, err = in_process(
        "run", ball, *SMALL, "--reference-length", "2.5", "--until", "field", "--device", device, "--output", "out"
    )
    assert code == 0, err
    assert seen[0].until == FieldSettled()
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    regime = "steady" if name == "unsettled" else name
    assert (summary["regime"], summary["converged"]) == (regime, regime == "steady")
    assert ["flow", regime] in [line.replace(",", "").split()[:2] for line in out.splitlines()]
    for other, texts in PRINTED.items():
        assert all((text in err) == (other == name) for text in texts)
    if name == "periodic":
        assert list(summary["oscillations"]) == ["drag coefficient", "side force coefficient", "lift coefficient"]
        assert summary["strouhal"] == pytest.approx(2.5 * summary["frequency"], rel=1e-3)  # u = 1 m/s.
        assert f"Strouhal number {summary['strouhal']:.4f}" in out
    else:
        assert "oscillations" not in summary


def test_a_sweep_marks_variants_that_are_not_steady(in_process, with_regime, tmp_path, device):
    with_regime("periodic")
    (tmp_path / "car.usda").write_text(VARIANTS)
    given = ("--sweep", "/Car:size", "--device", device, "--output", "out")
    code, out, err = in_process("run", "car.usda", *SMALL, *given)
    assert code == 0, err
    choices = json.loads((tmp_path / "out" / "sweep.json").read_text())["summaries"]
    assert [each["regime"] for each in choices.values()] == ["periodic", "periodic"]
    assert out.count("(periodic, not steady)") == 2


@pytest.mark.parametrize("command", ["optimize", "gradcheck"])
def test_gradients_of_a_periodic_flow_are_refused(in_process, with_regime, ball, command, device):
    with_regime("periodic")
    more = ("--steps", 0) if command == "gradcheck" else ()
    code, _, err = in_process(command, ball, *SMALL[:4], *more, "--device", device, "--output", "out")
    assert code == 1
    for text in ("the flow is periodic with a period of", "drag coefficient", "amplitude", "method=Periodic(period=STEPS)"):
        assert text in err


def test_the_run_can_wait_for_the_field(in_process, ball, device):
    case = Case.open(ball)
    setup = case.setup(case.read_scene(), device)
    usual = case.steady_run(setup)
    assert usual.until == ValuesSettled()
    assert (usual.max_steps, usual.max_periodic_steps) == (80 * usual.interval, 160 * usual.interval)
    drawn = replace(case, solver=replace(case.solver, until="field", max_steps=30)).steady_run(setup)
    assert drawn == replace(usual, until=FieldSettled(), interval=30, max_steps=30, max_periodic_steps=None)
    code, _, err = in_process("run", ball, "--until", "drag", "--device", device)
    assert code == 2
    assert "--until is 'drag': allowed are values, field" in err


def test_one_step_is_no_run(in_process, ball, device):
    code, _, err = in_process("run", ball, *SMALL, "--max-steps", 1, "--device", device)
    assert code == 2
    assert "interval is 1, but a change needs 2 samples per interval: use 2 or more" in err
    with pytest.raises(SimulationError, match="interval is 1"):
        SteadyRun(interval=1)


def test_a_grid_check_names_flows_that_are_not_steady():
    assert grid_remark(GridCheck(0.1, 1.0, 0.9, ("steady", "steady"))) == ""
    assert grid_remark(GridCheck(0.1, 1.0, 0.9, ("steady", "periodic"))) == " (flow on the finer grid: periodic)"
