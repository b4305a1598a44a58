"""Template of a case as text: every setting with its default, and its documentation as a comment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields

from ..flows import WindTunnel
from ..results.stage.layer_head import LayerHead
from .entry import CasePart, Entry, spelt
from .parts import (
    SIDES,
    CaseBoundary,
    CaseDesign,
    CaseDomain,
    CaseFluid,
    CaseForce,
    CaseImage,
    CaseObjective,
    CaseObstacle,
    CaseOpening,
    CaseOutput,
    CaseReference,
    CaseSolver,
    CaseStream,
    CaseTime,
    SceneFile,
)
from .values import toml_value, usd_value

_SINGLE = (
    SceneFile(), CaseDomain(), CaseReference(), CaseFluid(reynolds=WindTunnel.reynolds), CaseForce(), CaseStream(),
    CaseSolver(), CaseTime(), CaseObjective(), CaseOutput(),
)
_HINT = (
    "Settings that are removed take their defaults. Constraints on the shape or its flow can be added: thickness, box, force and "
    "pressureDrop. Heat and other scalars are SparselbmScalarAPI, or tables [scalar.NAME]."
)


def usd_text(head: LayerHead, obstacle: str) -> str:
    """A layer over a scene: a prim with the case, and overs down to the obstacle with its role and design."""
    sides = _sides()
    applied = [part.schema() for part in _SINGLE] + [f"{CaseBoundary.schema()}:{side}" for side in sides]
    body = [line for part in _SINGLE for line in _usd_lines(part, f"sparselbm:{part.space}:")]
    body += [line for side, part in sides.items() for line in _usd_lines(part, f"sparselbm:boundary:{side}:")]
    case = _prim(f'def Scope "{head.free_name("Case")}"', applied, [f"# {_HINT}", *_once(body)])
    shape = [CaseObstacle(role="design"), CaseDesign()]
    lines = [line for part in shape for line in _usd_lines(part, f"sparselbm:{part.space}:")]
    *above, name = obstacle.strip("/").split("/")
    over = _prim(f'over "{name}"', [part.schema() for part in shape], lines)
    for each in reversed(above):
        over = _prim(f'over "{each}"', [], over)
    return "\n".join(["#usda 1.0", *head.lines(), "", *case, "", *over]) + "\n"


def toml_text(scene: SceneFile, obstacle: str) -> str:
    """A TOML file beside a scene, with the same names."""
    tables: list[tuple[str, CasePart]] = [("scene", scene)]
    tables += [(f'obstacle."{path}"', CaseObstacle(role="design")) for path in obstacle.split(",")]
    tables += [("design", CaseDesign())]
    tables += [(part.space, part) for part in _SINGLE if not isinstance(part, SceneFile)]
    tables += [(f"boundary.{side}", part) for side, part in _sides().items()]
    lines = [line for name, part in tables for line in ("", f"[{name}]", *_toml_lines(part))]
    return "\n".join([f"# {_HINT}", *_once(lines)]) + "\n"


def vessel_text(head: LayerHead, root: str, wall: str, openings: Mapping[str, CaseOpening]) -> str:
    """A layer over the surface of a vessel and its caps: a prim with the case, and overs with the role of each prim."""
    parts = (CaseFluid(), CaseSolver(), CaseTime(), CaseOutput())
    body = [line for part in parts for line in _usd_lines(part, f"sparselbm:{part.space}:")]
    # A fluid volume has no box: only the cell size applies.
    body += list(_usd_lines(CaseDomain(), "sparselbm:domain:"))[:2]
    applied = [part.schema() for part in (*parts, CaseDomain())]
    case = _prim(f'def Scope "{head.free_name("Case")}"', applied, ["# Settings that are removed take their defaults.", *body])
    roles: dict[str, CasePart] = {wall: CaseObstacle(role="fluidVolume"), **openings}
    overs = [
        line for name, part in roles.items()
        for line in ("", *_prim(f'over "{name}"', [part.schema()], list(_usd_lines(part, f"sparselbm:{part.space}:"))))
    ]
    return "\n".join(["#usda 1.0", *head.lines(), "", *case, "", *_once(_prim(f'over "{root}"', [], overs[1:]))]) + "\n"


def image_text(file: str) -> str:
    """A TOML file beside a voxel image."""
    parts = (CaseImage(file=file), CaseDomain(), CaseFluid(), CaseSolver(), CaseOutput())
    lines = [line for part in parts for line in ("", f"[{part.space}]", *_toml_lines(part))]
    return "\n".join(["# Settings that are removed take their defaults.", *_once(lines)]) + "\n"


def _once(lines: list[str]) -> Iterator[str]:
    """The lines, with each comment only once."""
    seen = set()
    for line in lines:
        if line not in seen or not line.lstrip().startswith("# "):
            yield line
        seen.add(line)


def _sides() -> dict[str, CaseBoundary]:
    """All six sides, with a stream of 1 m/s along x."""
    stream = {"xMin": CaseBoundary(kind="inlet", velocity=(1.0, 0.0, 0.0)), "xMax": CaseBoundary(kind="outlet")}
    return {side: stream.get(side, CaseBoundary()) for side in SIDES}


def _settings(part: CasePart, keep: Callable[[Entry], bool]) -> Iterator[tuple[str, Entry, object]]:
    """Names, entries and values of the settings of a part that apply to its kind."""
    for each in fields(part):  # type: ignore[arg-type]
        known = each.metadata["entry"]
        if keep(known) and (not known.only or getattr(part, "kind", None) in known.only):
            yield spelt(each.name), known, getattr(part, each.name)


def _usd_lines(part: CasePart, head: str) -> Iterator[str]:
    for name, known, value in _settings(part, lambda known: not known.composed):
        yield f"# {_comment(known)}"
        yield f"{known.declaration} {head}{name}" + ("" if value is None else f" = {usd_value(value)}")


def _toml_lines(part: CasePart) -> Iterator[str]:
    for name, known, value in _settings(part, lambda known: True):
        yield f"# {_comment(known)}"
        yield f"# {name} =" if value is None else f"{name} = {toml_value(value)}"


def _comment(known: Entry) -> str:
    return known.text + (f" [{' | '.join(known.allowed)}]" if known.allowed else "")


def _prim(head: str, applied: list[str], body: list[str]) -> list[str]:
    schemas = ", ".join(f'"{name}"' for name in applied)
    opening = [f"{head} (", f"    prepend apiSchemas = [{schemas}]", ")"] if applied else [head]
    return [*opening, "{", *(f"    {line}" if line else "" for line in body), "}"]
