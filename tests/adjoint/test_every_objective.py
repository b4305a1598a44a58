"""Every objective: its gradient in populations, solid fractions, points, link fractions and parameters, against differences."""

from itertools import product

import pytest
from adjoint_cases import CASES, Case, channel, warm
from channel_cases import objectives

from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.wall import CentralInterpolation
from sparselbm.observe import (
    CellBox,
    CellIntegral,
    Coefficient,
    Difference,
    Dissipation,
    FlowRate,
    Force,
    KineticEnergy,
    LayerPressure,
    MeanPressure,
    MeanVelocity,
    Quotient,
    ScalarFlux,
    ScalarIntegral,
    ScalarRelease,
    Torque,
)

ENERGY = {"Dissipation": Dissipation(), "KineticEnergy": KineticEnergy()}
COMPOSED = {
    "LayerPressure": LayerPressure(0, 9), "MeanPressure": MeanPressure(0, 9), "MeanVelocity": MeanVelocity(0, 9, 1),
    "Coefficient": Coefficient(Force("body", (1.0, 0.3)), 0.02),
    "Quotient": Quotient(Force("body", (0.2, 1.0)), Force("body", (1.0, 0.3))),
    "Difference": Difference(FlowRate(0, 9), FlowRate(0, 16)),
    "CellIntegral": CellIntegral(
        lambda cell: cell.centre(0) * cell.density * cell.velocity[1] ** 2 + 1e-3 * cell.solid_fraction * cell.force_on_solid[0],
        where=CellBox((4.0, 2.0), (17.0, 11.0)),
    ),
}
"""Functions of several sums, over layers and boxes that cut through the body."""
FLOW = {**objectives(2), **ENERGY, **COMPOSED}
SCALAR = {
    "ScalarIntegral": ScalarIntegral("heat"), "ScalarFlux": ScalarFlux("heat", 0, 14),
    "ScalarRelease": ScalarRelease("heat", "body"),
}
ON_LINKS = {"Force": Force("body", (1.0, 0.3)), "Torque": Torque("body", (8.0, 5.5))}
PRODUCT = [
    *(pytest.param(channel(D2Q9), FLOW[name], id=name) for name in FLOW),
    *(pytest.param(channel(D3Q19), objectives(3)[name], id=f"{name}-D3Q19") for name in ("Force", "Torque")),
    *(pytest.param(channel(lattice), ENERGY[name], id=f"{name}-{lattice}", marks=pytest.mark.validate)
      for lattice, name in product((D3Q19, D3Q27), ENERGY)),
    *(pytest.param(channel(wall=CentralInterpolation()), ON_LINKS[name], id=f"{name} through links") for name in ON_LINKS),
    *(pytest.param(warm(D2Q9), SCALAR[name], id=name) for name in SCALAR),
]


@pytest.mark.parametrize(("build", "objective"), PRODUCT)
def test_the_adjoint_is_the_derivative(device, build, objective):
    """Within 1e-7 of central differences of fourth order, for every input that the objective depends on."""
    errors = Case(build, objective=objective, steps=24).adjoint(device).disagreements()
    errors = {key: error for key, error in errors.items() if not key.startswith("dye")}
    assert max(errors.values()) < 1e-7, {key: error for key, error in errors.items() if not error < 1e-7}


def test_what_an_objective_does_not_depend_on_has_no_gradient(device):
    """The flux of heat does not see the dye."""
    slopes = CASES["scalars-D2Q9"].adjoint(device).slopes
    heat = Case(warm(D2Q9), objective=SCALAR["ScalarFlux"], steps=24).adjoint(device).slopes
    assert abs(slopes["dye.diffusivity"]) > 1e-7
    assert heat["dye.diffusivity"] == 0.0
