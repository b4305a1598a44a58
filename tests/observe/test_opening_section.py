"""Where flow rates and pressures of openings are read: weights that are exact for simple fields, and sections that cannot be."""

import numpy as np
import pytest
from vessel_cases import IN, OUT, RADIUS, SPEED, open_tube

from sparselbm.flows import Inlet, InternalFlow, Outlet
from sparselbm.observe.opening_section import OpeningSection

CELLS = 12.1
VOXEL = 2.0 * RADIUS / CELLS


@pytest.fixture(scope="module")
def tube(device):
    """A tilted tube of 3.3 diameters, its cells, and those within a cell of its inlet."""
    conditions = {"in": Inlet(velocity=SPEED), "out": Outlet()}
    setup = InternalFlow(voxel_size=VOXEL).within(open_tube(), {"in": IN, "out": OUT}, conditions, device=device)
    cells = np.argwhere(setup.domain.fluid)
    centres = setup.domain.cell_centres()[cells[:, 0], cells[:, 1]]
    cap = setup.caps["in"]
    return setup, cells, cells[(centres - cap.mesh.centroid) @ cap.normal < VOXEL]


def section(tube, others=None):
    setup, cells, along = tube
    return OpeningSection.of(setup.domain, cells, setup.caps["in"], along, np.empty((0, 2), int) if others is None else others)


def test_a_uniform_flow_and_a_linear_pressure_are_read_exactly(tube):
    setup, found = tube[0], section(tube)
    centres = setup.domain.cell_centres()[found.cells[:, 0], found.cells[:, 1]]
    depth = (centres - setup.caps["in"].mesh.centroid) @ setup.caps["in"].normal / VOXEL
    assert depth.min() > 2.0
    assert depth.max() < 10.0
    assert found.of_flow.sum() == pytest.approx(setup.caps["in"].area / VOXEL**2, rel=0.01)
    assert found.of_pressure @ (3.0 + 0.7 * depth) == pytest.approx(3.0, rel=1e-9)


@pytest.mark.parametrize("depth", [5.0, 9.0])
def test_there_is_no_section_where_another_opening_lies(tube, depth):
    setup, cells, _ = tube
    centres = setup.domain.cell_centres()[cells[:, 0], cells[:, 1]]
    inward = (centres - setup.caps["in"].mesh.centroid) @ setup.caps["in"].normal / VOXEL
    assert section(tube, cells[np.abs(inward - depth) < 0.5][:1]) is None
    assert section(tube, cells[inward > 11.0]) is not None


def test_a_vessel_that_is_too_short_has_no_section(tube):
    setup, cells, along = tube
    centres = setup.domain.cell_centres()[cells[:, 0], cells[:, 1]]
    inward = (centres - setup.caps["in"].mesh.centroid) @ setup.caps["in"].normal / VOXEL
    assert OpeningSection.of(setup.domain, cells[inward < 7.0], setup.caps["in"], along, np.empty((0, 2), int)) is None
