"""The start of a periodic flow from its end, in the form of problem F3 of the Mosaic benchmark (arXiv:2606.27895).

16^3 cells; controls are the 12,288 numbers of the initial velocity, the loss is the mean square distance of the velocity after
100 steps from that of the start to be found, over its mean square. Run: python examples/mosaic_initial.py
"""

from time import perf_counter

import numpy as np
import warp as wp
from scipy.optimize import minimize

from sparselbm.adjoint import FromMoments, Moments, Run, Stored
from sparselbm.grid.build import box
from sparselbm.solver import Simulation

N, STEPS, SHAPE = 16, 100, (8, 512, 3)


class Recovery:
    """The flow, and the loss of a start u, (tiles, cells, 3), flat."""

    def __init__(self, device=None):
        self.simulation = Simulation(box((N,) * 3, periodic=(True,) * 3, device=device), viscosity=0.01, precision=wp.float64)
        x, y, z = np.moveaxis(2.0 * np.pi * (self.simulation.domain.cell_indices() + 0.5) / N, -1, 0)
        abc = [np.sin(z) + np.cos(y), np.sin(x) + np.cos(z), np.sin(y) + np.cos(x) + np.sin(2.0 * x)]
        self.true = 0.03 * np.stack(abc, axis=-1).ravel()
        self.target = self.end(self.true)
        self.run = Run(self.simulation, STEPS, start=FromMoments(), outputs=[Moments()], method=Stored())

    def end(self, u) -> np.ndarray:
        self.simulation.set_state(1.0, u.reshape(SHAPE))
        self.simulation.run(STEPS)
        return self.simulation.velocity().copy()

    def loss(self, u) -> float:
        return np.sum((self.end(u) - self.target) ** 2) / np.sum(self.target**2)

    def loss_and_gradient(self, u) -> tuple[float, np.ndarray]:
        rest = np.ones((len(self.target), 1, self.target.shape[1]))
        moments = np.concatenate([rest, np.moveaxis(u.reshape(SHAPE), -1, 1)], axis=1)
        there = self.run.at(wp.array(moments, device=self.run.device))
        away, size = np.moveaxis(there.outputs()[0].numpy()[:, 1:], 1, -1) - self.target, np.sum(self.target**2)
        cotangent = np.concatenate([0.0 * rest, np.moveaxis(2.0 * away / size, -1, 1)], axis=1)
        (gradient,) = there.pullback([wp.array(cotangent, device=self.run.device)], wanted=[True])
        return np.sum(away**2) / size, np.moveaxis(gradient.numpy()[:, 1:], 1, -1).ravel()

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
