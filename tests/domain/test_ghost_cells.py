"""Whatever reads neighbouring cells sees through the seam of a periodic axis that whole tiles do not fill."""

import numpy as np
import pytest
import warp as wp
from periodic_flows import FLOWS, tiled

from sparselbm.files.nvdb import write_nvdb
from sparselbm.geometry import TriangleMesh
from sparselbm.grid import FieldSampler, OffWall, isosurface, sample, with_halo
from sparselbm.grid.build import box
from sparselbm.observe import Restart, Snapshot
from sparselbm.observe.monitor import EverySteps, Probes
from sparselbm.units import Units

UNITS = Units(voxel_size=1.0, velocity=1.0, viscosity=0.1, density=1.0, lattice_velocity=0.1)


def periodic(shape, device):
    return box(shape, periodic=(True,) * len(shape), device=device)


def waves(domain, period):
    """A field that repeats, with values of its own in each cell of the period."""
    x = 2.0 * np.pi * (domain.cell_indices() + 0.5) / period
    return np.sin(x[..., 0]) + 0.5 * np.cos(x[..., 1] + 0.3) * (1.0 if x.shape[-1] == 2 else np.sin(x[..., 2]))


@pytest.mark.parametrize("shape", [(10, 7), (5, 12, 9)])
def test_sampling(shape, device):
    """Values are those of the repeated field; for lines that end at the box, there are none beyond it."""
    one, many = periodic(shape, device), periodic([8 * n for n in shape], device)
    points = np.random.default_rng(0).uniform(-1.0, 2.0, (300, len(shape))) * shape
    points[0] = 0.5, *points[0, 1:]
    expected = sample(many, waves(many, shape), points + 2 * np.asarray(shape))
    assert np.abs(sample(one, waves(one, shape), points) - expected).max() < 1e-5
    known = ~np.isnan(FieldSampler(one, waves(one, shape), one_period=True)(points))
    assert np.array_equal(known, ((points >= 0.0) & (points <= shape)).all(axis=1))
    assert 0 < known.sum() < 150


@pytest.mark.parametrize("shape", [(10, 8, 7), (1, 9, 2)])
def test_halos_wrap(shape, device):
    domain = periodic(shape, device)
    field = np.random.default_rng(1).random(domain.fluid.shape)
    blocks, values = with_halo(domain, field), np.pad(domain.dense(field), 1, mode="wrap")
    for tile, fluid, block in zip(domain.tiles, domain.fluid, blocks, strict=True):
        for place in np.argwhere(fluid.reshape(8, 8, 8)):
            around = tuple(slice(p, p + 3) for p in place)
            expected = tuple(slice(p, p + 3) for p in 8 * tile + place)
            assert np.array_equal(block[around], values[expected])


def test_values_at_a_wall_near_the_seam(device):
    """From the cells on both sides of it, where some of them are not known."""
    shape, found = (10, 12, 9), []
    for domain, offset in ((periodic(shape, device), 0), (periodic((40, 24, 72), device), np.asarray(shape))):
        wall = TriangleMesh.sphere(3.4, tuple(np.array([5.03, 6.1, 4.9]) + offset), 2)
        known = np.sin(3.0 * waves(domain, shape)) > -0.8
        off_wall = OffWall(domain, known, waves(domain, shape), wall)
        found.append(np.stack([off_wall.at_wall, off_wall.slope]))
    assert np.abs(found[0]).max() > 0.1
    assert np.abs(found[0] - found[1]).max() < 1e-4


def test_isosurfaces_are_continued(device):
    """The surface of one period, from the first layer of centres to its image, has a share of the area of many."""
    shape = (10, 12, 7)
    one, many = periodic(shape, device), periodic((40, 24, 56), device)
    areas = [isosurface(domain, waves(domain, shape), 0.2).area for domain in (one, many)]
    assert areas[0] > 50.0
    assert areas[1] == pytest.approx(4 * 2 * 8 * areas[0], rel=1e-5)


@pytest.mark.parametrize("name", ["three seams", "links, 3D"])
def test_a_snapshot(device, name):
    """Gradients by differences; grids for files without the tiles that hold images alone."""
    flow = FLOWS[name]
    one, many = (Snapshot.of(flow.on(repeats, device), UNITS) for repeats in ((1, 1, 1), flow.repeats))
    gradients = [snapshot.domain.dense(snapshot.velocity_gradient) for snapshot in (one, many)]
    assert np.abs(gradients[0]).max() > 1e-2
    assert np.abs(tiled(gradients[0], flow.repeats) - gradients[1]).max() < 1e-5
    kept = ~one.domain.ghost_tiles
    *fields, solid = one.grids()
    assert solid.mask.sum() == 512 * kept.sum()
    assert np.count_nonzero(solid.values[one.domain.fluid[kept]] < 0.999) == one.known[kept].sum()
    for grid in fields:
        assert grid.active.any(axis=1).all()
        assert np.array_equal(grid.active, one.known[kept])
    assert one.domain.fluid[kept].sum() == one.domain.fluid_cells


def test_grids_of_a_length_that_needs_tiles_for_images(device, tmp_path):
    """Written, read, and the state that begins with them."""
    flow = FLOWS["three short seams"]
    simulation, again, same = (flow.on((1, 1, 1), device) for _ in range(3))
    assert simulation.domain.ghost_tiles.sum() == 1
    for grid in Snapshot.of(simulation, UNITS).grids():
        assert len(grid.tiles) == 1
        write_nvdb(tmp_path / f"{grid.name}.nvdb", grid)
    Restart.read(tmp_path).begin(again, UNITS)
    same.set_state(simulation.density(), simulation.velocity())
    assert np.abs(again.state.populations.numpy() - same.state.populations.numpy()).max() < 3e-7


@pytest.mark.parametrize("name", ["two seams", "WALE, 2D", "scalar", "links"])
def test_a_run_goes_on_in_other_tiles(device, name):
    """Bit for bit, in tiles of the same places."""
    flow = FLOWS[name]
    simulation = flow.on((1, 1), device)
    simulation.run(7)
    moved = simulation.transferred_to(box(flow.shape, periodic=flow.periodic, device=device))
    for each in (simulation, moved):
        each.run(7)
    assert np.array_equal(moved.state.populations.numpy(), simulation.state.populations.numpy())


def test_probes_between_the_last_layer_and_the_first(device):
    flow = FLOWS["two seams"]
    points = ((0.1, 3.0), (9.8, 6.9), (5.0, 0.2))
    found = []
    for repeats, offset in (((1, 1), 0.0), (flow.repeats, np.asarray(flow.shape))):
        simulation = flow.on(repeats, device)
        probes = Probes(tuple(map(tuple, (np.asarray(points) + offset).tolist())), EverySteps(1))
        found.append(probes.bind(simulation).take())
    assert np.abs(found[0]).max() > 1e-3
    assert np.allclose(*found, rtol=0.0, atol=1e-14)


def test_a_copy_of_a_domain_with_less_fluid_has_fewer_ghost_cells(device):
    """A cell that is taken away has no image, and its neighbours beyond the seam have a wall."""
    from dataclasses import replace

    domain = box((10, 8), periodic=(True, False), device=device)
    index = domain.cell_indices()
    fewer = replace(domain, fluid=domain.fluid & ~((index[..., 0] == 0) & (index[..., 1] == 3)))
    assert len(domain.ghosts.cells) == len(fewer.ghosts.cells) + 1 == 16
    assert wp.get_device(device) == fewer.ghosts.device
