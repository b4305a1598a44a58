"""The gradient of a user's own case, tested from the shell: what passes, what fails, and the exit code."""

import json

import pytest
from cli_cases import scene_of

from sparselbm.case import CaseSolver
from sparselbm.errors import WindTunnelError
from sparselbm.flows import WindTunnel
from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.models.wall import ParabolicInterpolation
from sparselbm.solver.diagnoses import OF_CASES

COARSE = ("--voxel-size", "0.024", "--margins", "1,1.5,1", "--reynolds", "40", "--ffd", "3,3,3")


@pytest.fixture
def ball(tmp_path):
    return scene_of(tmp_path / "ball.usda", {"Body": TriangleMesh.sphere(0.1, subdivisions=3)})


def found(folder):
    report = json.loads((folder / "gradcheck.json").read_text())
    return report, {check["name"]: check for check in report["checks"]}


def test_a_flow_that_is_not_at_rest_fails(in_process, tmp_path, ball, device):
    """Drags of flows that are still under way are no objective: exit code 1, and the table says what failed."""
    code, out, err = in_process(
        "gradcheck", ball, *COARSE, "--steps", 0, "--directions", 1, "--samples", 0, "--max-steps", 100,
        "--device", device, "--output", "out",
    )
    assert code == 1, err
    report, checks = found(tmp_path / "out")
    assert not report["passed"]
    assert checks["flows: largest change at the end"]["value"] > 1e-4
    assert not checks["flows: largest change at the end"]["passed"]
    assert "FAILED" in out


def test_the_wall_is_chosen_by_its_name(in_process, monkeypatch, ball, device):
    """Partially saturated unless interpolated bounce-back is requested; before any flow is computed."""
    seen = []

    def setup_of(tunnel, scene, *given, **more):
        seen.append(tunnel.wall)
        raise WindTunnelError("seen")

    monkeypatch.setattr(WindTunnel, "in_scene", setup_of)
    for choice in ((), ("--wall", "partiallySaturated"), ("--wall", "interpolated")):
        assert in_process("run", ball, *choice, "--device", device)[0] == 2
    assert seen == [SolidFraction(), SolidFraction(), ParabolicInterpolation()]
    code, _, err = in_process("run", ball, "--wall", "glass", "--device", device)
    assert code == 2
    assert "--wall is 'glass': allowed are partiallySaturated, interpolated" in err


@pytest.mark.parametrize("command", ["inspect", "run", "gradcheck", "optimize"])
def test_a_collision_that_messages_advise_can_be_chosen(in_process, monkeypatch, ball, device, command):
    """It is one that a case can name; without a choice the commands take a stable one and print the reason."""
    seen = []
    setup_of = WindTunnel.in_scene

    def seen_setup(*given, **more):
        seen.append(setup_of(*given, **more))
        raise WindTunnelError("seen")

    monkeypatch.setattr(WindTunnel, "in_scene", seen_setup)
    wild = (*COARSE[:4], "--reynolds", 240, "--device", device)
    for choice in ((), ("--collision", "Cumulant", "--lattice", "D3Q27")):
        assert in_process(command, ball, *wild, *choice)[0] == 2
    assert [setup.method.name for setup in seen] == ["CentralMoment on D3Q19", "Cumulant on D3Q27"]
    assert [setup.reason for setup in seen] == [
        "u / nu is 28.8 per cell, above the limit of 10 of TRT on D3Q19", "as specified"
    ]
    assert {each.__name__ for each in OF_CASES} < set(CaseSolver.entries()["collision"].allowed)
    code, _, err = in_process(command, ball, "--collision", "Glass", "--device", device)
    assert code == 2
    assert "--collision is 'Glass': allowed are BGK, KBC, MRT, TRT, " in err


@pytest.mark.validate
def test_the_gradient_of_a_ball_passes_every_test(in_process, tmp_path, ball, device):
    code, out, err = in_process("gradcheck", ball, *COARSE, "--device", device, "--output", "out")
    assert code == 0, out + err
    report, checks = found(tmp_path / "out")
    assert report["passed"]
    assert checks["Taylor: order of the remainder"]["value"] == pytest.approx(2.0, abs=0.05)
    assert checks["dot product: relative error"]["value"] < 1e-9
    assert checks["trend: largest deviation"]["value"] < 0.05
    assert len(report["differences"]) == 3
    assert len(report["trend"]["values"]) == 9
    assert "FAILED" not in out
    assert (tmp_path / "out" / "gradcheck.png").read_bytes().startswith(b"\x89PNG")


def test_checks_that_cannot_be_made_are_refused(in_process, tmp_path, ball):
    code, _, err = in_process("gradcheck", ball, "--samples", 4)
    assert code == 2
    assert "samples is 4" in err
    assert "at least 5" in err
    assert not (tmp_path / "results").exists()
