"""Traced expressions: derivatives of every operation, folding, sharing, refusals, and the C++ that comes out."""

import numpy as np
import pytest
import warp as wp

from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_array, tile_view
from sparselbm.kernels.launch import TileSweep, group_tiles
from sparselbm.kernels.tile_kernel import TileTrace
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.collision import BGK, TRT
from sparselbm.models.physics import TileClass
from sparselbm.trace.expression import Graph, cpp, dot, exp, has_bit, log, power, pullback, sqrt, total, where

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
    "used twice": lambda a, b: (a * b) * (a * b) + a * b,
    "dot and total": lambda a, b: dot([a, b, a], [b, b, 2.0]) + total([a, b, a * b, 1.0, b]),
}


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
            case "<":
                y = x[0] < x[1]
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
    ]:  # fmt: skip
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
    with pytest.raises(ValueError, match=f"{exponent}.*whole powers"):
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
    """All formulas in one kernel, over random cells."""
    domain = box((16, 16), device=device)
    trace = TileTrace(D2Q9, ())
    a, b = trace.local("source", 0, 2), trace.local("source", 1, 2)
    for k, formula in enumerate(FORMULAS.values()):
        trace.store("target", k, len(FORMULAS), formula(a, b))
    kernel = trace.kernel(precision, not domain.device.is_cpu)
    source, target = tile_array(domain, 2, precision), tile_array(domain, len(FORMULAS), precision)
    given = np.random.default_rng(2).uniform(0.5, 2.0, source.shape[0]).astype(wp.dtype_to_numpy(precision))
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
