"""Every optimiser against exact constrained optima, and the promises of `minimize`."""

import builtins
import csv
import time
from dataclasses import replace

import numpy as np
import pytest
from optimize_shapes import Mesh, sphere, stretched

from sparselbm.design.constraint import (
    BoundConstraint,
    BoundingBox,
    FixedPoints,
    FixedVolume,
    MinimumVolume,
    SymmetryPlane,
)
from sparselbm.design.optimizer import (
    CCSAQ,
    LBFGSB,
    MMA,
    SLSQP,
    Adam,
    OptimalityCriteria,
    StoppingCriteria,
    TrustConstr,
    minimize,
)
from sparselbm.errors import BoundsError, ConstraintError, ObjectiveError
from sparselbm.files.write import append_csv

MESH = sphere()
FINE = StoppingCriteria(tolerance=1e-10, iterations=2000)
UNCONSTRAINED = [LBFGSB(), SLSQP(), TrustConstr(), MMA(), CCSAQ(), Adam(rate=0.05)]
CONSTRAINED = [SLSQP(), TrustConstr(), MMA(), CCSAQ(), Adam()]
EXACT_EQUALITY = [SLSQP(), TrustConstr(), Adam()]


def name(value):
    return type(value).__name__


def quadratic(centre, weights=1.0):
    return lambda x: (float(np.sum(weights * (x - centre) ** 2)), 2.0 * weights * (x - centre))


def rosenbrock(x):
    a, b = x
    return (1 - a) ** 2 + 100 * (b - a * a) ** 2, np.array([2 * (a - 1) - 400 * a * (b - a * a), 200 * (b - a * a)])


def linear(matrix, lower, upper, tolerance=1e-4, label="linear"):
    matrix = np.atleast_2d(np.asarray(matrix, float))
    limits = np.atleast_1d(np.asarray(lower, float)), np.atleast_1d(np.asarray(upper, float))
    return BoundConstraint(label, *limits, lambda x: matrix @ x, lambda x: matrix, tolerance)


# --- exact optima ---------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", [LBFGSB(), SLSQP(), TrustConstr()], ids=name)
def test_rosenbrock(optimizer):
    """Not for methods of first order: MMA needs thousands of steps along this valley."""
    found = minimize(rosenbrock, np.array([-1.2, 1.0]), optimizer=optimizer, bounds=(-2.0, 2.0), stop=FINE)
    assert found.x == pytest.approx([1, 1], abs=1e-3)


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
def test_quadratic_within_bounds(optimizer):
    """Separable, so that the optimum is the centre clipped to the bounds."""
    centre = np.array([0.3, 2.0, -5.0, 0.0])
    objective = quadratic(centre, np.array([1.0, 3.0, 0.5, 10.0]))
    stop = replace(FINE, iterations=400)
    found = minimize(objective, np.full(4, 0.5), optimizer=optimizer, bounds=(-1.0, 1.0), stop=stop)
    assert found.x == pytest.approx([0.3, 1.0, -1.0, 0.0], abs=2e-3)
    assert found.feasible


@pytest.mark.parametrize("optimizer", EXACT_EQUALITY, ids=name)
def test_quadratic_under_a_linear_equality(optimizer):
    """min |x - c|^2 with n . x = 1: the projection of c."""
    centre, normal = np.array([1.0, 2.0, -0.5]), np.array([1.0, 1.0, 2.0])
    exact = centre + (1 - normal @ centre) / (normal @ normal) * normal
    found = minimize(
        quadratic(centre), np.zeros(3), optimizer=optimizer, bounds=(-4.0, 4.0),
        stop=replace(FINE, iterations=600), constraints=[linear(normal, 1.0, 1.0)],
    )
    assert found.feasible
    assert found.x == pytest.approx(exact, abs=2e-3)


