"""Permeability of voxel images against exact solutions."""

import numpy as np
import pytest
from image_cases import DUCT, duct, fracture

from sparselbm.errors import PorousMediumError
from sparselbm.flows import CoarserGrid, FinerGrid, OtherViscosity, PeriodicSides, PorousMedium, SealedSides, SteadyRun
from sparselbm.models.collision import BGK


def measured(medium, pore, device):
    setup = medium.in_image(pore, device=device)
    flow = setup.build()
    flow.run_to_steady()
    assert flow.steady.converged
    return setup.permeability(flow)


@pytest.mark.parametrize("sides", [SealedSides(), PeriodicSides()])
def test_a_duct_has_the_permeability_of_its_series(sides, device):
    """4 % at 10^3 voxels and 1 % at 20^3; the flow of a duct is the same with walls around it and in a periodic image."""
    for factor, tolerance in ((1, 0.04), (2, 0.01)):
        found = measured(PorousMedium(voxel_size=5e-6 / factor, sides=sides), duct(factor), device)
        assert found.voxels_squared == pytest.approx(DUCT * factor**2, rel=tolerance)
        assert found.darcy == pytest.approx(11.54, rel=tolerance)
        assert found.square_metres == pytest.approx(11.39e-12, rel=tolerance)
        assert np.abs(found.column[1:]).max() < 1e-6 * found.voxels_squared
        assert found.reynolds < 0.02


@pytest.mark.parametrize("viscosity", [0.02, 1 / 6, 0.5])
def test_a_fracture_has_the_permeability_of_plane_flow_at_every_viscosity(viscosity, device):
    """k = h^2 / 12 of the fracture itself, 12 voxel^2 at 12 voxels, within 0.2 %."""
    found = measured(PorousMedium(voxel_size=1e-6, sides=PeriodicSides(), lattice_viscosity=viscosity), fracture(12), device)
    assert found.voxels_squared * 13 / 12 == pytest.approx(12.0, rel=2e-3)


def test_a_turned_image_has_the_turned_permeability_and_isolated_pores_have_no_effect(device):
    pore = duct(1)
    pore[0, 0, 0] = pore[5, 9, 9] = True
    setup = PorousMedium(voxel_size=1.0, axes=(0, 1, 2), sides=PeriodicSides()).in_image(np.moveaxis(pore, 0, 2), device=device)
    assert [each.axis for each in setup.runs] == [2]
    assert setup.isolated_share == pytest.approx(2 / 362)
    assert setup.domain.fluid_cells == 360
    flow = setup.build()
    flow.run_to_steady()
    found = setup.permeability(flow)
    assert found.column[2] == pytest.approx(DUCT, rel=0.04)
    assert np.abs(found.column[:2]).max() < 1e-6 * found.column[2]


@pytest.mark.parametrize("estimate", [CoarserGrid(), FinerGrid(), OtherViscosity()])
def test_the_second_run_bounds_the_error(estimate, device):
    """Grids: the estimate is above the error, and below 8 times that; two viscosities agree with TRT."""
    setup = PorousMedium(voxel_size=1.0, sides=PeriodicSides()).in_image(duct(1), device=device)
    first, second = (measured(each.options, each.pores.pore, device) for each in (setup, estimate.second(setup)))
    estimated, error = estimate.error(first, second), abs(first.square_metres - DUCT)
    if isinstance(estimate, OtherViscosity):
        assert estimated < 2e-3 * DUCT
    else:
        assert error < estimated < 8.0 * error


@pytest.mark.validate
def test_a_pressure_difference_gives_about_the_flow_of_an_image_and_its_mirror_image(device):
    """A mirrored image has constant pressures at its symmetry planes, and no tangential velocity, which is free at the faces."""
    rng = np.random.default_rng(1)
    pore = np.pad(rng.random((1, 6, 6)) < 0.7, [(0, 0), (1, 1), (1, 1)]).repeat(4, axis=0)
    pore = np.concatenate([pore, np.pad(np.ones((8, 6, 6), dtype=bool), [(0, 0), (1, 1), (1, 1)])])
    run = SteadyRun(interval=300, max_steps=6000, tolerance=1e-4)
    # The pressures hold in the centres of the first and last layers, which the mirror image does not repeat.
    mirrored = np.concatenate([pore, pore[-2:0:-1]])
    found = []
    for sides, image in ((SealedSides(), pore), (PeriodicSides(), mirrored)):
        setup = PorousMedium(voxel_size=1.0, sides=sides).in_image(image, device=device)
        flow = setup.build()
        flow.run_to_steady(steady_run=run)
        found.append(setup.permeability(flow).voxels_squared)
    assert found[0] == pytest.approx(found[1], rel=0.05)


def test_what_cannot_be_run_is_refused(device):
    closed = duct(1)
    closed[5] = False
    for sides in (SealedSides(), PeriodicSides()):
        with pytest.raises(PorousMediumError, match=r"the permeability along x is 0.*porosity 32\.40%, paths along no axis"):
            PorousMedium(voxel_size=1.0, sides=sides).in_image(closed, device=device)
    with pytest.raises(PorousMediumError, match="3 voxels along x, below the limit of 4"):
        PorousMedium(voxel_size=1.0).in_image(duct(1)[:3], device=device)
    with pytest.raises(PorousMediumError, match=r"Reynolds number is 5, above the limit of 0\.1"):
        PorousMedium(voxel_size=1.0, reynolds=5.0).in_image(duct(1), device=device)
    with pytest.raises(PorousMediumError, match="voxel_size is -1"):
        PorousMedium(voxel_size=-1.0).in_image(duct(1), device=device)


def test_narrow_throats_and_other_collisions_are_warned_about(device):
    narrow = duct(1)
    narrow[4:6] = False
    narrow[4:6, 4:6, 3:8] = True
    setup = PorousMedium(voxel_size=1.0, collision=BGK()).in_image(narrow, device=device)
    assert setup.narrowest_width == 2
    assert setup.typical_width == 6
    assert "a throat of 2 voxels, below 4" in setup.doubts[0]
    assert "depends on the viscosity with BGK" in setup.doubts[1]
