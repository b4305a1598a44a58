"""Gradients across the seam of a periodic axis of any length: those of one period, repeated, are those of many."""

import numpy as np
import pytest
import warp as wp
from periodic_flows import FLOWS, tiled

from sparselbm.adjoint import (
    Checkpointed,
    HalfPrecision,
    InitialPopulations,
    LinkFractions,
    Parameter,
    SolidFractions,
    Steady,
    Stored,
    moments_on_tape,
    run_on_tape,
    tape_array,
    value_and_grad,
)
from sparselbm.design.gradcheck import dot_product
from sparselbm.grid.memory import tile_view
from sparselbm.observe import Integral

LOCAL = (InitialPopulations(), SolidFractions(), LinkFractions())
ENERGY = Integral(lambda rho, u: rho * (u[0] + 0.3 * u[1]) ** 2 + 0.1 * u[0])
CHOSEN = (
    "1 cells", "2 cells", "7 cells", "10 cells", "walls", "two seams", "three seams", "cumulant", "WALE, 2D", "WALE, 3D",
    "scalar", "solid", "links", "warm body", "surface that moves",
)


def gradients(simulation, steps=12, method=Stored(), objective=ENERGY):
    """By name: fields on the box, and numbers; bodies turn about one place, which is not repeated."""
    names = [name for name in simulation.physics.parameters if "rotation" not in name and "centre" not in name]
    wrt = [w for w in LOCAL if _has(simulation, w)] + [Parameter(name) for name in names]
    value, found = value_and_grad(objective, simulation, steps=steps, wrt=wrt, method=method)
    return {"value": value} | {str(w): _on_the_box(simulation, g) for w, g in zip(wrt, found, strict=True)}


def _has(simulation, w):
    return not isinstance(w, SolidFractions | LinkFractions) or (
        simulation.solids.fractions is not None if isinstance(w, SolidFractions) else simulation.walls.fractions is not None
    )


def _on_the_box(simulation, gradient):
    if not gradient.shape:
        return gradient
    return simulation.domain.dense(np.moveaxis(gradient, 1, -1) if gradient.ndim == 3 else gradient)


def assert_repeated(one, many, repeats, rel):
    """Fields are tiled, values and gradients in numbers multiplied."""
    assert one.keys() == many.keys()
    for name, values in one.items():
        expected = tiled(values, repeats) if np.ndim(values) else np.prod(repeats) * values
        scale = np.abs(many[name]).max()
        assert scale > 0.0 or name.endswith("magic')"), name
        assert np.abs(expected - many[name]).max() <= rel * scale, name


@pytest.mark.parametrize("name", CHOSEN)
def test_one_period_has_the_gradient_of_many(device, name):
    """In populations, solid fractions, places of walls on links, and all parameters."""
    flow = FLOWS[name]
    one, many = (gradients(flow.on(repeats, device)) for repeats in ((1,) * len(flow.shape), flow.repeats))
    assert_repeated(one, many, flow.repeats, 1e-9 if flow.radius else 1e-11)


PLANS = {
    "few states": (lambda simulation: Checkpointed(memory=3 * simulation.state.nbytes), 0.0),
    "half precision": (lambda _: Checkpointed(storage=HalfPrecision()), 1e-2),
}
"""Each with the largest relative difference from the gradient of stored states."""


@pytest.mark.parametrize(
    ("plan", "name"),
    [("few states", "two seams"), ("few states", "WALE, 2D"), ("half precision", "WALE, 2D")],
)
def test_plans_agree(device, plan, name):
    flow, (make, rel) = FLOWS[name], PLANS[plan]
    one, many = flow.on((1, 1), device), flow.on(flow.repeats, device)
    stored = gradients(flow.on((1, 1), device), steps=20)
    found = [gradients(simulation, steps=20, method=make(simulation)) for simulation in (one, many)]
    assert_repeated(stored, found[0], (1, 1), rel)
    assert_repeated(*found, flow.repeats, 1e-2 if rel else 1e-11)


def test_steady(device):
    """A channel with a body, driven by a force, and the gradient about its steady state."""
    flow = FLOWS["solid"]
    found = []
    for repeats in ((1, 1), flow.repeats):
        simulation = flow.on(repeats, device)
        simulation.run(3000)
        wrt = [Parameter("viscosity"), Parameter("force_x")]
        found.append(np.array(value_and_grad(ENERGY, simulation, steps=0, wrt=wrt, method=Steady(tolerance=1e-6)).gradients))
    assert np.allclose(found[1], np.prod(flow.repeats) * found[0], rtol=1e-4)


@pytest.mark.parametrize("name", ["two seams", "three short seams", "WALE, 2D", "scalar", "solid", "links"])
def test_dot_products(device, name):
    """<w, J v> by central differences is <J^T w, v>."""
    simulation = FLOWS[name].on((1,) * len(FLOWS[name].shape), device)
    simulation.run(10)
    assert dot_product(simulation, amplitude=1e-5).error < 1e-6


@wp.kernel
def weigh(moments: wp.array3d(dtype=wp.float64), loss: wp.array(dtype=wp.float64)):
    """L = sum of m^2 over all that the array holds, ghost cells included, but the density outside the fluid, which is 1."""
    tile, k, cell = wp.tid()
    wp.atomic_add(loss, 0, moments[tile, k, cell] * moments[tile, k, cell])


def test_tape(device):
    """A user's kernel that reads every cell of a state, on a tape."""
    flow, found = FLOWS["two seams"], []
    for repeats in ((1, 1), flow.repeats):
        simulation = flow.on(repeats, device)
        simulation.parameters.array.requires_grad = True
        populations = tape_array(simulation, simulation.physics.size)
        wp.copy(populations, simulation.state.populations)
        loss = wp.zeros(1, dtype=wp.float64, device=device, requires_grad=True)
        with wp.Tape() as tape:
            after = run_on_tape(tape, simulation, populations, 10)
            moments = moments_on_tape(tape, simulation, after)
            wp.launch(weigh, moments.shape, inputs=[moments], outputs=[loss], device=device)
        tape.backward(loss)
        gradient = tile_view(simulation.domain, populations.grad, simulation.physics.size)
        found.append({
            "populations": simulation.domain.dense(np.moveaxis(gradient, 1, -1)),
            "viscosity": simulation.parameters.array.grad.numpy()[simulation.physics.parameters.index("viscosity")],
        })  # fmt: skip
    assert_repeated(*found, flow.repeats, 1e-11)
