"""The initial density that turns into a given field within 200 steps, found by gradients through all of them.

    D2Q9, BGK, nu = 0.02, a periodic box of 64 x 64 cells, at rest at first
    rho = 1 + h / 100,  L = sum_x (h(x, 200) - h*(x))^2,  h* a hill in the middle

L falls by 1e4 with SciPy's L-BFGS-B through two methods, and as a PyTorch operator with `torch.optim.LBFGS`. `Steady` does not
apply: a steady flow has forgotten its start. Run: python examples/multi_step_optimisation.py
"""

import numpy as np
import warp as wp
from scipy.optimize import minimize

from sparselbm.adjoint import AdjointMethod, Checkpointed, FromMoments, Moments, Run, Stored
from sparselbm.grid.build import box
from sparselbm.models.collision import BGK
from sparselbm.solver import Simulation


def case(method: AdjointMethod, device: str | None = None) -> tuple[Run, np.ndarray]:
    """The run, density and velocity to density and velocity, and h* in the cells, (tiles, cells)."""
    domain = box((64, 64), periodic=(True, True), device=device)
    x, y = np.moveaxis((domain.cell_indices() + 0.5) / 64.0 - 0.5, -1, 0)
    simulation = Simulation(domain, viscosity=0.02, collision=BGK(), threads=1)
    run = Run(simulation, 200, start=FromMoments(), outputs=[Moments()], method=method)
    return run, np.exp(-(x**2 + y**2) / 0.02).astype(np.float32)


def by_scipy(method: AdjointMethod, device: str | None = None) -> list[float]:
    """L at each evaluation."""
    run, hill = case(method, device)
    losses, rest = [], np.zeros_like(hill)

    def loss_and_gradient(h: np.ndarray):
        density = 1.0 + 0.01 * h.reshape(hill.shape).astype(np.float32)
        there = run.at(wp.array(np.stack([density, rest, rest], axis=1), device=run.device))
        misfit = 100.0 * (there.outputs()[0].numpy()[:, 0] - 1.0) - hill
        losses.append(float(np.sum(misfit**2)))
        cotangent = wp.array(np.stack([200.0 * misfit, rest, rest], axis=1), device=run.device)
        (gradient,) = there.pullback([cotangent], wanted=[True])
        return losses[-1], 0.01 * gradient.numpy()[:, 0].ravel().astype(np.float64)

    minimize(loss_and_gradient, np.zeros(hill.size), jac=True, method="L-BFGS-B", options={"maxiter": 22})
    return losses


def by_torch(device: str | None = None) -> list[float]:
    """L at each evaluation, with the run as an operator of a PyTorch program."""
    import torch

    from sparselbm.bridges.torch import operator

    run, hill = case(Stored(), device)
    flow, target = operator(run), torch.tensor(hill, device=wp.device_to_torch(run.device))
    h, rest = torch.zeros_like(target, requires_grad=True), torch.zeros_like(target)
    losses, optimiser = [], torch.optim.LBFGS([h], max_iter=22, history_size=20, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        moments = flow(torch.stack([1.0 + 0.01 * h, rest, rest], dim=1))
        loss = (100.0 * (moments[:, 0] - 1.0) - target).square().sum()
        loss.backward()
        losses.append(loss.item())
        return loss

    optimiser.step(closure)
    return losses


if __name__ == "__main__":
    stored, checkpointed = by_scipy(Stored()), by_scipy(Checkpointed("1 MiB"))
    for name, losses in {"Stored": stored, "Checkpointed": checkpointed, "PyTorch": by_torch()}.items():
        print(f"{name:13} L {losses[0]:.2f} -> {min(losses):.5f} in {len(losses)} runs")