@pytest.mark.parametrize("optimizer", CONSTRAINED, ids=name)
def test_quadratic_under_two_sided_inequalities(optimizer):
    """One side of each of two constraints holds the optimum: (0.5, 0.2), while the centre is (2, -1)."""
    found = minimize(
        quadratic(np.array([2.0, -1.0])), np.array([0.0, 0.5]), optimizer=optimizer, bounds=(-3.0, 3.0),
        stop=replace(FINE, iterations=600), constraints=[linear(np.eye(2), [-1.0, 0.2], [0.5, 0.9])],
    )
    assert found.feasible
    assert found.x == pytest.approx([0.5, 0.2], abs=2e-3)


def surface_like(x):
    """Sum of the squared stretches; least at fixed volume for equal stretches."""
    return float(np.sum((1 + x) ** 2 * np.array([1.0, 2.0, 4.0]))), 2 * (1 + x) * np.array([1.0, 2.0, 4.0])


@pytest.mark.parametrize("optimizer", CONSTRAINED, ids=name)
def test_stretches_at_fixed_volume(optimizer):
    """min sum w_i s_i^2 with s_0 s_1 s_2 = 1: w_i s_i^2 are all equal to (w_0 w_1 w_2)^(1/3) = 2."""
    deformation = stretched(MESH)
    found = minimize(
        surface_like, deformation, optimizer=optimizer, stop=replace(FINE, iterations=600),
        constraints=[FixedVolume(tolerance=0.002).bind(deformation, MESH)],
    )
    exact = np.sqrt(2.0 / np.array([1.0, 2.0, 4.0])) - 1
    assert found.feasible
    # MMA ends at the lower edge of the band, which is wide by 0.002 of the volume.
    assert found.x == pytest.approx(exact, abs=3e-3)


@pytest.mark.parametrize("optimizer", CONSTRAINED, ids=name)
def test_smallest_body_of_least_volume_in_a_box(optimizer):
    """Volume at least that of the sphere, x within 0.8: the other stretches share the rest equally."""
    deformation = stretched(MESH)
    box = BoundingBox((-0.8, -9, -9), (0.8, 9, 9), margin=1e-3)
    found = minimize(
        lambda x: (float(np.sum((1 + x) ** 2)), 2 * (1 + x)), deformation, optimizer=optimizer,
        stop=replace(FINE, iterations=600),
        constraints=[MinimumVolume(tolerance=1e-3).bind(deformation, MESH), box.bind(deformation, MESH)],
    )
    widest = np.abs(MESH.points[:, 0]).max()
    first = 0.8 / widest
    assert found.feasible
    # The smooth maximum keeps the box's side clear by up to 1e-3 of the diagonal, 3.4.
    assert 1 + found.x == pytest.approx([first, first**-0.5, first**-0.5], abs=6e-3)
    assert np.abs(deformation.points(found.x)[:, 0]).max() <= 0.8 + 1e-4 * 3.5


def test_scaling_makes_badly_scaled_variables_alike():
    """Metres and degrees: the same problem in units 1e6 apart takes as many iterations."""
    widths = np.array([1e-3, 1e3])

    def objective(x):
        z = x / widths
        return 1e-9 * float((z[0] - 0.3) ** 2 + (z[1] + 0.2) ** 2 + z[0] * z[1]), 1e-9 * np.array(
            [(2 * (z[0] - 0.3) + z[1]) / widths[0], (2 * (z[1] + 0.2) + z[0]) / widths[1]]
        )

    found = minimize(objective, np.zeros(2), optimizer=LBFGSB(), bounds=(-widths, widths), stop=FINE)
    assert found.x / widths == pytest.approx([8 / 15, -7 / 15], abs=1e-5)
    assert found.iterations < 20


@pytest.mark.parametrize("optimizer", [SLSQP(), TrustConstr(), Adam()], ids=name)
def test_equalities_that_share_rows(optimizer):
    """Two planes meet in a line, one is given twice: the optimum is the projection of c on the line."""
    first, second = [1.0, 1.0, 0.0], [0.0, 1.0, 2.0]
    twice = linear([first, second], [1.0, 1.0], [1.0, 1.0], label="both")
    once = linear(first, 1.0, 1.0, label="one")
    centre, matrix = np.array([2.0, -1.0, 0.5]), np.array([first, second])
    exact = centre + np.linalg.pinv(matrix) @ (np.ones(2) - matrix @ centre)
    found = minimize(
        quadratic(centre), np.zeros(3), optimizer=optimizer, bounds=(-4.0, 4.0),
        stop=replace(FINE, iterations=600), constraints=[replace(k, linear=True) for k in (twice, once)],
    )
    assert found.feasible
    assert found.x == pytest.approx(exact, abs=2e-3)


