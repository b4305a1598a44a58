"""Every operator and every input that it has: the adjoint against central differences, fp64."""

import pytest
from inputs import disagreements, inputs
from operator_cases import CASES


@pytest.mark.parametrize("name", CASES)
def test_the_adjoint_is_the_derivative(device, name):
    """Within 1e-7 of central differences of fourth order, for every input that the flow has."""
    case = CASES[name]
    run = case.run(device)
    errors = disagreements(run, inputs(run, bent=case.bent))
    print(name, *(f"{key} {error:.1e}," for key, error in errors.items()))
    assert max(errors.values()) < 1e-7, {key: error for key, error in errors.items() if not error < 1e-7}
