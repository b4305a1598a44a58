"""Gradients through velocities that cells read from their neighbours: beside walls, on links, steady, on a tape."""

import functools
import itertools

import numpy as np
import pytest
import warp as wp
from channel_cases import Run, body, central, channel, objectives, spread

from sparselbm.adjoint import (
    Checkpointed,
    InitialPopulations,
    Parameter,
    Points,
    SolidFractions,
    Steady,
    Stored,
    Window,
    run_on_tape,
    tape_array,
    value_and_grad,
)
from sparselbm.adjoint.sweep import BackwardSweep
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import put_tiles, tile_view
from sparselbm.kernels.adjoint import GradientTargets
from sparselbm.kernels.context import KernelContext, traced_kernel
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models import RigidVelocity, RuntimeParameter
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.models.collision import TRT
from sparselbm.models.turbulence import WALE
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import FlowRate, Force
from sparselbm.solver import Obstacle, Simulation
from sparselbm.trace.expression import pullback

COLLISION = WALE(TRT(magic=RuntimeParameter(3 / 16)), RuntimeParameter(1.5))
"""Eddies of the order of the viscosity, so that no term is small."""


def on_links(device, lattice):
    """A turning body with its wall on links, whose force depends on what the collision makes of the gradient."""
    d = lattice.dimension
    spin = RigidVelocity((0.0,) * d, (0.0, 0.002, 0.004) if d == 3 else (0.004,), (9.3, 6.6, 5.9)[:d])
    return Simulation(
        box((20, 13, 11)[:d], device=device), lattice=lattice, collision=COLLISION, viscosity=0.05, precision=wp.float64,
        boundaries=(VelocityInlet(X_MIN, (0.05, 0.01, 0.005)[:d]), PressureOutlet(X_MAX)),
        obstacles=(Obstacle("body", body(d), Bouzidi(), motion=spin),),
    )


@functools.cache
def developed(device, lattice, wall) -> Run:
    """A channel's flow after 150 steps, about which the operator is smooth."""
    simulation = on_links(device, lattice) if wall == "links" else channel(device, lattice, COLLISION)
    names = ("Force", "Integral") if wall == "links" else ("Force", "Torque", "PressureDrop")
    run = Run(simulation, {name: objectives(lattice.dimension)[name] for name in names}, steps=12)
    simulation.run(150)
    run.start_here()
    return run


def directions(run) -> dict[str, np.ndarray]:
    domain, rng = run.simulation.domain, np.random.default_rng(3)
    cells = domain.cells_per_tile
    found = {"populations": rng.standard_normal((domain.tile_count, run.simulation.physics.size, cells))}
    if run.simulation.solids.fractions is not None:
        found["solid fractions"] = rng.standard_normal((domain.tile_count, 1, cells))
    return found


def moved(run, name, direction, t):
    """The objectives with an input moved by t along a direction, or by t where it is a number."""
    simulation = run.simulation
    if name == "populations":
        start = run.start
        run.start = start + t * spread(run, direction)
        values = run.values()
        run.start = start
    elif name == "solid fractions":
        fractions, near = simulation.solids.fractions.numpy().copy(), simulation.solids.tiles
        simulation.solids.fractions.assign(fractions + t * spread(run, direction))
        simulation.solids.tiles = np.arange(simulation.domain.tile_count)  # Every tile now holds some solid.
        values = run.values()
        simulation.solids.fractions.assign(fractions)
        simulation.solids.tiles = near
    else:
        present = simulation.parameter(name)
        simulation.set_parameter(name, present + t)
        values = run.values()
        simulation.set_parameter(name, present)
    return values


LONG = pytest.mark.validate


def cases(*short):
    """lattice x wall, all but those named under `make validate`."""
    every = itertools.product((D2Q9, D3Q19), ("cells", "links"))
    marked = [pytest.param(*case, marks=() if case in short else LONG) for case in every]
    return pytest.mark.parametrize(("lattice", "wall"), marked, ids=str)


@cases((D2Q9, "cells"))
def test_the_adjoint_is_the_derivative(lattice, wall, device):
    """Within 1e-6 of central differences about a developed flow, for populations and kept velocities, walls and numbers."""
    run = developed(device, lattice, wall)
    along, fluid = directions(run), run.simulation.walls.fluid
    numbers = (
        "viscosity", "x_min.velocity_x", "x_max.density", *(("body.rotation_z",) if wall == "links" else ("force_x",)),
        "collision.constant", "collision.collision.magic",
    )
    wrt = [InitialPopulations(), *([SolidFractions()] if len(along) > 1 else []), *map(Parameter, numbers)]
    expected = {name: central(functools.partial(moved, run, name, along.get(name)), 1e-6) for name in (*along, *numbers)}
    for k, objective in enumerate(run.objectives):
        _, gradients = run.value_and_grad(objective, *wrt)
        for name, gradient in zip(expected, gradients, strict=True):
            if name in along:
                gradient = np.sum(gradient.reshape(along[name].shape) * along[name] * fluid[:, None])
            wanted = expected[name][k]
            assert abs(wanted) > 1e-7, f"{name} does not matter: the test would pass for any zero"
            assert gradient == pytest.approx(wanted, rel=1e-6), (objective, name)


