"""Laws of the unit conversion, and its limits."""

import math

import pytest

from sparselbm.errors import UnitsError
from sparselbm.units import Units, is_below, rounded_down

WATER = dict(voxel_size=1e-3, velocity=0.1, viscosity=1e-5, density=1000.0)


@pytest.fixture
def units():
    return Units(**WATER)


def test_derived_numbers_follow_their_equations(units):
    assert units.time_step == pytest.approx(0.05 / 0.1 * 1e-3)
    assert units.lattice_viscosity == pytest.approx(1e-5 * 5e-4 / 1e-6)
    assert units.tau == pytest.approx(3 * 0.005 + 0.5)
    assert units.omega * units.tau == pytest.approx(1.0)
    assert units.mach == pytest.approx(0.05 * math.sqrt(3))


def test_reynolds_number_is_the_same_on_the_lattice(units):
    cells = 40
    lattice = units.lattice_velocity * cells / units.lattice_viscosity
    assert lattice == pytest.approx(units.reynolds(cells * units.voxel_size))


@pytest.mark.parametrize("dimension", [2, 3])
def test_drag_coefficient_is_the_same_on_the_lattice(units, dimension):
    cells, force = 12, 0.37
    area = cells ** (dimension - 1)
    lattice = force / (0.5 * units.lattice_velocity**2 * area)
    area_si = (cells * units.voxel_size) ** (dimension - 1)
    si = units.force_to_si(force, dimension=dimension) / (0.5 * units.density * units.velocity**2 * area_si)
    assert si == pytest.approx(lattice)


def test_euler_number_is_the_same_on_the_lattice(units):
    si = units.pressure_to_si(0.002) / (units.density * units.velocity**2)
    assert si == pytest.approx(0.002 / units.lattice_velocity**2)


def test_acceleration_is_velocity_over_time(units):
    assert units.acceleration_to_si(1e-5) == pytest.approx(units.velocity_to_si(1e-5) / units.time_to_si(1.0))


@pytest.mark.parametrize("quantity", ["velocity", "time", "pressure", "acceleration", "force"])
def test_there_and_back(units, quantity):
    there, back = getattr(units, f"{quantity}_to_si"), getattr(units, f"{quantity}_to_lattice")
    assert back(there(0.123)) == pytest.approx(0.123, rel=1e-14)


def test_from_reynolds_gives_that_reynolds_number():
    units = Units.from_reynolds(100, 0.2, voxel_size=0.005, velocity=3.0)
    assert units.reynolds(0.2) == pytest.approx(100)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, "1"])
@pytest.mark.parametrize("name", ["voxel_size", "velocity", "viscosity", "density", "lattice_velocity"])
def test_refuses_what_is_no_positive_number(name, value):
    with pytest.raises(UnitsError, match=name):
        Units(**{**WATER, name: value})


@pytest.mark.parametrize("lattice_velocity", [0.01, 0.08])
def test_the_cell_reynolds_number_does_not_depend_on_the_lattice_velocity(lattice_velocity):
    """So that no lattice velocity makes an unstable collision stable: it is a limit of the cell size."""
    units = Units(**WATER, lattice_velocity=lattice_velocity)
    assert units.cell_reynolds == pytest.approx(10.0)
    assert units.lattice_velocity / units.lattice_viscosity == pytest.approx(10.0)


def test_refuses_too_large_tau():
    with pytest.raises(UnitsError, match=r"above 5.*smaller lattice_velocity"):
        Units(**{**WATER, "viscosity": 1e-2}).check()


def test_refuses_too_fast_a_lattice():
    with pytest.raises(UnitsError, match=r"Mach number is 0\.346.*above 0\.3.*at most 0\.086"):
        Units(**WATER, lattice_velocity=0.2).check()


def test_the_mach_number_that_a_message_names_is_accepted():
    assert Units(**WATER, lattice_velocity=0.0866).check() == ()


@pytest.mark.parametrize(("cells", "said"), [(20.0, 0), (12.0, 0), (10.0, 1), (8.0, 1)])
def test_cells_across(units, cells, said):
    assert len(units.check(cells_across=cells)) == said


@pytest.mark.parametrize("cells", [7.9, 0.0, math.nan])
def test_refuses_too_few_cells(units, cells):
    with pytest.raises(UnitsError, match="cells"):
        units.check(cells_across=cells)


def test_a_fast_lattice_is_warned_of():
    (warning,) = Units(**WATER, lattice_velocity=0.1).check()
    assert "Mach" in warning


def test_counts_are_compared_with_limits_up_to_rounding():
    """A length of 8 cells once was refused as "8.0 cells, below the limit of 8"; advice that is followed satisfies the limit."""
    units = Units(**WATER)
    for cells in (8.0, 0.8 / 0.1, 8.0 * (1.0 - 1e-7), (4.3 - 3.5) / 0.1):
        units.check(cells_across=cells)
    with pytest.raises(UnitsError, match=r"7\.96 cells, below the limit of 8.*at most 0\.000657 m"):
        units.check(cells_across=7.96)
    assert not [warning for warning in units.check(cells_across=7.96 * 0.001 / 0.000657) if "cells" in warning]
    assert not [warning for warning in units.check(cells_across=12.0 * (1.0 - 1e-7)) if "cells" in warning]
    for limit in (0.15, 0.3):
        found = Units(**{**WATER, "lattice_velocity": limit / 3**0.5 * (1.0 + 1e-9)}).check()
        assert not [warning for warning in found if f"above {limit}" in warning]
    assert rounded_down(0.0866, 3) == 0.086
    assert rounded_down(0.25, 2) == 0.25
    assert is_below(7.99, 8.0)
