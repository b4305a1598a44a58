"""Straight-line expressions: physics written once as plain Python, traced, differentiated and printed as C++.

The physics of a cell is a function of numbers. Called with `Expression`s, it is recorded as a graph without
branches (masked arithmetic through `where`), from which the vectorised CPU kernel, the CUDA kernel and, by
`pullback`, their adjoints are generated. Called with floats or NumPy arrays, it is its own reference implementation.

Comparisons of expressions, including `==` and `!=`, are masks for `where`; use `a is b` to test for the same expression.
A traced mask has no truth value: `if`, `and`, `in`, `min` and `max` raise TypeError.

Equal subexpressions are one node, constants are folded, and products with 0 and 1 are simplified while recording.
Measured on D3Q19 against Warp's own code generation: see docs/explanation/traced_physics.md.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Expression:
    """A node of the graph: an operation on earlier nodes, a constant, or a named input. Its hash is its identity."""

    graph: "Graph"
    index: int
    operation: str
    """One of: constant, input, +, -, *, /, neg, sqrt, exp, log, where, and the masks bit, matches, <, <=, ==, !=."""
    operands: tuple["Expression", ...] = ()
    value: Any = None
    """Value of a constant, C++ text of an input, or bit tested by `bit`."""

    __array_ufunc__ = None  # NumPy then leaves mixed arithmetic to the operators below.

    def __add__(self, other):
        return self.graph.add(self, self.graph.lift(other))

    def __radd__(self, other):
        return self.graph.add(self.graph.lift(other), self)

    def __sub__(self, other):
        return self.graph.subtract(self, self.graph.lift(other))

    def __rsub__(self, other):
        return self.graph.subtract(self.graph.lift(other), self)

    def __mul__(self, other):
        return self.graph.multiply(self, self.graph.lift(other))

    def __rmul__(self, other):
        return self.graph.multiply(self.graph.lift(other), self)

    def __truediv__(self, other):
        return self.graph.divide(self, self.graph.lift(other))

    def __rtruediv__(self, other):
        return self.graph.divide(self.graph.lift(other), self)

    def __neg__(self):
        return self.graph.negate(self)

    def __pow__(self, exponent: int):
        if not isinstance(exponent, int) or exponent < 1:
            raise ValueError(
                f"an expression was raised to the power {exponent!r}: use a positive integer, sqrt or a quotient"
            )
        result = self
        for _ in range(exponent - 1):
            result = result * self
        return result

    def __lt__(self, other):
        return self.graph.node("<", (self, self.graph.lift(other)))

    def __gt__(self, other):
        return self.graph.lift(other) < self

    def __le__(self, other):
        return self.graph.node("<=", (self, self.graph.lift(other)))

    def __ge__(self, other):
        return self.graph.lift(other) <= self

    def __eq__(self, other):  # type: ignore[override]
        return self.graph.node("==", (self, self.graph.lift(other)))

    def __ne__(self, other):  # type: ignore[override]
        return self.graph.node("!=", (self, self.graph.lift(other)))

    __hash__ = object.__hash__

    def __abs__(self):
        return where(self < 0.0, -self, where(self == 0.0, 0.0, self))

    def __bool__(self):
        raise TypeError(
            "a traced value has no truth value: use where(mask, a, b) instead of if, and, or; minimum and maximum instead of min "
            "and max; and `is` to find an expression in a sequence"
        )

    @property
    def is_mask(self) -> bool:
        """Whether this is a mask and not a number."""
        return self.operation in _MASKS


@dataclass(eq=False)
class Graph:
    """Graph of the nodes recorded so far, in an order in which they can be evaluated."""

    nodes: list[Expression] = field(default_factory=list)
    _known: dict[tuple, Expression] = field(default_factory=dict)

    def node(self, operation: str, operands: tuple[Expression, ...] = (), value: Any = None) -> Expression:
        """Node with this operation and these operands; it is created only once."""
        numbers = operands[1:] if operation == "where" else operands
        if any(x.is_mask for x in numbers):
            raise TypeError(f"{operation} of a mask: a mask is not a number, use where(mask, 1.0, 0.0)")
        if operation == "where" and not operands[0].is_mask:
            raise TypeError("where(mask, a, b) of a number: compare it first, as in where(x > 0.5, a, b)")
        key = (operation, tuple(x.index for x in operands), value)
        if key not in self._known:
            self._known[key] = Expression(self, len(self.nodes), operation, operands, value)
            self.nodes.append(self._known[key])
        return self._known[key]

    def constant(self, value: float) -> Expression:
        """Returns a constant."""
        return self.node("constant", value=float(value))

    def input(self, text: str) -> Expression:
        """Returns an input, which the surrounding C++ code names `text`."""
        return self.node("input", value=text)

    def lift(self, value) -> Expression:
        """Returns the value as a node; a number becomes a constant. Raises TypeError for anything else."""
        if isinstance(value, Expression):
            return value
        if isinstance(value, int | float | np.number | np.bool_):
            return self.constant(float(value))
        raise TypeError(f"{value!r} is combined with a traced value: use an expression, or one number for all cells")

    def add(self, a: Expression, b: Expression) -> Expression:
        """Returns a + b, simplified."""
        if _is(a, 0.0):
            return b
        if _is(b, 0.0):
            return a
        if _constants(a, b):
            return self.constant(a.value + b.value)
        if b.operation == "neg":
            return self.subtract(a, b.operands[0])
        if a.operation == "neg":
            return self.subtract(b, a.operands[0])
        return self.node("+", (a, b) if a.index <= b.index else (b, a))

    def subtract(self, a: Expression, b: Expression) -> Expression:
        """Returns a - b, simplified."""
        if _is(b, 0.0):
            return a
        if _is(a, 0.0):
            return self.negate(b)
        if a is b:
            return self.constant(0.0)
        if _constants(a, b):
            return self.constant(a.value - b.value)
        if b.operation == "neg":
            return self.add(a, b.operands[0])
        return self.node("-", (a, b))

    def multiply(self, a: Expression, b: Expression) -> Expression:
        """Returns a b, simplified."""
        if _constants(a, b):
            return self.constant(a.value * b.value)
        if b.operation == "constant":
            a, b = b, a
        if _is(a, 0.0):
            return a
        if _is(a, 1.0):
            return b
        if _is(a, -1.0):
            return self.negate(b)
        if a.operation == "neg":
            return self.negate(self.multiply(a.operands[0], b))
        if b.operation == "neg":
            return self.negate(self.multiply(a, b.operands[0]))
        return self.node("*", (a, b) if a.index <= b.index else (b, a))

    def divide(self, a: Expression, b: Expression) -> Expression:
        """Returns a / b, simplified."""
        if b.operation == "constant":
            return self.multiply(self.constant(1.0 / b.value), a)
        if _is(a, 0.0):
            return a
        return self.node("/", (a, b))

    def negate(self, a: Expression) -> Expression:
        """Returns -a, simplified."""
        if a.operation == "constant":
            return self.constant(-a.value)
        if a.operation == "neg":
            return a.operands[0]
        if a.operation == "-":
            return self.subtract(a.operands[1], a.operands[0])
        return self.node("neg", (a,))


def _is(a: Expression, value: float) -> bool:
    return a.operation == "constant" and a.value == value


def _constants(a: Expression, b: Expression) -> bool:
    return a.operation == "constant" and b.operation == "constant"


def _graph_of(*values) -> Graph | None:
    return next((v.graph for v in values if isinstance(v, Expression)), None)


def where(mask, a, b):
    """Returns `a` where the mask is true, else `b`; both are computed (masked arithmetic, no branch)."""
    if isinstance(mask, bool | np.bool_):
        return a if mask else b
    graph = _graph_of(mask, a, b)
    if graph is None:
        return np.where(mask, a, b)
    a, b = graph.lift(a), graph.lift(b)
    return a if a is b else graph.node("where", (mask, a, b))


def minimum(a, b):
    """Minimum of a and b. Where they are equal, each has half of the derivative."""
    if _graph_of(a, b) is None:
        return _of_numbers(np.minimum, a, b)
    return where(a < b, a, where(b < a, b, 0.5 * (a + b)))


def maximum(a, b):
    """Maximum of a and b. Where they are equal, each has half of the derivative."""
    if _graph_of(a, b) is None:
        return _of_numbers(np.maximum, a, b)
    return where(b < a, a, where(a < b, b, 0.5 * (a + b)))


def sqrt(a):
    """Square root of a >= 0. Its derivative at 0 is defined as 0, so that the norm of a vector has a derivative everywhere."""
    return a.graph.node("sqrt", (a,)) if isinstance(a, Expression) else _of_numbers(np.sqrt, a)


def exp(a):
    """Exponential function e^a."""
    return a.graph.node("exp", (a,)) if isinstance(a, Expression) else _of_numbers(np.exp, a)


def log(a):
    """Natural logarithm of a > 0."""
    return a.graph.node("log", (a,)) if isinstance(a, Expression) else _of_numbers(np.log, a)


def _of_numbers(function: Callable, *values):
    """Result of a NumPy function; a float for floats, because NumPy scalars would convert fp32 arrays to fp64."""
    result = function(*values)
    return float(result) if all(isinstance(x, int | float) for x in values) else result


def power(a, exponent):
    """Power a^exponent for a real exponent and a > 0."""
    return exp(exponent * log(a))


def has_bit(word, bit: int):
    """Mask that is true where this bit of an integer word is set."""
    return word.graph.node("bit", (word,), bit) if isinstance(word, Expression) else (word >> bit) & 1 == 1


def matches(word, mask: int, value: int):
    """Mask that is true where the bits selected by `mask` in a 32-bit word equal `value`."""
    if isinstance(word, Expression):
        return word.graph.node("matches", (word,), (mask, value))
    return (np.asarray(word, dtype=np.uint32) & np.uint32(mask)) == np.uint32(value)


def total(terms: Iterable):
    """Sum by pairwise addition, which has fewer dependent operations and less rounding than a running sum."""
    terms = list(terms)
    while len(terms) > 1:
        terms = [a + b for a, b in zip(terms[::2], terms[1::2], strict=False)] + ([terms[-1]] if len(terms) % 2 else [])
    return terms[0] if terms else 0.0


def dot(a: Sequence, b: Sequence):
    """Dot product of two short sequences."""
    return total(x * y for x, y in zip(a, b, strict=True))


_DERIVATIVES = {
    "+": lambda y, v, a, b: (v, v),
    "-": lambda y, v, a, b: (v, -v),
    "*": lambda y, v, a, b: (v * b, v * a),
    "/": lambda y, v, a, b: (v / b, -(v / b) * y),
    "neg": lambda y, v, a: (-v,),
    "sqrt": lambda y, v, a: (where(y == 0.0, 0.0, 0.5 * v / where(y == 0.0, 1.0, y)),),
    "exp": lambda y, v, a: (v * y,),
    "log": lambda y, v, a: (v / a,),
    "where": lambda y, v, m, a, b: (None, where(m, v, 0.0), where(m, 0.0, v)),
}
"""Adjoints of the operands of y = operation(operands), given the adjoint v of y."""


def pullback(outputs: Sequence[Expression], adjoints: Sequence, inputs: Sequence[Expression]) -> list[Expression]:
    """Vector-Jacobian product J^T v of `outputs` with respect to `inputs`, by reverse accumulation.

    `adjoints` has one v per output; the result has one expression per input.
    """
    graph = _graph_of(*outputs, *inputs)
    if graph is None:
        raise ValueError("a pullback needs traced inputs, but no value here is an expression")
    terms: dict[int, list] = {}
    for y, v in zip(outputs, adjoints, strict=True):
        if isinstance(y, Expression):
            terms.setdefault(y.index, []).append(v)
    for node in reversed(graph.nodes[:]):
        if node.index not in terms or node.operation not in _DERIVATIVES:
            continue
        v = graph.lift(total(terms[node.index]))
        for operand, adjoint in zip(node.operands, _DERIVATIVES[node.operation](node, v, *node.operands), strict=True):
            if adjoint is not None and not _is(adjoint, 0.0):
                terms.setdefault(operand.index, []).append(adjoint)
    return [graph.lift(total(terms.get(x.index, [0.0]))) for x in inputs]


def assume(outputs: Sequence[Expression], mask: Expression) -> list[Expression]:
    """Specialises the outputs to cells where the mask is true: selections by it are resolved and constants folded."""
    graph = mask.graph
    known: dict[int, Expression] = {}
    for node in graph.nodes[:]:
        operands = tuple(known[x.index] for x in node.operands)
        if node.operation in _FOLDS:
            known[node.index] = _FOLDS[node.operation](graph, *operands)
        elif node.operation == "where" and node.operands[0] is mask:
            known[node.index] = operands[1]
        elif node.operation == "where":
            known[node.index] = where(*operands)
        else:
            known[node.index] = graph.node(node.operation, operands, node.value)
    return [known[y.index] for y in outputs]


_MASKS = {"bit", "matches", "<", "<=", "==", "!="}

_FOLDS = {"+": Graph.add, "-": Graph.subtract, "*": Graph.multiply, "/": Graph.divide, "neg": Graph.negate}

_TEXT = {"+": "{0} + {1}", "-": "{0} - {1}", "*": "{0} * {1}", "/": "{0} / {1}", "neg": "-{0}", "sqrt": "root({0})",
         "exp": "exponential({0})", "log": "logarithm({0})",
         "where": "{0} ? {1} : {2}", "<": "{0} < {1}", "<=": "{0} <= {1}", "==": "{0} == {1}", "!=": "{0} != {1}"}


def ancestors(outputs: Sequence[Expression]) -> set[int]:
    """Indices of the nodes that the outputs depend on, including the outputs themselves."""
    needed: set[int] = set()
    stack = list(outputs)
    while stack:
        node = stack.pop()
        if node.index not in needed:
            needed.add(node.index)
            stack.extend(node.operands)
    return needed


def cpp(outputs: Sequence[Expression]) -> tuple[dict[str, str], list[str]]:
    """C++ statements that compute the outputs, keyed by the names that they define, and the name of each output.

    Numbers have the type `Real` and masks the type `Mask`, both defined by the surrounding code.
    """
    needed = ancestors(outputs)
    nodes = outputs[0].graph.nodes if outputs else []
    computed = [x for x in nodes if x.index in needed and x.operation not in ("constant", "input")]
    return {_name(x): _statement(x) for x in computed}, [_name(y) for y in outputs]


def _name(node: Expression) -> str:
    if node.operation == "constant":
        if not math.isfinite(node.value):
            raise ValueError(
                f"a traced constant is {node.value}, but must be finite: check the parameters of the model"
            )
        return f"constant({node.value!r})"
    return node.value if node.operation == "input" else f"t{node.index}"


def _statement(node: Expression) -> str:
    if node.operation == "bit":
        return f"const Mask t{node.index} = has_bit({_name(node.operands[0])}, {node.value});"
    if node.operation == "matches":
        mask, value = node.value
        value = value if isinstance(value, str) else f"{value}u"
        return f"const Mask t{node.index} = matches({_name(node.operands[0])}, {mask}u, {value});"
    kind = "Mask" if node.is_mask else "Real"
    return f"const {kind} t{node.index} = {_TEXT[node.operation].format(*map(_name, node.operands))};"
