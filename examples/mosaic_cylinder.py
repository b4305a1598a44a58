"""The inflow that spares a cylinder drag, in the form of problem F2 of the Mosaic benchmark (arXiv:2606.27895).

A channel of 32 cells, a cylinder of 8, Re = u D / nu = 20, 200 steps from a uniform flow. The 32 controls p are the inflow of
the rows, 1/2 on average; loss = |C_d| + 50 (mean p - 1/2)^2. Run: python examples/mosaic_cylinder.py
"""

from time import perf_counter

import numpy as np
import warp as wp
from scipy.optimize import minimize

from sparselbm.adjoint import Field, Stored, value_and_grad
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, Tabulated, VelocityInlet
from sparselbm.observe import Force, evaluate
from sparselbm.solver import Obstacle, Simulation

N, D, U, STEPS = 32, 8.0, 0.08, 200
BODY = Obstacle("cylinder", TriangleMesh.cylinder(D / 2, (20.0, 16.0, -9.5), (20.0, 16.0, 10.5), 96))
DRAG = Force("cylinder", (2.0 / (U**2 * D), 0.0))
START = 0.5 + 0.2 * np.cos(2.0 * np.pi * (np.arange(N) + 0.5) / N)


def flow(p, device=None) -> Simulation:
    """The channel with the inflow 2 p U, before its first step."""
    rows = Tabulated(lambda centres: 2.0 * p[centres[:, 1].astype(int)])
    ends = [VelocityInlet(X_MIN, (U, 0.0), profile=rows), PressureOutlet(X_MAX, relaxation=0.02)]
    cells = box((2 * N, N), device=device)
    simulation = Simulation(cells, viscosity=U * D / 20, boundaries=ends, obstacles=[BODY], precision=wp.float64)
    simulation.set_state(1.0, (U, 0.0))
    return simulation


def loss(p, simulation) -> float:
    simulation.run(STEPS)
    return abs(evaluate(DRAG, simulation)) + 50.0 * (p.mean() - 0.5) ** 2


def loss_and_gradient(p, simulation) -> tuple[float, np.ndarray]:
    drag, (field,) = value_and_grad(DRAG, simulation, steps=STEPS, wrt=[Field("x_min.velocity_x")], method=Stored())
    by_row = np.bincount(simulation.domain.cell_indices()[..., 1].ravel(), weights=field.ravel(), minlength=N)
    return abs(drag) + 50.0 * (p.mean() - 0.5) ** 2, np.sign(drag) * 2.0 * by_row + 100.0 * (p.mean() - 0.5) / N


def cosine(gradient, device=None, h=1e-4) -> float:
    """Between the gradient at the start and central differences in all 32 values."""
    ends = [[loss(q, flow(q, device)) for q in START + s * h * np.eye(N)] for s in (1.0, -1.0)]
    differences = np.subtract(*ends) / (2.0 * h)
    return gradient @ differences / np.linalg.norm(gradient) / np.linalg.norm(differences)


if __name__ == "__main__":
    first, gradient = loss_and_gradient(START, flow(START))
    best = minimize(lambda p: loss_and_gradient(p, flow(p)), START, jac=True, bounds=[(0.0, 1.5)] * N, options={"maxiter": 15})
    print(f"loss {first:.4f} -> {best.fun:.4f}, cosine with differences {cosine(gradient):.9f}")
    ticks = [perf_counter()]
    for one in (loss, loss_and_gradient) * 3:
        one(START, flow(START))
        ticks.append(perf_counter())
    forward, both = np.diff(ticks).reshape(3, 2).min(axis=0)
    print(f"time of loss and gradient over loss {both / forward:.2f}")
