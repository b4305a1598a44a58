"""Traced expressions: derivatives of every operation, folding, sharing, refusals, and the C++ that comes out."""

import operator

import numpy as np
import pytest
import warp as wp

from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_array, tile_view
from sparselbm.kernels.kernel_trace import KernelTrace
from sparselbm.kernels.launch import TileSweep, group_tiles
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.collision import BGK, TRT
from sparselbm.models.physics import TileClass
from sparselbm.trace.expression import (
    Graph,
    cpp,
    dot,
    exp,
    has_bit,
    log,
    maximum,
    minimum,
    power,
    pullback,
    sqrt,
    total,
    where,
)

FORMULAS = {
    "+": lambda a, b: a + b,
    "+ constant": lambda a, b: 3.0 + a + (b + 2.0),
    "-": lambda a, b: a - b,
    "- constant": lambda a, b: (1.5 - a) - (b - 0.5),
    "*": lambda a, b: a * b,
    "* constant": lambda a, b: 3.0 * a + b * -1.0,
    "/": lambda a, b: a / b,
    "/ constant": lambda a, b: a / 4.0 + 4.0 / b,
    "neg": lambda a, b: -a * -b - (-a) + (-b),
    "negated difference": lambda a, b: -(a - b * b),
    "sqrt": lambda a, b: sqrt(a * a + b),
    "power": lambda a, b: a**3 * b**1,
    "exp": lambda a, b: exp(a - b),
    "log": lambda a, b: log(a * b + 1.0),
    "real power": lambda a, b: power(a, -0.7) + power(1.0 + b, a),
    "where": lambda a, b: where(a < b, a * b, a / b),
    "where, other side": lambda a, b: where(a > b, a * b, a / b),
    "at most": lambda a, b: where(a <= b, a * b, a / b) + where(b <= a, a, b * b),
    "at least": lambda a, b: where(a >= b, a * b, a / b) + where(2.0 >= a, a, b * b),  # noqa: SIM300
    "equal": lambda a, b: where(a == b, a * b, a / b) + where(a == a, a * a, 7.0 * b),
    "not equal": lambda a, b: where(a != b, a * b, a / b) + where(0.5 != b, a, b * b),  # noqa: SIM300
    "absolute value": lambda a, b: abs(a - b) + abs(b) * a,
    "minimum": lambda a, b: minimum(a, b) * a + minimum(1.0, b) + minimum(a * b, 0.7),
    "maximum": lambda a, b: maximum(a, b) * a + maximum(1.0, b) + maximum(a * b, 0.7),
    "root of a sum of squares": lambda a, b: sqrt(a * a + b * b) / (1.0 + sqrt(a)),
    "used twice": lambda a, b: (a * b) * (a * b) + a * b,
    "dot and total": lambda a, b: dot([a, b, a], [b, b, 2.0]) + total([a, b, a * b, 1.0, b]),
}