def test_kept_velocities_matter(device):
    """d J / d u alone: by how much the objective depends on what neighbours are told at the start."""
    run = developed(device, D2Q9, "cells")
    direction = directions(run)["populations"]
    direction[:, : D2Q9.size] = 0.0
    _, (gradient,) = run.value_and_grad("Force", InitialPopulations())
    expected = central(functools.partial(moved, run, "populations", direction), 3e-6)[0]
    assert abs(expected) > 1e-6
    found = np.sum(gradient * direction * run.simulation.domain.fluid[:, None])
    assert found == pytest.approx(expected, rel=1e-6)


def random_array(run, seed) -> wp.array:
    """Random numbers in the fluid, 0 elsewhere."""
    domain, state = run.simulation.domain, run.simulation.state.zeros()
    shape = (domain.tile_count, run.simulation.physics.size, domain.cells_per_tile)
    put_tiles(np.random.default_rng(seed).standard_normal(shape) * run.simulation.walls.fluid[:, None], state)
    return state


@traced_kernel
def tangent_kernel(k: KernelContext) -> None:
    """J v of a step of a state, v in `adjoint`: w -> J^T w is linear, so that its own pullback is J."""
    trace, cell = k.trace, k.cell
    seeds = [trace.graph.input(f"seed{q}") for q in range(k.physics.size)]
    transposed = pullback(cell.outgoing, seeds, [*cell.incoming, *cell.differences])
    direction = [*trace.streamed("adjoint", cell.links), *trace.differences("adjoint", cell.links)]
    k.write("target", pullback(transposed, direction, seeds))


@cases((D2Q9, "cells"), (D2Q9, "links"))
def test_the_step_is_transposed_to_rounding(device, lattice, wall):
    """<w, J v> = <J^T w, v>, with J v from pulling back twice."""
    run = developed(device, lattice, wall)
    simulation = run.simulation
    simulation.state.populations.assign(run.start)
    v, w, tangent = random_array(run, 4), random_array(run, 5), simulation.state.zeros()
    start, solid = simulation.state.populations, simulation.solids.fractions
    simulation.passes.general(tangent_kernel)(source=start, adjoint=v, solid=solid, target=tangent)
    backward = BackwardSweep(simulation, None, wrt=GradientTargets())
    backward.start_from(w)
    backward.back(simulation.state.populations, 0)
    size = simulation.physics.size
    tangent, transposed, v, w = (
        tile_view(simulation.domain, a, size).ravel() for a in (tangent, backward.initial_adjoint(), v, w)
    )
    scale = np.linalg.norm(tangent) * np.linalg.norm(w)
    assert abs(tangent @ w) > 1e-6 * scale
    assert abs(tangent @ w - transposed @ v) < 1e-13 * scale


def test_a_run_on_a_tape_hands_the_velocities_on(device):
    """Two runs of 6 steps one after the other on a tape have the gradient of one of 12: what lies between is the whole state."""
    run = developed(device, D2Q9, "cells")
    simulation, weights = run.simulation, random_array(run, 8).numpy()
    found = []
    for parts in ((12,), (6, 6)):
        populations = tape_array(simulation, simulation.physics.size)
        populations.assign(run.start)
        simulation.state.steps, states, tape = 0, [populations], wp.Tape()
        for steps in parts:
            states.append(run_on_tape(tape, simulation, states[-1], steps, method=Stored()))
        states[-1].grad.assign(weights)
        tape.backward()
        found.append(populations.grad.numpy().copy())
    assert np.abs(found[0]).max() > 0.1
    assert np.abs(found[1] - found[0]).max() < 1e-12 * np.abs(found[0]).max()


def test_checkpoints_change_no_bit(device):
    run = developed(device, D2Q9, "cells")
    methods = (Stored(), Checkpointed(memory=3 * run.simulation.state.nbytes))
    first, second = (run.value_and_grad("Force", InitialPopulations(), method=method).gradients[0] for method in methods)
    assert np.array_equal(first, second)


@LONG
@pytest.mark.parametrize("kind", ["inlet and outlet", "periodic, walls"])
def test_steady_is_the_limit_of_a_long_run(device, kind):
    """Where the mass is conserved as well."""
    mesh = TriangleMesh.cylinder(2.4, (6.3, 5.1, -6.0), (6.3, 5.1, 7.0), 32)
    common = {"viscosity": 0.1, "precision": wp.float64, "obstacles": (Obstacle("body", mesh),), "collision": WALE(TRT(), 3.0)}
    if kind == "inlet and outlet":
        faces = (VelocityInlet(X_MIN, (0.04, 0.0)), PressureOutlet(X_MAX, relaxation=0.2))
        simulation, objective = Simulation(box((16, 11), device=device), boundaries=faces, **common), Force("body", (1.0, 0.3))
    else:
        domain = box((16, 11), periodic=(True, False), device=device)
        simulation, objective = Simulation(domain, force=(2e-5, 0.0), **common), FlowRate(0, 13)
    wrt = (Points("body"), Parameter("viscosity"))
    simulation.run(2500)
    _, steady = value_and_grad(objective, simulation, steps=0, wrt=wrt, method=Steady())
    method = Checkpointed(400 * simulation.state.nbytes)
    _, unsteady = value_and_grad(objective, simulation, steps=2500, window=Window(100), wrt=wrt, method=method)
    assert [np.linalg.norm(a - b) / np.linalg.norm(b) < 1e-3 for a, b in zip(steady, unsteady, strict=True)] == [True, True]
