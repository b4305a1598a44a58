"""Units of measurement in texts, such as "5 mL/s" or "80 mmHg", and quantities printed in SI and clinical units."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from .errors import UnitsError

_MMHG = 133.322387415
_SYMBOLS: dict[str, tuple[float, tuple[int, int, int, int]]] = {
    "m": (1.0, (0, 1, 0, 0)), "g": (1e-3, (1, 0, 0, 0)), "s": (1.0, (0, 0, 1, 0)), "K": (1.0, (0, 0, 0, 1)),
    "L": (1e-3, (0, 3, 0, 0)), "l": (1e-3, (0, 3, 0, 0)), "N": (1.0, (1, 1, -2, 0)), "Pa": (1.0, (1, -1, -2, 0)),
    "J": (1.0, (1, 2, -2, 0)), "W": (1.0, (1, 2, -3, 0)), "P": (0.1, (1, -1, -1, 0)), "St": (1e-4, (0, 2, -1, 0)),
    "dyn": (1e-5, (1, 1, -2, 0)), "bar": (1e5, (1, -1, -2, 0)), "Hz": (1.0, (0, 0, -1, 0)),
}
"""Units that take a prefix: value in SI, and powers of kg, m, s and K."""
_WHOLE: dict[str, tuple[float, tuple[int, int, int, int]]] = {
    "mmHg": (_MMHG, (1, -1, -2, 0)), "cmH2O": (98.0665, (1, -1, -2, 0)), "atm": (101325.0, (1, -1, -2, 0)),
    "min": (60.0, (0, 0, 1, 0)), "h": (3600.0, (0, 0, 1, 0)), "in": (0.0254, (0, 1, 0, 0)), "ft": (0.3048, (0, 1, 0, 0)),
    "%": (0.01, (0, 0, 0, 0)), "1": (1.0, (0, 0, 0, 0)),
}
"""Units without a prefix."""
_PREFIXES = {"k": 1e3, "M": 1e6, "c": 1e-2, "d": 1e-1, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "n": 1e-9}
_NAMES: dict[tuple[int, ...], str] = {
    (0, 1, 0, 0): "a length", (0, 2, 0, 0): "an area", (0, 3, 0, 0): "a volume", (0, 0, 1, 0): "a time",
    (0, 1, -1, 0): "a velocity", (0, 3, -1, 0): "a flow rate", (1, -1, -2, 0): "a pressure", (1, -3, 0, 0): "a density",
    (0, 2, -1, 0): "a kinematic viscosity", (1, -1, -1, 0): "a dynamic viscosity", (1, -4, -1, 0): "a flow resistance",
    (-1, 4, 2, 0): "a compliance", (1, 1, -2, 0): "a force", (1, 0, 0, 0): "a mass", (0, 0, 0, 0): "a number without unit",
}
_EXAMPLES = {
    "m3/s": "5 mL/s", "Pa": "80 mmHg", "m": "2 mm", "Pa s": "3.5 mPa s", "m/s": "20 cm/s", "m2": "3 cm2", "s": "0.8 s",
}
_FACTOR = re.compile(r"([A-Za-zµμ%]+?(?:H2O)?|1)(?:\^?(-?\d+))?$")
_TEXT = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*$")


def quantity(text: str, unit: str) -> float:
    """The SI value of a text such as "5 mL/s", which has to be of the kind of `unit`, such as "m3/s".

    Units are products and quotients of SI units with prefixes (k, M, c, d, m, u, n), L, mmHg, cmH2O, bar, atm, dyn, P, St, min,
    h, in and ft, such as "mmHg s/mL" or "dyn s/cm5"; all that follows a slash divides. Raises UnitsError for a text that is no
    number with a unit, and for a unit of another kind.
    """
    found = _TEXT.match(text)
    if found is None or not found[2] or not math.isfinite(float(found[1])):
        raise UnitsError(f"it must be a finite number in {unit}, or a text with a unit such as {example(unit)!r}")
    factor, powers = _parsed(found[2], unit)
    _, wanted = _parsed(unit, unit)
    if powers != wanted:
        given, needed = (_NAMES.get(each, "another quantity") for each in (powers, wanted))
        raise UnitsError(
            f"it is {given}, but {needed} is needed: give a text such as {example(unit)!r}, or a finite number in {unit}"
        )
    return float(found[1]) * factor


def example(unit: str) -> str:
    """A quantity of the kind of a unit, as a text."""
    return _EXAMPLES.get(unit, f"1 {unit}")


def _parsed(unit: str, wanted: str) -> tuple[float, tuple[int, ...]]:
    """Value in SI and powers of kg, m, s, K of a unit."""
    factor, powers = 1.0, [0, 0, 0, 0]
    for k, part in enumerate(unit.split("/")):
        sign = 1 if k == 0 else -1
        for symbol in re.split(r"[\s*.·]+", part.strip()):
            value, dimension, power = _symbol(symbol, unit, wanted)
            factor *= value ** (sign * power)
            powers = [a + sign * power * b for a, b in zip(powers, dimension, strict=True)]
    return factor, tuple(powers)


def _symbol(symbol: str, unit: str, wanted: str) -> tuple[float, tuple[int, int, int, int], int]:
    """Value, powers and exponent of a factor, such as cm5."""
    if symbol in _WHOLE:
        return (*_WHOLE[symbol], 1)
    if found := _FACTOR.match(symbol):
        name, power = found[1], int(found[2] or 1)
        if name in _WHOLE:
            return (*_WHOLE[name], power)
        if name in _SYMBOLS:
            return (*_SYMBOLS[name], power)
        if name[:1] in _PREFIXES and name[1:] in _SYMBOLS:
            value, dimension = _SYMBOLS[name[1:]]
            return _PREFIXES[name[0]] * value, dimension, power
    raise UnitsError(
        f"{symbol!r} is no unit: give a text such as {example(wanted)!r}, or a finite number in {wanted}"
    )


def pressure_text(pressure: float) -> str:
    """A pressure in Pa, and in mmHg from 0.1 mmHg on."""
    shown = f"{pressure:.5g} Pa"
    return f"{shown} ({pressure / _MMHG:.4g} mmHg)" if abs(pressure) >= 0.1 * _MMHG else shown


def flow_rate_text(rate: float, sign: str = "") -> str:
    """A flow rate in m^3/s, and in mL/s between 0.001 and 10,000 mL/s; `sign`: "+" to print it always."""
    shown = f"{rate:{sign}.5g} m^3/s"
    return f"{shown} ({1e6 * rate:{sign}.4g} mL/s)" if 1e-9 <= abs(rate) <= 1e-2 else shown


def vector_text(values: Iterable[float]) -> str:
    """Components of a vector, or coordinates of a point: (1, 0.25, 0)."""
    return "(" + ", ".join(f"{each:.4g}" for each in values) + ")"