COMPARED = {"<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne}


def values(graph, inputs):
    """The value of every node, by the meaning of its operation: an interpreter apart from the C++."""
    known = []
    for node in graph.nodes:
        x = [known[operand.index] for operand in node.operands]
        match node.operation:
            case "constant":
                y = node.value
            case "input":
                y = inputs[node.value]
            case "+":
                y = x[0] + x[1]
            case "-":
                y = x[0] - x[1]
            case "*":
                y = x[0] * x[1]
            case "/":
                y = x[0] / x[1]
            case "neg":
                y = -x[0]
            case "sqrt" | "exp" | "log":
                y = getattr(np, node.operation)(x[0])
            case "<" | "<=" | "==" | "!=":
                y = COMPARED[node.operation](x[0], x[1])
            case "where":
                y = x[1] if x[0] else x[2]
        known.append(y)
    return known


@pytest.mark.parametrize("name", FORMULAS)
def test_traced_value_and_pullback(name):
    """The graph computes what floats do, and its pullback what differences of it say (step 1e-6, central)."""
    formula, at, v, h = FORMULAS[name], {"a": 0.7, "b": 1.3}, 1.7, 1e-6
    graph = Graph()
    a, b = graph.input("a"), graph.input("b")
    y = formula(a, b)
    assert values(graph, at)[y.index] == pytest.approx(formula(0.7, 1.3), rel=1e-14)
    adjoints = pullback([y], [v], [a, b])
    gradient = [values(graph, at)[g.index] for g in adjoints]
    expected = [
        v * (formula(0.7 + h, 1.3) - formula(0.7 - h, 1.3)) / (2.0 * h),
        v * (formula(0.7, 1.3 + h) - formula(0.7, 1.3 - h)) / (2.0 * h),
    ]
    assert gradient == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("collision", [BGK(), TRT()], ids=["BGK", "TRT"])
@pytest.mark.parametrize("lattice", [D2Q9, D3Q19, D3Q27], ids=repr)
def test_pullback_of_a_collision_is_its_transposed_jacobian(collision, lattice):
    """lambda . (J mu), by a central difference along mu, equals (J^T lambda) . mu, also in viscosity and force."""
    random = np.random.default_rng(1)
    Q, d = lattice.size, lattice.dimension
    at = np.concatenate([0.02 * random.standard_normal(Q), [0.05], 1e-3 * random.standard_normal(d)])
    direction, covector = random.standard_normal(at.size), random.standard_normal(Q)

    def collide(x):
        return collision.collide(lattice, list(x[:Q]), x[Q], list(x[Q + 1 :]))

    h = 1e-6
    forward = (np.array(collide(at + h * direction)) - np.array(collide(at - h * direction))) / (2.0 * h)
    graph = Graph()
    x = [graph.input(f"x{k}") for k in range(at.size)]
    adjoints = pullback(collide(x), list(covector), x)
    known = values(graph, {f"x{k}": number for k, number in enumerate(at)})
    backward = np.array([known[g.index] for g in adjoints])
    assert backward @ direction == pytest.approx(covector @ forward, rel=1e-7)


def test_constants_are_folded():
    graph = Graph()
    a = graph.input("a")
    zero, one, two = graph.constant(0.0), graph.constant(1.0), graph.constant(2.0)
    for folded, expected in [
        (a + 0.0, a), (0.0 + a, a), (a - 0.0, a), (a * 1.0, a), (1.0 * a, a), (a / 1.0, a), (0.0 - (-a), a), (a * -1.0, -a),
        (0.0 - a, -a), (a - a, zero), (a * 0.0, zero), (zero / a, zero), (two + 3.0, graph.constant(5.0)),
        (two - 1.0, one), (two * 3.0, graph.constant(6.0)), (-two, graph.constant(-2.0)), (two / 4.0, graph.constant(0.5)),
        (where(a < 1.0, a, a), a),
    ]:
        assert folded is expected


def test_equal_subexpressions_are_one_node():
    graph = Graph()
    a, b = graph.input("a"), graph.input("b")
    assert a * b + 1.0 is 1.0 + b * a
    assert (a < b) is (b > a)
    assert sqrt(a) is sqrt(a)
    assert a - b is not b - a
    count = len(graph.nodes)
    _ = (a * b + 1.0) * sqrt(a)
    again = len(graph.nodes)
    _ = (b * a + 1.0) * sqrt(a)
    assert (again - count, len(graph.nodes)) == (1, again)


def test_only_what_is_needed_is_written():
    graph = Graph()
    a, b = graph.input("a"), graph.input("b")
    _ = sqrt(a) + 7.0
    statements, names = cpp([a * b, a])
    assert [s.partition(" = ")[2] for s in statements.values()] == ["a * b;"]
    assert names[1] == "a"


def traced(formula, *at):
    """The value of a formula of inputs, and its gradient, by the interpreter above."""
    graph = Graph()
    inputs = [graph.input(f"x{k}") for k in range(len(at))]
    y = graph.lift(formula(*inputs))
    adjoints = pullback([y], [1.0], inputs)
    with np.errstate(all="ignore"):
        known = values(graph, {f"x{k}": np.float64(x) for k, x in enumerate(at)})
    return known[y.index], [known[g.index] for g in adjoints]


TIES = {
    "equal": (lambda a: where(a == 0.0, 3.0, 5.0), 0.0, 3.0, 0.0),
    "not equal": (lambda a: where(a != 0.0, 3.0, 5.0), 0.0, 5.0, 0.0),
    "at most": (lambda a: where(a <= 0.0, 2.0 * a, 5.0), 0.0, 0.0, 2.0),
    "at least": (lambda a: where(a >= 0.0, 2.0 * a, 5.0), 0.0, 0.0, 2.0),
    "absolute value": (abs, 0.0, 0.0, 0.0),
    "absolute value below": (abs, -2.0, 2.0, -1.0),
    "minimum": (lambda a: minimum(a, 3.0 - a), 1.5, 1.5, 0.0),
    "maximum": (lambda a: maximum(3.0 * a, 1.0), 1.0 / 3.0, 1.0, 1.5),
    "minimum of the same": (lambda a: minimum(a, a), 2.0, 2.0, 1.0),
    "sqrt": (sqrt, 0.0, 0.0, 0.0),
    "root of a square": (lambda a: sqrt(a * a), 0.0, 0.0, 0.0),
    "root of a root": (lambda a: sqrt(sqrt(a)), 0.0, 0.0, 0.0),
    "a small root": (lambda a: sqrt(a * a), 1e-18, 1e-18, 1.0),
}
"""Formula, where, its value and its derivative, as documented where there is more than one."""


@pytest.mark.parametrize("name", TIES)
def test_values_and_derivatives_at_ties(name):
    formula, at, value, slope = TIES[name]
    found, (gradient,) = traced(formula, at)
    assert (found, gradient) == (pytest.approx(value, abs=1e-30), pytest.approx(slope))
    assert float(formula(at)) == pytest.approx(value, abs=1e-30)
    assert formula(np.array([at, at])) == pytest.approx(np.array([value, value]), abs=1e-30)


@pytest.mark.parametrize("formula", [abs, lambda a: minimum(a, 1.0), lambda a: maximum(1.0, a), sqrt])
def test_what_is_not_a_number_stays_so(formula):
    """As in NumPy: a flow that has blown up must not look sound."""
    assert np.isnan(traced(formula, np.nan)[0])


@pytest.mark.parametrize("name", FORMULAS)
def test_floats_arrays_and_expressions_agree(name):
    """One function: of floats it is a float, of fp32 arrays it stays fp32, and all three have one value."""
    formula, at = FORMULAS[name], [(0.7, 1.3), (1.3, 0.7), (0.5, 0.5), (1.0, 1.0)]
    expected = [traced(formula, *x)[0] for x in at]
    assert [formula(*x) for x in at] == pytest.approx(expected, rel=1e-14)
    assert all(type(formula(*x)) is float for x in at)
    a, b = np.array(at).T
    assert formula(a, b) == pytest.approx(np.array(expected), rel=1e-14)
    single = formula(a.astype(np.float32), b.astype(np.float32))
    assert single.dtype == np.float32
    assert single == pytest.approx(np.array(expected), rel=1e-5, abs=1e-6)


def test_expressions_are_found_by_identity():
    """In dictionaries, sets and by `is`; a comparison is a mask, so that `in` and `index` raise rather than answer wrongly."""
    graph = Graph()
    a, b = graph.input("a"), graph.input("b")
    assert {a: 1, b: 2}[b] == 2
    assert len({a, b, graph.input("a")}) == 2
    assert a in [a, b]
    for search in (lambda: b in [a], lambda: [a].index(b), lambda: (a,) == (b,), lambda: min(a, b), lambda: sorted([a, b])):
        with pytest.raises(TypeError, match="no truth value"):
            search()


def test_what_can_be_no_operand_is_refused():
    graph = Graph()
    a = graph.input("a")
    for wrong in (lambda: a == None, lambda: a == "x", lambda: a + np.zeros(3), lambda: np.zeros(3) < a):  # noqa: E711
        with pytest.raises(TypeError, match="use an expression, or one number"):
            wrong()
    for wrong in (lambda: 2.0 * (a < 1.0), lambda: sqrt(a == 1.0), lambda: where(a < 1.0, a != 2.0, a)):
        with pytest.raises(TypeError, match="mask is not a number"):
            wrong()
    with pytest.raises(TypeError, match="compare it first"):
        where(a, 1.0, 2.0)


def test_values_of_two_cells_are_two_loads():
    """A load is known by array, component and offset; an array that is read with two sizes is a mistake."""
    trace = KernelTrace(D2Q9, ())
    near = [trace.shifted("source", 0, 9, offset) for offset in ((1, 0), (-1, 0), (0, 1), (1, 0))]
    assert len(set(near)) == 3
    assert near[0] is near[3]
    trace.local("adjoint", 1, 9)
    with pytest.raises(ValueError, match="read in two ways"):
        trace.local("adjoint", 1, 3)


def test_floats_and_arrays_pass_through():
    x = np.array([1.0, 4.0])
    assert np.array_equal(where(x < 2.0, x, -x), [1.0, -4.0])
    assert np.array_equal(sqrt(x), [1.0, 2.0])
    assert np.array_equal(has_bit(np.array([1, 2, 3]), 1), [False, True, True])
    assert total([]) == 0.0


def test_a_traced_value_has_no_truth():
    a = Graph().input("a")
    with pytest.raises(TypeError, match="where"):
        _ = 1.0 if a < 2.0 else 3.0
    with pytest.raises(TypeError, match="where"):
        _ = a and 1.0


@pytest.mark.parametrize("exponent", [0, -1, 0.5])
def test_powers_that_are_refused(exponent):
    with pytest.raises(ValueError, match=f"{exponent}.*positive integer"):
        Graph().input("a") ** exponent


def test_a_constant_that_is_not_finite_is_refused():
    graph = Graph()
    with pytest.raises(ValueError, match="constant is inf"):
        cpp([graph.input("a") * float("inf")])


def test_a_pullback_of_numbers_is_refused():
    with pytest.raises(ValueError, match="traced"):
        pullback([1.0], [1.0], [2.0])


@pytest.mark.parametrize("precision", [wp.float32, wp.float64], ids=["fp32", "fp64"])
def test_compiled_text_computes_what_numpy_does(precision, device):
    """All formulas in one kernel, over random cells, in every third of which both numbers are equal."""
    domain = box((16, 16), device=device)
    trace = KernelTrace(D2Q9, ())
    a, b = trace.local("source", 0, 2), trace.local("source", 1, 2)
    for k, formula in enumerate(FORMULAS.values()):
        trace.store("target", k, len(FORMULAS), formula(a, b))
    kernel = trace.kernel(precision, domain.backend)
    source, target = tile_array(domain, 2, precision), tile_array(domain, len(FORMULAS), precision)
    given = np.random.default_rng(2).uniform(0.5, 2.0, source.shape).astype(wp.dtype_to_numpy(precision))
    given[:, 1, ::3] = given[:, 0, ::3]
    source.assign(given)
    groups = group_tiles(domain, {TileClass(False, False): np.arange(domain.tile_count)})
    sweep = TileSweep(
        domain,
        groups,
        lambda tiles: kernel,
        arrays={"parameters": wp.zeros(1, dtype=precision, device=device)},
        state_bytes=0,
    )
    sweep(source=source, target=target)
    x, y = np.moveaxis(tile_view(domain, source, 2).astype(np.float64), 1, 0)
    for got, formula in zip(
        np.moveaxis(tile_view(domain, target, len(FORMULAS)), 1, 0), FORMULAS.values(), strict=True
    ):
        assert np.abs(got - formula(x, y)).max() < 50.0 * np.finfo(got.dtype).eps
