"""Outlets and planes of symmetry: pressure at rest, waves that leave, mirrored flows."""

import numpy as np
import pytest
import warp as wp
from flows import momentum_density, places

from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Y_MIN, Z_MAX, Z_MIN, Face, FreeSlip, PressureOutlet
from sparselbm.solver import Simulation

LATTICES = pytest.mark.parametrize("lattice", [D2Q9, pytest.param(D3Q19, marks=pytest.mark.validate), D3Q27], ids=repr)


@pytest.mark.parametrize(
    ("lattice", "face"),
    [
        (D2Q9, X_MIN),
        (D2Q9, Y_MAX),
        (D3Q19, Z_MIN),
        *(
            pytest.param(lattice, face, marks=pytest.mark.validate)
            for lattice, face in ((D2Q9, X_MAX), (D2Q9, Y_MIN), (D3Q19, X_MAX), (D3Q27, Z_MAX))
        ),
    ],
    ids=str,
)
def test_fluid_at_rest_takes_the_pressure_of_the_outlet(lattice, face, device):
    shape = [16 if k == face.axis else 8 for k in range(lattice.dimension)]
    domain = box(shape, device=device)
    outlet = PressureOutlet(face, density=1.02, relaxation=0.1)
    simulation = Simulation(domain, lattice=lattice, viscosity=1.0, boundaries=[outlet], precision=wp.float64)
    simulation.run(3000)
    assert np.abs(simulation.density()[domain.fluid] - 1.02).max() < 1e-9
    assert np.abs(simulation.velocity()).max() < 1e-9


def reflection(face, device, *, length=160, width=8.0, **options):
    """Largest |p| left once a plane pulse has passed the outlet, over that of the pulse."""
    axis = face.axis
    shape = [length if k == axis else 8 for k in range(2)]
    outlet = PressureOutlet(face, **options)
    sides = [FreeSlip(Face(1 - axis, end)) for end in (0, 1)]
    domain = box(shape, device=device)
    simulation = Simulation(domain, viscosity=0.01, boundaries=[*sides, outlet], precision=wp.float64)
    distance = length - 1 - places(simulation)[..., axis] if face.end else places(simulation)[..., axis]
    pulse = 1e-3 * np.exp(-0.5 * ((distance - 60.0) / width) ** 2)
    u = np.zeros((*pulse.shape, 2))
    u[..., axis] = -face.inward * pulse / np.sqrt(3.0)
    simulation.set_state(1.0 + pulse, u)
    simulation.run(50)
    before = np.abs(simulation.density() - 1.0).max()
    simulation.run(130)  # 60 cells to the outlet take 104 steps; what is reflected is then some 45 cells inside.
    return np.abs(simulation.density() - 1.0)[domain.fluid].max() / before


@pytest.mark.parametrize("face", [X_MIN, *(pytest.param(x, marks=pytest.mark.validate) for x in (X_MAX, Y_MIN)), Y_MAX], ids=str)
def test_a_plane_pulse_leaves_through_the_outlet(face, device):
    assert reflection(face, device) < 0.05


def test_an_outlet_that_holds_the_pressure_reflects(device):
    """The negative control of the measurement above."""
    assert reflection(X_MAX, device, relaxation=1.0) > 0.9


def mirrored(field, axes):
    """A field on 0..N along each axis continued to the even periodic one of 2 N cells, x -> -x about cell 0."""
    for axis in axes:
        n = field.shape[axis]
        field = np.concatenate([field, np.take(field, range(n - 2, 0, -1), axis=axis)], axis=axis)
    return field


@LATTICES
def test_free_slip_is_a_mirror(lattice, device):
    """Slip on both sides of all axes, against the whole periodic flow of which it is one corner."""
    d, n = lattice.dimension, 8
    slips = [FreeSlip(face) for face in (X_MIN, X_MAX, Y_MIN, Y_MAX, Z_MIN, Z_MAX) if face.axis < d]
    options = {"lattice": lattice, "viscosity": 0.04, "precision": wp.float64}
    corner = Simulation(box((n + 1,) * d, device=device), boundaries=slips, **options)
    whole = Simulation(box((2 * n,) * d, periodic=[True] * d, device=device), **options)
    random = np.random.default_rng(5)
    density = 1.0 + 0.02 * random.standard_normal((n + 1,) * d)
    velocity = 0.02 * random.standard_normal((*(n + 1,) * d, d))
    for k in range(d):  # No flow through the planes of symmetry.
        velocity[(*[slice(None)] * k, [0, -1], ..., k)] = 0.0
    whole_velocity = mirrored(velocity, range(d))
    for k in range(d):
        whole_velocity[(*[slice(None)] * k, slice(n + 1, None), ..., k)] *= -1.0
    give(corner, density, velocity)
    give(whole, mirrored(density, range(d)), whole_velocity)
    corner.run(50)
    whole.run(50)
    part = (slice(n + 1),) * d
    assert np.abs(momentum_density(corner)).max() > 1e-3
    assert np.abs(momentum_density(corner) - momentum_density(whole)[part]).max() < 1e-12


def give(simulation, density, velocity):
    """Sets equilibrium from fields on the box."""
    index = np.minimum(simulation.domain.cell_indices(), np.asarray(simulation.domain.shape) - 1)
    at = tuple(np.moveaxis(index, -1, 0))
    simulation.set_state(density[at], velocity[at])
