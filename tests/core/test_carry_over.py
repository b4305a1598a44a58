"""`transferred_to`: the step on other tiles is the step without the transfer, bit for bit, whatever was set before."""

import numpy as np
import pytest
from changed_simulations import (
    FEATURES,
    PUSH,
    RESISTANCE,
    STEPS,
    Feature,
    make,
    populations,
    scale,
    thinned,
    together,
    with_random_solid,
)

from sparselbm.adjoint import Field, SolidFractions
from sparselbm.errors import DomainError
from sparselbm.grid.build import box
from sparselbm.grid.retile import sources
from sparselbm.models import Sponge
from sparselbm.models.boundary import X_MAX, Parabola
from sparselbm.solver import Simulation


@pytest.mark.filterwarnings("ignore:the condition on")
@pytest.mark.parametrize("name", FEATURES)
def test_the_step_after_a_transfer_is_the_step_without(device, name):
    """On the same tiles, after steps before it and steps after it; with all numbers and arrays the same."""
    feature = FEATURES[name]
    simulation = make(feature, device)
    simulation.run(STEPS)
    feature.change(simulation)
    simulation.run(STEPS)
    other = simulation.transferred_to(box((24, 16), device=device))
    assert other.steps == simulation.steps
    assert {n: other.parameter(n) for n in other.physics.parameters} == {
        n: simulation.parameter(n) for n in simulation.physics.parameters
    }
    for field_name in simulation.physics.fields:
        simulation.clock.set(simulation.steps)
        other.clock.set(other.steps)
        assert np.array_equal(Field(field_name).get(other), Field(field_name).get(simulation)), field_name
    if simulation.solids.fractions is not None:
        assert np.array_equal(SolidFractions().get(other), SolidFractions().get(simulation))
    assert np.array_equal(populations(other), populations(simulation))
    for each in (simulation, other):
        each.run(STEPS)
    assert np.array_equal(populations(other), populations(simulation))
    assert np.ptp(simulation.velocity()) > 1e-4


def test_other_tiles_take_what_was_set_on_those_of_both(device):
    """Two tiles more at the outlet: there the models' own fields, elsewhere what was set; the unset ones are the models'."""
    feature = Feature({"force": (PUSH, RESISTANCE), "viscosity_field": Sponge(X_MAX, 6.0)}, {}, Parabola(0))
    simulation = make(feature, device)
    together(scale("x_min.velocity_x"), scale("resistance"), with_random_solid)(simulation)
    wide = simulation.transferred_to(box((40, 16), device=device))
    source = sources(simulation.domain, wide.domain)
    common, new = source >= 0, source < 0
    assert (common.sum(), new.sum()) == (6, 4)
    for name in ("x_min.velocity_x", "resistance", "force_field_x"):
        assert np.array_equal(Field(name).get(wide)[common], Field(name).get(simulation)[source[common]]), name
    fresh = make(feature, device).transferred_to(wide.domain)
    for name in wide.physics.fields:
        assert np.array_equal(Field(name).get(wide)[new], Field(name).get(fresh)[new]), name
    assert np.array_equal(Field("viscosity").get(wide), Field("viscosity").get(fresh)), "the sponge has moved with the outlet"
    assert Field("viscosity").get(wide)[common].max() == 0.0
    assert np.array_equal(SolidFractions().get(wide)[common], SolidFractions().get(simulation)[source[common]])
    wide.run(3)


def test_a_body_that_was_moved_but_not_taken_over_stands_where_it_was_moved_to(device):
    simulation = make(Feature(obstacle={}), device)
    thinned(simulation)
    simulation.update_geometry()
    (geometry,) = simulation.solids.geometry
    geometry.move(geometry.points.numpy() + np.array([2.0, 0.0, 0.0]))
    there = simulation.transferred_to(box((24, 16), device=device))
    simulation.update_geometry()
    assert np.array_equal(SolidFractions().get(there), SolidFractions().get(simulation))


def test_places_in_cells_need_the_same_corner(device):
    plain = Simulation(box((16, 16), device=device), viscosity=0.1)
    pushed = Simulation(box((16, 16), device=device), viscosity=0.1, force=PUSH)
    there = box((24, 16), origin=(-8.0, 0.0, 0.0), device=device)
    assert plain.transferred_to(there).domain is there
    with pytest.raises(DomainError, match=r"force_field_x, force_field_y have positions in cells .*give both domains the same"):
        pushed.transferred_to(there)
