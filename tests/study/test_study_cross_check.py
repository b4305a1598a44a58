"""A plate that hides in the cells: its drag falls by the wall's model alone, and the study says so."""

from dataclasses import dataclass

import numpy as np
import pytest

from sparselbm.design import CrossCheck, CrossCheckResult, DesignProblem, ShapeVariables
from sparselbm.design.cross_check import CrossChecker
from sparselbm.design.optimizer import LBFGSB, DesignRecord, StoppingCriteria
from sparselbm.errors import ConstraintError
from sparselbm.flows import SteadyRun, WindTunnel
from sparselbm.geometry import TriangleMesh

VOXEL = 0.12
THICKNESS = 1.2
"""Thickness of the plate at the start [cells]; its middle plane lies between two layers of cells."""
PLATE = TriangleMesh.box((0.4 * VOXEL, 0, 0), (0.4 * VOXEL + THICKNESS * VOXEL, 8 * VOXEL, 8 * VOXEL))
TUNNEL = WindTunnel(voxel_size=VOXEL, reynolds=20, upstream=1.0, downstream=1.5, side=0.75)


@dataclass(frozen=True)
class Thinning:
    """x -> (1 - v) x about the plate's middle, v from 0 to 0.9."""

    base: np.ndarray
    size = 1

    def initial(self):
        return np.zeros(1)

    def bounds(self):
        return np.zeros(1), np.full(1, 0.9)

    def points(self, v):
        return self.base - v[0] * self._arm()

    def pullback(self, v, points_gradient):
        return -np.array([np.sum(points_gradient * self._arm())])

    def _arm(self):
        return (self.base - self.base.mean(axis=0)) * [1.0, 0.0, 0.0]


@dataclass(frozen=True)
class Thin:
    """The deformation before it is bound."""

    def bind(self, mesh):
        return Thinning(mesh.points)


def thin_problem(device, cross_check):
    return DesignProblem(
        TUNNEL.around({"plate": PLATE}, "plate", device=device), ShapeVariables(Thin()), constraints=(),
        optimizer=LBFGSB(first_step=0.5), stop=StoppingCriteria(iterations=3), verify=cross_check,
        steady_run=SteadyRun(max_steps=300),
    )


def test_a_plate_that_vanishes_between_cells_is_refused(device):
    problem = thin_problem(device, CrossCheck(every=1, correction=None))
    found = problem.minimize()
    last = problem.checks[-1]
    assert (found.stopped, last.refused) == ("refused", True)
    assert "the improvement comes from the wall model, not from the shape" in found.message
    assert f"{last.difference:+.1%}" in found.message
    # A plate across the flow keeps nearly all of its drag however thin it is; the soft wall lets the flow through.
    assert last.objective < 0.8
    assert last.checked > 1.05 * last.objective
    assert problem.value(np.array([0.9])) < 0.55 * found.history[0].objective
    # The designs before it were confirmed, and the last of them is returned.
    assert [each.refused for each in problem.checks] == [False] * (len(problem.checks) - 1) + [True]
    assert np.array_equal(found.x, found.history[len(problem.checks) - 1].x)


def test_the_best_design_is_checked_at_the_end_by_default(device):
    """Without `every` the same plate is found out too, and the start is all that remains."""
    problem = thin_problem(device, CrossCheck())
    assert DesignProblem(TUNNEL.around({"plate": PLATE}, "plate", device=device)).verify == problem.verify
    found = problem.minimize()
    assert found.stopped == "refused"
    assert len(problem.checks) == 1
    assert np.array_equal(found.x, np.zeros(1))
    # Its reported drag is that of the wall that does not leak.
    assert found.objective == pytest.approx(problem.corrections[-1].corrected, rel=1e-9)
    assert found.history[0].objective == pytest.approx(problem.corrections[0].corrected, rel=1e-9)
    assert abs(problem.corrections[0].difference) > 0.05


def test_a_recheck_without_iterations_or_tolerance_is_refused():
    for options in ({"every": 0}, {"tolerance": 0.0}):
        with pytest.raises(ConstraintError, match="must be above 0"):
            CrossCheck(**options)


def test_a_gain_that_the_other_wall_does_not_see_is_unconfirmed():
    """Within the tolerance it is not refused, but reported."""
    assert CrossCheckResult(3, objective=0.996, checked=1.032, tolerance=0.05).unconfirmed
    assert not CrossCheckResult(3, objective=0.996, checked=1.032, tolerance=0.05).refused
    assert not CrossCheckResult(3, objective=0.9, checked=0.99, tolerance=0.2).unconfirmed
    assert not CrossCheckResult(3, objective=0.9, checked=np.nan, tolerance=0.05).unconfirmed


def test_a_negative_objective_improves_where_it_grows(device):
    """The ratio to the start is below 1 for an improvement, for objectives of either sign."""
    checker = CrossChecker(CrossCheck(every=1), lambda x: (np.array([-1.0, 2.0]) * (1.0 + x[0] * np.array([0.1, -0.1])))[:, None])
    common = {"objective": 0.0, "constraints": {}, "feasible": True, "gradient_norm": 0.0, "seconds": 0.0, "evaluations": 1}
    start, better = (DesignRecord(iteration=k, x=np.array([float(k)]), **common) for k in (0, 1))
    checker.watch(start, [-1.0, 2.0])
    checker.watch(better, [-1.1, 1.8])
    assert [each.objective for each in checker.found] == pytest.approx([1 / 1.1, 0.9])
    assert [each.difference for each in checker.found] == pytest.approx([0.0, 0.0])
    assert not checker.refused
