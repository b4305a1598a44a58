"""Causes of an instability: each is named where the figures show it, with value, limit and remedy, and nowhere else."""

import re

import numpy as np
import pytest
import warp as wp

from sparselbm.grid.build import box
from sparselbm.lattice import D3Q19
from sparselbm.models import Harmonic
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.models.collision import BGK, TRT, CentralMoment, RecursiveRegularised
from sparselbm.models.force import Boussinesq
from sparselbm.models.physics import Physics
from sparselbm.models.scalar import Scalar
from sparselbm.solver.bodies import Meeting
from sparselbm.solver.diagnoses import (
    DIAGNOSES,
    BlowUp,
    advice,
    dense_opening,
    fast_boundary,
    large_cell_reynolds,
    low_viscosity,
    obstacles_meet,
    resonant_period,
    scalar_not_finite,
    slow_diffusion,
    solid_beside_inlet,
)
from sparselbm.solver.parameter_table import ParameterTable


def figures(device, lost=(), speed=0.05, density=1.0, block=(5.0, 8.0), meetings=(), **options):
    """Figures of a short duct of 12 cells with an inlet, a block and an outlet, in which nothing is wrong but what is given."""
    given = {"viscosity": 0.05, "collision": TRT(), "forces": (), "scalars": (), "schedules": {}, **options}
    domain = box((12, 10, 10), device=device)
    conditions = (VelocityInlet(X_MIN, (speed, 0.0, 0.0)), PressureOutlet(X_MAX, density))
    physics = Physics(D3Q19, given["collision"], conditions, given["forces"], ("block",), scalars=given["scalars"])
    parameters = ParameterTable(
        physics.model_parameters(given["viscosity"], {}), given["schedules"], physics.check_tunables, wp.float32, domain.device
    )
    bounds = {"block": np.array([[block[0], 4.0, 4.0], [block[1], 6.0, 6.0]])}
    return BlowUp(domain=domain, physics=physics, parameters=parameters, bounds=bounds, lost=lost, meetings=meetings)


WARM = {"scalars": (Scalar("heat", 0.05),), "forces": (Boussinesq("heat", 0.0, (0.0, 0.0, -1e-4)),)}
CASES = {
    "scalar": (
        scalar_not_finite, {"lost": ("heat",), **WARM},
        "check the initial values of heat, .*for any expansion coefficient of Boussinesq",
    ),
    "fast boundary": (fast_boundary, {"speed": 0.2, "viscosity": 0.1}, "x_min is 0.2 cells/step, more than 0.1: lower the latt"),
    "obstacles": (
        obstacles_meet, {"meetings": (Meeting("block", "ball", 7),)},
        r"obstacles meet: 'block' and 'ball' \(in 7 cells\): move them apart, or join",
    ),
    "opening": (dense_opening, {"density": 1.2}, r"\|rho - 1\| at x_max is 0.2, more than 0.1: lower the pressure differences"),
    "solid beside an inlet": (
        solid_beside_inlet, {"block": (1.25, 5.0)}, "'block' is 1.2 cells from the inlet x_min, less than 2: move it",
    ),
    "cell Reynolds number": (
        large_cell_reynolds, {"viscosity": 0.004},
        r"u / nu at x_min is 12.5 per cell, above the limit of 8 of TRT on D3Q19: use finer voxels, a more stable collision",
    ),
    "period": (
        resonant_period, {"schedules": {"x_min.velocity_x": Harmonic(40.0, amplitude=0.1, mean=1.0)}},
        r"x_min varies with a period of 40 steps, below 4 L / c_s = 83 steps, so that sound resonates: take more steps",
    ),
    "viscosity": (
        low_viscosity, {"viscosity": 0.003, "speed": 0.01},
        r"time 0.509 is within 0.01 of 1/2: use finer voxels, a more stable collision .*TRT\(magic=1/4\) or a sub-grid model",
    ),
    "diffusion": (slow_diffusion, {"scalars": (Scalar("dye", 0.001),)}, "of dye is within 0.01 of 1/2: raise its diffusivity"),
}


@pytest.mark.parametrize(("diagnosis", "options", "text"), CASES.values(), ids=list(CASES))
def test_a_cause_is_named_alone(device, diagnosis, options, text):
    found = figures(device, **options)
    assert [each for each in DIAGNOSES if each(found)] == [diagnosis]
    sentence = diagnosis(found)
    assert sentence == advice(found)
    assert re.search(text, sentence), sentence


def test_every_diagnosis_has_a_case():
    assert {diagnosis for diagnosis, _, _ in CASES.values()} == set(DIAGNOSES)


def test_nothing_is_named_without_a_cause(device):
    found = figures(device)
    assert not [each for each in DIAGNOSES if each(found)]
    assert "boundary velocities are at most 0.1 cells/step and the relaxation time 0.65 is not too low" in advice(found)


@pytest.mark.parametrize("collision", [BGK(), TRT(), CentralMoment(), RecursiveRegularised()], ids=lambda c: type(c).__name__)
def test_the_limit_of_the_cell_reynolds_number_is_each_collisions_own(device, collision):
    limits = collision.cell_reynolds_limits
    own = min(min(limits[lattice].slip, limits[lattice].walls) for lattice in limits if lattice.size == 19)
    for factor, named in ((0.99, False), (1.01, True)):
        assert bool(large_cell_reynolds(figures(device, viscosity=0.05 / (factor * own), collision=collision))) == named

