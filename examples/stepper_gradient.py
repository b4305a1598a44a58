"""The gradient of a stepper: d (sum of rho^2) / d populations, through one step and through twenty.

    D2Q9, BGK, omega = 1.8, a periodic box of 32 x 32 cells

At rest rho = sum_q f_q = 1 in each cell, and a step conserves the sum, so that the loss is 1024 and its gradient is 2
in each of the 9 x 1024 populations: its norm is 2 sqrt(9216) = 192. Run: python examples/stepper_gradient.py
"""

import numpy as np
import warp as wp

from sparselbm.adjoint import InitialPopulations, value_and_grad
from sparselbm.grid.build import box
from sparselbm.models.collision import BGK
from sparselbm.observe import Integral
from sparselbm.solver import Simulation

LOSS = Integral(lambda rho, u: rho**2)


def simulation(precision: type, device: str | None = None) -> Simulation:
    """The box at rest, density 1."""
    domain = box((32, 32), periodic=(True, True), device=device)
    return Simulation(domain, viscosity=(1 / 1.8 - 1 / 2) / 3, collision=BGK(), precision=precision)


def one_step(device: str | None = None) -> tuple[float, float]:
    """Loss and norm of its gradient through one step from rest, fp32."""
    loss, (gradient,) = value_and_grad(LOSS, simulation(wp.float32, device), steps=1, wrt=[InitialPopulations()])
    return loss, float(np.linalg.norm(gradient))


def twenty_steps(device: str | None = None) -> tuple[float, float]:
    """A directional derivative through 20 steps from a perturbed state, fp64: adjoint and central differences."""
    stepper = simulation(wp.float64, device)
    rng = np.random.default_rng(0)
    shape = stepper.state.populations.shape
    start, direction = 1e-2 * rng.standard_normal(shape), rng.standard_normal(shape)

    def loss_and_gradient(h: float):
        stepper.state.populations.assign(start + h * direction)
        return value_and_grad(LOSS, stepper, steps=20, wrt=[InitialPopulations()])

    _, (gradient,) = loss_and_gradient(0.0)
    plus, minus = loss_and_gradient(1e-5).value, loss_and_gradient(-1e-5).value
    return float(np.vdot(gradient, direction[: len(gradient)])), (plus - minus) / 2e-5


if __name__ == "__main__":
    print("one step from rest, fp32:    loss {:.2f}, gradient norm {:.2f}".format(*one_step()))
    print("twenty steps, fp64:          adjoint {:.9f}, central differences {:.9f}".format(*twenty_steps()))
