"""The numbers that examples/stepper_gradient.py prints."""

import runpy
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "stepper_gradient.py"


@pytest.fixture(scope="module")
def example():
    return runpy.run_path(str(EXAMPLE))


def test_one_step_from_rest(device, example):
    loss, norm = example["one_step"](device)
    assert f"{loss:.2f}" == "1024.00"
    assert f"{norm:.2f}" == "192.00"


def test_twenty_steps_from_a_perturbed_state(device, example):
    by_adjoint, by_differences = example["twenty_steps"](device)
    assert abs(by_adjoint) > 1.0
    assert by_adjoint == pytest.approx(by_differences, rel=1e-7)


def test_the_example_prints_them(capsys):
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    assert "loss 1024.00, gradient norm 192.00" in capsys.readouterr().out