def test_symmetry_and_held_points_together():
    """A point on the plane is held: both constraints say the same of it."""
    from optimize_shapes import bumpy

    mesh = symmetric_sphere()
    deformation = bumpy(mesh, size=30)
    on_plane = int(np.abs(mesh.points[:, 0]).argmin())
    constraints = [
        SymmetryPlane(axis=0).bind(deformation, mesh),
        FixedPoints(indices=(on_plane,)).bind(deformation, mesh),
        FixedVolume().bind(deformation, mesh),
    ]
    weights = np.random.default_rng(0).standard_normal(30)
    found = minimize(lambda x: (float(weights @ x + x @ x), weights + 2 * x), deformation, constraints=constraints)
    assert (found.stopped, found.feasible) == ("converged", True)
    assert found.objective < -0.1
    assert deformation.points(found.x)[on_plane] == pytest.approx(mesh.points[on_plane], abs=1e-9)


def symmetric_sphere():
    import trimesh

    ball = trimesh.creation.icosphere(2)
    return Mesh(np.array(ball.vertices), np.array(ball.faces))


# --- refusals before the first evaluation ---------------------------------------------------------


def never(x):
    raise AssertionError("evaluated")


@pytest.mark.parametrize(("optimizer", "constraint", "word"), [
    (LBFGSB(), FixedVolume(), r"LBFGSB supports only bounds.*FixedVolume.*SLSQP"),
    (MMA(), FixedVolume(tolerance=1e-6), r"MMA.*FixedVolume.*SLSQP"),
    (MMA(), FixedPoints(indices=(0,)), r"MMA.*FixedPoints"),
])
def test_constraint_that_the_optimizer_cannot_take(optimizer, constraint, word):
    deformation = stretched(MESH)
    if isinstance(constraint, FixedPoints):
        from optimize_shapes import bumpy

        deformation = bumpy(MESH, size=12)
    with pytest.raises(ConstraintError, match=word):
        minimize(never, deformation, optimizer=optimizer, constraints=[constraint.bind(deformation, MESH)])


@pytest.mark.parametrize(("start", "bounds", "word"), [
    (np.zeros(2), (1.0, -1.0), "lower at or below upper"),
    (np.zeros(2), (0.5, 1.0), "outside its bounds"),
    (np.zeros(2), (np.zeros(3), 1.0), r"shapes \(3,\)"),
    (np.array([np.nan]), None, "finite"),
    (np.zeros(2), (0.0, 0.0), "widen at least one"),
])
def test_bounds_are_refused(start, bounds, word):
    with pytest.raises(BoundsError, match=word):
        minimize(never, start, bounds=bounds)


def test_unbound_constraint_is_refused():
    with pytest.raises(ConstraintError, match="bind"):
        minimize(never, stretched(MESH), constraints=[FixedVolume()])


def test_two_constraints_of_one_name_are_refused():
    with pytest.raises(ConstraintError, match="rename"):
        minimize(never, np.zeros(2), constraints=[linear([1, 0], 0, 1), linear([0, 1], 0, 1)])


def test_constraint_of_another_deformation_is_refused():
    with pytest.raises(ConstraintError, match=r"FixedVolume cannot be evaluated for 2 variables.*bind"):
        minimize(never, np.zeros(2), constraints=[FixedVolume().bind(stretched(MESH), MESH)])


@pytest.mark.parametrize(("limits", "word"), [((0.0, 1.0), "contradict each other"), ((0.0, 0.0), "variables free")])
def test_equalities_that_exclude_each_other_are_refused(limits, word):
    rows = [[1.0, 0.0], [1.0, 0.0]] if limits[1] else np.eye(2)
    both = [linear(row, at, at, label=f"{k}") for k, (row, at) in enumerate(zip(rows, limits))]
    with pytest.raises(ConstraintError, match=word):
        minimize(never, np.zeros(2), constraints=[replace(each, linear=True) for each in both])


