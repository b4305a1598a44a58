"""Benchmark cases of forward steps."""

import time

import numpy as np
import warp as wp

from ..grid import Domain
from ..lattice import D3Q19, Lattice
from ..models.collision import BGK, TRT, Collision
from ..solver import Simulation
from . import domains
from .work import SCALAR, BenchWork, bytes_per_cell, fill, forward

VISCOSITY = 0.05
"""Viscosity nu of all cases [cells^2 / step]."""


def started(domain: Domain, collision: Collision = BGK(), lattice: Lattice = D3Q19) -> Simulation:
    """Simulation in fp32 with a moving flow."""
    simulation = Simulation(domain, viscosity=VISCOSITY, collision=collision, lattice=lattice)
    simulation.set_state(1.0, (0.02, 0.01, 0.0))
    return simulation


def periodic(size: int, device: wp.Device) -> BenchWork:
    """BGK in a periodic box."""
    return forward(started(domains.periodic_box(size, device)), f"BGK, {size}^3 periodic cells")


def trt(size: int, device: wp.Device) -> BenchWork:
    """TRT in a periodic box."""
    return forward(started(domains.periodic_box(size, device), TRT()), f"TRT, {size}^3 periodic cells")


def walls(size: int, device: wp.Device) -> BenchWork:
    """BGK in a periodic box with walls in a tenth of the tiles."""
    simulation = started(domains.scattered_spheres(size, device))
    with_walls = float(np.mean(simulation.walls.blocked_links.numpy().reshape(simulation.domain.fluid.shape).any(axis=1)))
    return forward(simulation, f"spheres in {with_walls:.1%} of the tiles of {size}^3 periodic cells")


def pipes(size: int, device: wp.Device) -> BenchWork:
    """BGK in a network of pipes."""
    start = time.perf_counter()
    domain = domains.pipe_network(size, device)
    simulation = started(domain)
    wp.synchronize_device(device)
    took = time.perf_counter() - start
    return forward(
        simulation,
        f"pipes of radius {0.22 * size:.0f}, {fill(domain):.1%} of {domain.shape[0]}^3 cells; tiles are "
        f"{domain.fluid.mean():.0%} fluid; set up in {took:.1f} s",
    )


def differentiable(size: int, device: wp.Device) -> BenchWork:
    """Forward steps of a gradient, each into its own array, compared with steps without gradients."""
    simulation = started(domains.periodic_box(size, device))
    states = [simulation.state.zeros() for _ in range(3)]

    def burst() -> None:
        for source, target in zip(states, [*states[1:], states[0]], strict=True):
            simulation.stepper.advance(source, target, 0)

    wp.copy(states[0], simulation.state.populations)
    return BenchWork(
        burst=burst, steps=3, cells=simulation.domain.fluid_cells, moved=2 * SCALAR * simulation.lattice.size,
        bytes_per_cell=bytes_per_cell(simulation), note="the forward run of a gradient: the same kernels",
        reference=forward(simulation, "steps without gradients"),
    )
