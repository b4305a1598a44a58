"""Setting a simulation's values by arrays: fields, solid fractions, density and velocity, scalars. All of them finite."""


import numpy as np
import warp as wp

from ..errors import SimulationError
from ..grid.memory import put_tiles, tile_array, tile_view
from ..kernels.moments import equilibrium_kernel
from ..kernels.scalars import scalar_equilibrium_kernel
from .simulation_view import SimulationView


def put_field(simulation: SimulationView, name: str, values: np.ndarray) -> None:
    """See `Simulation.set_field`."""
    names, fields = simulation.physics.fields, simulation.fields
    if name not in names:
        raise SimulationError(f"no field {name!r}; there are: {', '.join(names) or 'none'}")
    values = _broadcast(simulation, name, values)
    lost = np.count_nonzero(np.any(values != 0.0, axis=1) & (fields.slots == 0))
    if lost:
        raise SimulationError(
            f"{name}: not 0 in {lost} tiles in which all fields were 0 at first, which have no place for them: start from a "
            "field that is not 0 wherever it will be"
        )
    fields.put(name, values)
    fields.upload()


def put_solid_fractions(simulation: SimulationView, fractions: np.ndarray) -> np.ndarray:
    """Sets eps of every cell, and returns the tiles in which it has changed, (n,) bool."""
    solid = simulation.solid
    if solid is None:
        raise SimulationError("no obstacle has solid fractions: give one with wall=SolidFraction()")
    fractions = _broadcast(simulation, "solid fractions", fractions)
    values = fractions.astype(wp.dtype_to_numpy(simulation.precision))
    changed = tile_view(simulation.domain, solid, 1)[:, 0] != values
    put_tiles(values[:, None], solid)
    return changed.any(axis=1)


def put_state(simulation: SimulationView, density, velocity) -> None:
    """See `Simulation.set_state`."""
    domain, d = simulation.domain, simulation.lattice.dimension
    n, cells = domain.tile_count, domain.cells_per_tile
    moments = tile_array(domain, 1 + d, simulation.precision)
    values = np.empty((n, 1 + d, cells), dtype=wp.dtype_to_numpy(simulation.precision))
    values[:, 0] = _broadcast(simulation, "density", density)
    values[:, 1:] = np.moveaxis(_broadcast(simulation, "velocity", velocity, d), -1, 1)
    put_tiles(values, moments)
    simulation.steps = 0
    simulation.general_sweep(equilibrium_kernel)(source=moments, target=simulation.state)


def put_scalar(simulation: SimulationView, name: str, values) -> None:
    """See `Simulation.set_scalar`."""
    field = tile_array(simulation.domain, 1, simulation.precision)
    put_tiles(_broadcast(simulation, name, values)[:, None], field)
    set_populations = simulation.general_sweep(scalar_equilibrium_kernel, name)
    set_populations(source=simulation.state, adjoint=field, target=simulation.spare)
    simulation.state, simulation.spare = simulation.spare, simulation.state


def _broadcast(simulation: SimulationView, name: str, values, *components: int) -> np.ndarray:
    """The values of every cell, (n, cells, *components). Raises SimulationError where one in the fluid is not finite."""
    domain = simulation.domain
    whole = np.broadcast_to(values, (*domain.fluid.shape, *components))
    wrong = domain.fluid & ~np.isfinite(whole).reshape(*domain.fluid.shape, -1).all(axis=-1)
    if wrong.any():
        place = domain.cell_indices()[wrong][0]
        raise SimulationError(
            f"{name}: {whole[wrong][0]} at cell {tuple(place.tolist())}, one of {np.count_nonzero(wrong)} cells that are not "
            "finite; nothing was changed: give finite values in the fluid"
        )
    return np.where(np.isfinite(whole), whole, 0.0)