def test_missing_nlopt_names_the_extra(monkeypatch):
    real = builtins.__import__

    def without_nlopt(module, *rest):
        if module == "nlopt":
            raise ImportError(module)
        return real(module, *rest)

    monkeypatch.setattr(builtins, "__import__", without_nlopt)
    with pytest.raises(ImportError, match=r"needs NLopt, which is not installed: pip install 'sparselbm\[nlopt\]'"):
        minimize(never, np.zeros(2), optimizer=MMA(), bounds=(-1.0, 1.0))


@pytest.mark.parametrize("field", ["tolerance", "iterations", "seconds", "evaluations"])
def test_stop_refuses_zero(field):
    with pytest.raises(BoundsError, match=field):
        StoppingCriteria(**{field: 0})


# --- stopping, and keeping the best ---------------------------------------------------------------


START = np.array([-1.2, 1.0])


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
def test_stops_on_iterations(optimizer):
    stop = StoppingCriteria(tolerance=1e-12, iterations=5)
    found = minimize(rosenbrock, START, optimizer=optimizer, bounds=(-2.0, 2.0), stop=stop)
    assert (found.stopped, found.iterations) == ("iterations", 5)
    assert [each.iteration for each in found.history] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
def test_stops_on_evaluations(optimizer):
    found = minimize(
        rosenbrock, START, optimizer=optimizer, bounds=(-2.0, 2.0), stop=StoppingCriteria(tolerance=1e-12, evaluations=7)
    )
    assert (found.stopped, found.evaluations) == ("evaluations", 7)


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
def test_stops_on_time(optimizer):
    def waiting(x):
        time.sleep(0.02)
        return rosenbrock(x)

    began = time.monotonic()
    found = minimize(waiting, START, optimizer=optimizer, bounds=(-2.0, 2.0), stop=StoppingCriteria(tolerance=1e-12, seconds=0.1))
    assert found.stopped == "seconds"
    assert found.evaluations <= 6
    assert time.monotonic() - began < 5.0


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
def test_stops_on_tolerance(optimizer):
    objective = quadratic(np.array([0.2, -0.3]))
    loose, tight = (
        minimize(lambda x: (objective(x)[0] + 1.0, objective(x)[1]), np.full(2, 0.9), optimizer=optimizer,
                 bounds=(-1.0, 1.0), stop=StoppingCriteria(tolerance=tolerance, iterations=500))
        for tolerance in (1e-2, 1e-9)
    )
    assert loose.stopped == "converged"
    assert tight.evaluations >= loose.evaluations
    assert tight.objective - 1.0 < 1e-5


def tracked(objective):
    seen = []

    def wrapped(x):
        value, gradient = objective(x)
        seen.append((value, x.copy()))
        return value, gradient

    return wrapped, seen


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
@pytest.mark.parametrize("evaluations", [1, 3, 6, 11])
def test_best_design_is_kept(optimizer, evaluations):
    objective, seen = tracked(rosenbrock)
    stop = StoppingCriteria(tolerance=1e-12, evaluations=evaluations)
    found = minimize(objective, START, optimizer=optimizer, bounds=(-2.0, 2.0), stop=stop)
    best = min(seen, key=lambda each: each[0])
    assert found.objective == best[0]
    assert np.array_equal(found.x, best[1])
    assert any(np.array_equal(each.x, found.x) for each in found.history)
    assert len(seen) == evaluations


@pytest.mark.parametrize("optimizer", CONSTRAINED, ids=name)
def test_an_infeasible_design_never_wins(optimizer):
    """The start is infeasible, and of less objective than the optimum."""
    found = minimize(
        quadratic(np.zeros(2)), np.array([0.05, 0.1]), optimizer=optimizer, bounds=(-1.0, 1.0),
        stop=StoppingCriteria(tolerance=1e-8, iterations=300), constraints=[linear([1.0, 1.0], 0.5, np.inf)],
    )
    assert found.feasible
    assert found.x.sum() >= 0.5 - 1e-4
    assert found.x == pytest.approx([0.25, 0.25], abs=5e-3)


