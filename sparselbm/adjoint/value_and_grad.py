"""The one call: a value and its gradients."""

from collections.abc import Sequence

import numpy as np

from ..evaluate import Evaluation
from ..objective import Objective
from ..simulation import Simulation
from .checkpointed import Checkpointed
from .plan import Plan, Window
from .reverse import AdjointError, Reverse
from .steady import Steady
from .wrt import InitialPopulations, Wrt


def value_and_grad(
    objective: Objective, simulation: Simulation, *, steps: int, wrt: Sequence[Wrt],
    window: Window = Window(), plan: Plan = Checkpointed(),
) -> tuple[float, tuple[np.ndarray, ...]]:  # fmt: skip
    """Runs `steps` from the present state; gives the objective's mean over the window and its gradients.

    The gradients come in the order of `wrt`, in fp64, per lattice unit (points: per metre). Afterwards the simulation is at
    its final state. Turning gradients on does not change the physics: forward kernels are the same.
    Raises AdjointError for a gradient that cannot be given.
    """
    if steps < 0 or window.steps < 1 or (window.steps > max(steps, 1) and not isinstance(plan, Steady)):
        raise AdjointError(f"a window of {window.steps} in a run of {steps} steps: choose 1 to {max(steps, 1)}")
    if isinstance(plan, Steady) and any(isinstance(w, InitialPopulations) for w in wrt):
        raise AdjointError("InitialPopulations with Steady: a steady flow has forgotten its start; use Stored or Checkpointed")
    evaluation = Evaluation(simulation, objective)
    reverse = Reverse(
        simulation, objective,
        wrt_solid=any(w.needs_solid for w in wrt), wrt_parameters=any(w.needs_parameters for w in wrt),
    )  # fmt: skip
    plan.run(simulation, reverse, evaluation, steps, window)
    return evaluation.take(), tuple(np.asarray(w.gradient(reverse), dtype=np.float64) for w in wrt)
