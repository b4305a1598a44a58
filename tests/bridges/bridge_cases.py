"""Runs that the tests of the bridges share: a simulation's, a user's own on a tape, and one that watches the bridge."""

import numpy as np
import warp as wp

from sparselbm.adjoint import (
    Differentiable,
    FromMoments,
    Input,
    Moments,
    Output,
    Parameter,
    Pass,
    Run,
    Stored,
    Total,
    run_on_tape,
    tape_array,
    taped,
)
from sparselbm.grid.build import box
from sparselbm.models.collision import BGK
from sparselbm.observe import Integral
from sparselbm.solver import Simulation

ENERGY = Total(Integral(lambda rho, u: rho * (u[0] * u[0] + u[1] * u[1])))


def simulation(device: str, precision: type = wp.float64) -> Simulation:
    """One tile, periodic."""
    domain = box((8, 8), periodic=(True, True), device=device)
    return Simulation(domain, viscosity=0.05, collision=BGK(), precision=precision)


def flow(device: str) -> Run:
    """(moments, viscosity) -> (moments, energy) over five steps, fp64."""
    outputs = [Moments(), ENERGY]
    return Run(simulation(device), 5, start=FromMoments(), inputs=[Parameter("viscosity")], outputs=outputs, method=Stored())


def flow_inputs() -> list[np.ndarray]:
    """Random density and velocity, and viscosity."""
    moments = 0.03 * np.random.default_rng(1).standard_normal((1, 3, 64))
    moments[:, 0] += 1.0
    return [moments, np.array(0.05)]


@wp.kernel
def excite(
    amplitude: wp.array(dtype=wp.float64), pattern: wp.array3d(dtype=wp.float64), populations: wp.array(dtype=wp.float64)
):
    """f = a^2 g."""
    n, q, c = wp.tid()
    cells = pattern.shape[2]
    populations[(n * pattern.shape[1] + q) * cells + c] = amplitude[0] * amplitude[0] * pattern[n, q, c]


@wp.kernel
def square(populations: wp.array(dtype=wp.float64), count: int, total: wp.array(dtype=wp.float64)):
    """L = sum f^2."""
    i = wp.tid()
    if i < count:
        wp.atomic_add(total, 0, populations[i] * populations[i])


def own(device: str) -> Differentiable:
    """A user's function of two kernels around a run: (amplitude, pattern) -> sum f^2, without a gradient in the pattern."""
    stepper = simulation(device)

    @taped(
        inputs=[Input("amplitude"), Input("pattern", gradient=False)],
        outputs=[Output("loss", lambda amplitude, pattern: ())], device=device,
    )
    def loss(tape, amplitude, pattern):
        populations, total = tape_array(stepper, 9), wp.zeros(1, dtype=wp.float64, device=device, requires_grad=True)
        wp.launch(excite, pattern.shape, [amplitude, pattern], [populations.flatten()], device=device)
        result = run_on_tape(tape, stepper, populations, 4, method=Stored())
        wp.launch(square, result.size, [result.flatten(), pattern.size], [total], device=device)
        return total

    return loss


def own_inputs() -> list[np.ndarray]:
    return [np.array(0.7), 1e-2 * np.random.default_rng(2).standard_normal((1, 9, 64))]


class Watched(Differentiable):
    """y_1 = 2 x, y_2 = 3 x, which notes the arrays that it is given and spoils the cotangents."""

    def __init__(self, device: str):
        self.device = wp.get_device(device)
        self.inputs = (Input("x"),)
        self.outputs = (Output("double", lambda x: x), Output("triple", lambda x: x))
        self.seen, self.given, self.cotangents = [], [], []

    def at(self, x):
        self.seen.append(x)
        return WatchedPass(self, x)


class WatchedPass(Pass):
    def __init__(self, watched: Watched, x: wp.array):
        self.watched = watched
        self._outputs = tuple(wp.array(k * x.numpy(), dtype=wp.float64, device=x.device) for k in (2.0, 3.0))

    def outputs(self, for_pullback=True):
        self.watched.given = list(self._outputs)
        return self._outputs

    def fingerprint(self):
        return 0

    def pullback(self, cotangents, wanted):
        self.watched.cotangents.append(cotangents)
        total = sum(k * c.numpy() for k, c in zip((2.0, 3.0), cotangents, strict=True) if c is not None)
        gradient = wp.array(total, dtype=wp.float64, device=self.watched.device)
        for c in cotangents:
            if c is not None:
                c.zero_()
        return (gradient,)
