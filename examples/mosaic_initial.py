"""The start of a periodic flow from its end, in the form of problem F3 of the Mosaic benchmark (arXiv:2606.27895).

16^3 cells; controls are the 12,288 numbers of the initial velocity, the loss is the mean square distance of the velocity after
100 steps from that of the start to be found, over its mean square. Run: python examples/mosaic_initial.py
"""

from time import perf_counter

import numpy as np
import warp as wp
from scipy.optimize import minimize

from sparselbm.adjoint import Stored, moments_on_tape, run_on_tape, tape_array
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.lattice import D3Q19
from sparselbm.solver import Simulation

N, STEPS, SHAPE = 16, 100, (8, 512, 3)
C, W = np.array(D3Q19.velocities, dtype=float), np.array(D3Q19.weights)


class Recovery:
    """The flow, and the loss of a start u, (tiles, cells, 3), flat."""

    def __init__(self, device=None):
        self.simulation = Simulation(box((N,) * 3, periodic=(True,) * 3, device=device), viscosity=0.01, precision=wp.float64)
        x, y, z = np.moveaxis(2.0 * np.pi * (self.simulation.domain.cell_indices() + 0.5) / N, -1, 0)
        abc = [np.sin(z) + np.cos(y), np.sin(x) + np.cos(z), np.sin(y) + np.cos(x) + np.sin(2.0 * x)]
        self.true = 0.03 * np.stack(abc, axis=-1).ravel()
        self.target = self.end(self.true)

    def end(self, u) -> np.ndarray:
        self.simulation.set_state(1.0, u.reshape(SHAPE))
        self.simulation.run(STEPS)
        return self.simulation.velocity().copy()

    def loss(self, u) -> float:
        return np.sum((self.end(u) - self.target) ** 2) / np.sum(self.target**2)

    def loss_and_gradient(self, u) -> tuple[float, np.ndarray]:
        simulation, tape = self.simulation, wp.Tape()
        simulation.set_state(1.0, u.reshape(SHAPE))
        start = tape_array(simulation, 19)
        start.assign(simulation.state.populations)
        end = run_on_tape(tape, simulation, start, STEPS, method=Stored())
        moments = moments_on_tape(tape, simulation, end)
        away, size = np.moveaxis(tile_view(simulation.domain, moments, 4)[:, 1:], 1, -1) - self.target, np.sum(self.target**2)
        seed = np.zeros(moments.shape)
        seed[:-1, 1:] = np.moveaxis(2.0 * away / size, -1, 1)
        tape.backward(grads={moments: wp.array(seed, dtype=wp.float64, device=moments.device)})
        # f_q = w_q (1 + 3 c.u + 9/2 (c.u)^2 - 3/2 u.u), and its derivative in u transposed.
        g, v = W[:, None] * tile_view(simulation.domain, start.grad, 19), u.reshape(SHAPE)
        along = np.einsum("tqn,qk->tnk", g * (3.0 + 9.0 * np.einsum("qk,tnk->tqn", C, v)), C)
        return np.sum(away**2) / size, (along - 3.0 * g.sum(axis=1)[..., None] * v).ravel()

    def cosine(self, u, gradient, count=16, h=1e-4) -> float:
        """Between the slopes by the gradient and by central differences, along random directions."""
        directions = np.random.default_rng(1).standard_normal((count, u.size))
        slopes, given = [self.loss(u + h * d) - self.loss(u - h * d) for d in directions], directions @ gradient
        return given @ slopes / np.linalg.norm(given) / np.linalg.norm(slopes)


if __name__ == "__main__":
    problem, rest = Recovery(), np.zeros(3 * N**3)
    gradient = problem.loss_and_gradient(0.5 * problem.true)[1]
    found = minimize(problem.loss_and_gradient, rest, jac=True, method="L-BFGS-B", options={"maxiter": 20, "ftol": 1e-12})
    print(f"loss 1 -> {found.fun:.2e}, cosine with differences {problem.cosine(0.5 * problem.true, gradient):.9f}")
    ticks = [perf_counter()]
    for one in (problem.loss, problem.loss_and_gradient) * 3:
        one(rest)
        ticks.append(perf_counter())
    forward, both = np.diff(ticks).reshape(3, 2).min(axis=0)
    print(f"time of loss and gradient over loss {both / forward:.2f}")