def test_least_violation_is_returned_where_nothing_is_feasible():
    found = minimize(
        quadratic(np.zeros(1)),
        np.zeros(1),
        optimizer=SLSQP(),
        bounds=(-1.0, 1.0),
        constraints=[linear([1.0], 2.0, 3.0)],
    )
    assert not found.feasible
    assert found.x == pytest.approx([1.0])


def test_each_design_is_evaluated_once():
    for optimizer in (LBFGSB(), SLSQP(), TrustConstr()):
        objective, seen = tracked(rosenbrock)
        minimize(objective, START, optimizer=optimizer, bounds=(-2.0, 2.0), stop=StoppingCriteria(iterations=15))
        assert len({x.tobytes() for _, x in seen}) == len(seen)


def test_fixed_variables_stay():
    found = minimize(
        quadratic(np.ones(3)), np.array([0.0, 0.3, 0.0]), optimizer=TrustConstr(),
        bounds=(np.array([-2, 0.3, -2]), np.array([2, 0.3, 2])), stop=replace(FINE, iterations=200),
    )
    assert found.x[1] == 0.3
    assert found.x[[0, 2]] == pytest.approx([1, 1], abs=1e-3)


# --- interruptions and failures -------------------------------------------------------------------


def raising(objective, error, at):
    count = [0]

    def wrapped(x):
        count[0] += 1
        if count[0] == at:
            raise error
        return objective(x)

    return wrapped


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
def test_interrupt_returns_what_was_reached(optimizer):
    objective = raising(rosenbrock, KeyboardInterrupt(), at=8)
    found = minimize(objective, START, optimizer=optimizer, bounds=(-2.0, 2.0), stop=FINE)
    assert (found.stopped, found.evaluations) == ("interrupted", 7)
    assert found.objective < rosenbrock(START)[0]


def test_interrupt_before_anything_was_reached():
    with pytest.raises(KeyboardInterrupt):
        minimize(raising(rosenbrock, KeyboardInterrupt(), at=1), START)


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
def test_error_leaves_after_the_record_is_on_disk(optimizer, tmp_path):
    path = tmp_path / "history.csv"
    objective, seen = tracked(raising(rosenbrock, ZeroDivisionError("solver"), at=8))
    with pytest.raises(ZeroDivisionError, match="solver") as caught:
        minimize(
            objective, START, optimizer=optimizer, bounds=(-2.0, 2.0), stop=FINE,
            on_iteration=lambda record: append_csv(path, record.row()),
        )
    rows = list(csv.DictReader(path.open()))
    best = min(value for value, _ in seen)
    assert min(float(row["objective"]) for row in rows) == best
    assert f"{best:g}" in "".join(caught.value.__notes__)


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
def test_history_is_on_disk_after_each_iteration(optimizer, tmp_path):
    path, lengths = tmp_path / "history.csv", []

    def watch(record):
        append_csv(path, record.row())
        lengths.append((record.iteration, len(path.read_text().splitlines())))

    found = minimize(
        rosenbrock,
        START,
        optimizer=optimizer,
        bounds=(-2.0, 2.0),
        stop=StoppingCriteria(iterations=6),
        on_iteration=watch,
    )
    assert lengths == [(k, k + 2) for k in range(len(found.history))]
    last = list(csv.DictReader(path.open()))[-1]
    assert np.array_equal([float(each) for each in last["x"].split()], found.history[-1].x)


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
@pytest.mark.parametrize("broken", [(np.nan, np.zeros(2)), (np.inf, np.zeros(2)), (1.0, np.array([np.nan, 0.0]))])
def test_what_is_not_finite_is_an_error(optimizer, broken):
    count = [0]

    def objective(x):
        count[0] += 1
        return broken if count[0] == 3 else rosenbrock(x)

    with pytest.raises(ObjectiveError, match=r"evaluation 3.*diverged"):
        minimize(objective, START, optimizer=optimizer, bounds=(-2.0, 2.0), stop=FINE)


