"""Value of an objective and its gradients."""

from collections.abc import Callable, Sequence

import numpy as np

from ..errors import AdjointError
from ..kernels.adjoint import GradientTargets
from ..observe import Functional
from ..observe.evaluation import Evaluation
from ..solver import Simulation
from .checkpointed import Checkpointed
from .gradient_guard import GradientGuard
from .method import AdjointMethod
from .sweep import BackwardSweep
from .targets import Deformed, GradientInput, InitialPopulations, Points, SolidFractions
from .window import Window


def value_and_grad(
    objective: Functional, simulation: Simulation, *, steps: int, wrt: Sequence[GradientInput],
    window: Window = Window(), method: AdjointMethod = Checkpointed(), on_back: Callable[[int], None] | None = None,
    guard: GradientGuard | None = GradientGuard(),
) -> tuple[float, tuple[np.ndarray, ...]]:
    """Runs `steps` from the present state; returns the mean of the objective over the window and its gradients.

    The gradients are in the order of `wrt`, in fp64, per lattice unit (points: per metre). Afterwards the simulation is at its
    final state. The forward kernels are those of a run without gradients. `method`: adjoint method. `on_back` is called with the
    number of steps back, every hundred steps. `guard`: limits beyond which a gradient is refused; None: none.
    Raises AdjointError for a gradient that does not exist.
    """
    _check(simulation, steps, wrt, window, method)
    evaluation = Evaluation(simulation, objective)
    sweep = BackwardSweep(
        simulation, objective,
        wrt=GradientTargets(
            *(any(getattr(w.needs, kind) for w in wrt) for kind in ("solid", "fields", "parameters", "fractions"))
        ),
        everywhere=any(isinstance(w, SolidFractions) for w in wrt), on_back=on_back,
        guard=guard,
    )
    method.forward(simulation, evaluation, steps, window).back(sweep)
    value = evaluation.take()
    gradients = tuple(np.asarray(w.gradient(sweep), dtype=np.float64) for w in wrt)
    if not (np.isfinite(value) and all(np.isfinite(g).all() for g in gradients)):
        raise AdjointError(
            f"after {steps} steps the objective is {value} and a gradient is not finite: the flow has blown up, or the "
            "objective has no derivative here; lower the velocity, raise the viscosity, or use finer voxels"
        )
    return value, gradients


def _check(simulation: Simulation, steps: int, wrt: Sequence[GradientInput], window: Window, method: AdjointMethod) -> None:
    """Raises AdjointError for gradients that do not exist, before any step."""
    least = 0 if method.forgets_start else 1
    if steps < least:
        raise AdjointError(f"the number of steps is {steps}, but must be at least {least}")
    if window.steps < 1 or (window.steps > steps and not method.forgets_start):
        raise AdjointError(f"a window of {window.steps} states in a run of {steps} steps: choose 1 to {steps}")
    if method.forgets_start and any(isinstance(w, InitialPopulations) for w in wrt):
        raise AdjointError(
            f"InitialPopulations with {type(method).__name__}, whose flow is independent of its start: use Stored or Checkpointed"
        )
    for w in wrt:
        w.require(simulation)
        if isinstance(w, Points | Deformed):
            w.require_placed(simulation)
