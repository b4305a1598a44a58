"""Causes of an instability: each is named where the figures show it, with value, limit and remedy, and nowhere else."""

import re

import numpy as np
import pytest

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import Harmonic
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.models.collision import BGK, TRT, CentralMoment, RecursiveRegularised
from sparselbm.models.force import Boussinesq
from sparselbm.models.scalar import Scalar
from sparselbm.models.wall import Bouzidi
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.diagnoses import (
    DIAGNOSES,
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
from sparselbm.solver.stability import StabilityCheck


def block(first, last):
    """Obstacle on links from one x to another, which spans the box otherwise."""
    return Obstacle("block", TriangleMesh.box((first, 4.0, 4.0), (last, 6.0, 6.0)), wall=Bouzidi())


def figures(device, lost=(), speed=0.05, density=1.0, **options):
    """Figures of a short duct of 12 cells with an inlet and an outlet, in which nothing is wrong but what is given."""
    conditions = [VelocityInlet(X_MIN, (speed, 0.0, 0.0)), PressureOutlet(X_MAX, density)]
    simulation = Simulation(box((12, 10, 10), device=device), **{"viscosity": 0.05, "boundaries": conditions, **options})
    return StabilityCheck(simulation.macroscopic, simulation.solids, simulation.parameters).figures(lost)


WARM = {"scalars": (Scalar("heat", 0.05),), "force": Boussinesq("heat", 0.0, (0.0, 0.0, -1e-4))}
CASES = {
    "scalar": (
        scalar_not_finite, {"lost": ("heat",), **WARM},
        "check the initial values of heat, .*for any expansion coefficient of Boussinesq",
    ),
    "fast boundary": (fast_boundary, {"speed": 0.2, "viscosity": 0.1}, "x_min is 0.2 cells/step, more than 0.1: lower the lattice"),
    "opening": (dense_opening, {"density": 1.2}, r"\|rho - 1\| at x_max is 0.2, more than 0.1: lower the pressure differences"),
    "solid beside an inlet": (
        solid_beside_inlet, {"obstacles": [block(1.25, 5.0)]}, "'block' is 1.2 cells from the inlet x_min, less than 2: move it",
    ),
    "cell Reynolds number": (
        large_cell_reynolds, {"viscosity": 0.004},
        r"u / nu at x_min is 12.5 per cell, above the limit of 8 of TRT on D3Q19: use finer voxels, a more stable collision \(Cent",
    ),
    "period": (
        resonant_period, {"schedules": {"x_min.velocity_x": Harmonic(40.0, amplitude=0.1, mean=1.0)}},
        r"x_min varies with a period of 40 steps, below 4 L / c_s = 83 steps, so that sound resonates: take more steps",
    ),
    "viscosity": (
        low_viscosity, {"viscosity": 0.003, "speed": 0.01},
        r"time 0.509 is within 0.01 of 1/2: use finer voxels, a more stable collision \(Cent.*TRT\(magic=1/4\) or a sub-grid model",
    ),
    "diffusion": (slow_diffusion, {"scalars": (Scalar("dye", 0.001),)}, "of dye is within 0.01 of 1/2: raise its diffusivity"),
}


@pytest.mark.parametrize(("diagnosis", "options", "text"), CASES.values(), ids=list(CASES))
@pytest.mark.filterwarnings("ignore:the condition on x_min varies")
def test_a_cause_is_named_alone(device, diagnosis, options, text):
    found = figures(device, **options)
    assert [each for each in DIAGNOSES if each(found)] == [diagnosis]
    sentence = diagnosis(found)
    assert sentence == advice(found)
    assert re.search(text, sentence), sentence


def test_every_diagnosis_has_a_case():
    assert {diagnosis for diagnosis, _, _ in CASES.values()} | {obstacles_meet} == set(DIAGNOSES)


def test_nothing_is_named_without_a_cause(device):
    found = figures(device, obstacles=[block(5.0, 8.0)])
    assert not [each for each in DIAGNOSES if each(found)]
    assert "boundary velocities are at most 0.1 cells/step and the relaxation time 0.65 is not too low" in advice(found)


@pytest.mark.parametrize("collision", [BGK(), TRT(), CentralMoment(), RecursiveRegularised()], ids=lambda c: type(c).__name__)
def test_the_limit_of_the_cell_reynolds_number_is_each_collisions_own(device, collision):
    limits = collision.cell_reynolds_limits
    own = min(min(limits[lattice].slip, limits[lattice].walls) for lattice in limits if lattice.size == 19)
    for factor, named in ((0.99, False), (1.01, True)):
        assert bool(large_cell_reynolds(figures(device, viscosity=0.05 / (factor * own), collision=collision))) == named


def test_figures_have_the_bounds_of_every_obstacle(device):
    """On links and with solid fractions."""
    solid = Obstacle("solid", TriangleMesh.box((5.0, 2.0, 2.0), (7.0, 3.0, 3.0)))
    found = figures(device, obstacles=[solid])
    assert np.allclose(found.bounds["solid"], [[5.0, 2.0, 2.0], [7.0, 3.0, 3.0]])