def test_gradient_of_the_wrong_shape_is_an_error():
    with pytest.raises(ObjectiveError, match=r"shape \(3,\).*\(2,\)"):
        minimize(lambda x: (1.0, np.zeros(3)), START)


@pytest.mark.parametrize("optimizer", UNCONSTRAINED, ids=name)
def test_callback_may_stop(optimizer):
    def enough(record):
        if record.iteration == 2:
            raise StopIteration("enough")

    found = minimize(rosenbrock, START, optimizer=optimizer, bounds=(-2.0, 2.0), on_iteration=enough)
    assert (found.stopped, found.iterations) == ("callback", 2)
    assert "enough" in found.message


def test_error_in_the_callback_is_not_swallowed():
    def full(record):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        minimize(rosenbrock, START, bounds=(-2.0, 2.0), on_iteration=full)


@pytest.mark.parametrize("optimizer", [LBFGSB(), SLSQP()], ids=name)
def test_a_wrong_gradient_fails_with_the_best_design(optimizer):
    """Uphill along the claimed slope: the line search gives up, and the start is the best that was met."""
    found = minimize(
        lambda x: (float(x @ x) + 1.0, -2.0 * x),
        np.array([0.5, 0.5]),
        optimizer=optimizer,
        bounds=(-3.0, 3.0),
    )
    assert found.stopped in ("failed", "converged")
    assert found.objective == min(each.objective for each in found.history)
    assert found.x == pytest.approx([0.5, 0.5])


INTERRUPTED = """
import numpy as np, os, signal, sys
from sparselbm.design.optimizer import {optimizer}, StoppingCriteria, minimize
signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell's background job is started with Ctrl-C ignored.
count = 0
def objective(x):
    global count
    count += 1
    if count == 6:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(10**8):
            pass
    return float(np.sum((x - 0.3) ** 4)) + 1.0, 4 * (x - 0.3) ** 3
stop = StoppingCriteria(tolerance=1e-15)
found = minimize(objective, np.full(3, -0.9), optimizer={optimizer}(), bounds=(-1, 1), stop=stop)
print(found.stopped, found.evaluations)
"""


@pytest.mark.parametrize("optimizer", ["LBFGSB", "SLSQP", "TrustConstr", "MMA"])
def test_ctrl_c_from_outside(optimizer):
    import subprocess
    import sys

    code = INTERRUPTED.format(optimizer=optimizer)
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.split() == ["interrupted", "5"]


def test_optimality_criteria_share_out_an_amount():
    """min sum c / x with mean x at most 0.3: x = 1 where c is large, else proportional to sqrt(c)."""
    c = np.array([1e4, 1.0, 4.0, 9.0, 16.0])
    rest = np.sqrt(c[1:]) * 0.5 / np.sqrt(c[1:]).sum()
    found = minimize(
        lambda x: (float(np.sum(c / x)), -c / x**2), np.full(5, 0.3), optimizer=OptimalityCriteria(damping=0.5),
        bounds=(0.0, 1.0), stop=replace(FINE, iterations=30), constraints=[linear(np.full(5, 0.2), -np.inf, 0.3)],
    )
    assert found.feasible
    assert found.stopped == "converged"
    assert found.x == pytest.approx([1.0, *rest], rel=1e-4)


@pytest.mark.parametrize(
    "constraints", [[], [linear(np.ones(2), 0.1, 0.5)], [linear(np.eye(2), [-np.inf] * 2, [0.5] * 2)]],
    ids=["none", "two sides", "two limits"],
)
def test_optimality_criteria_refuse_other_constraints(constraints):
    """Before anything is evaluated."""
    with pytest.raises(ConstraintError, match=r"one upper limit.*MMA"):
        minimize(
            quadratic(np.zeros(2)), np.full(2, 0.2), optimizer=OptimalityCriteria(), bounds=(0.0, 1.0), constraints=constraints
        )
