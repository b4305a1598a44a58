"""From what a command was given to the case: that of its file, with what the options say in front."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..case import Case, CaseBoundary, CaseDesign, CaseDomain, CaseObstacle
from ..case.entry import CasePart, spelt
from ..case.openings import CaseOpenings, tunnel_sides
from ..errors import OptionError
from .options import axis_number, chosen, three

_SETTINGS = {
    "voxel_size": "domain", "reynolds": "fluid", "density": "fluid", "lattice_velocity": "solver", "tolerance": "solver",
    "settle_steps": "solver", "wall": "solver", "collision": "solver", "lattice": "solver", "iterations": "objective",
    "seconds": "objective", "second_grid": "objective", "cross_check": "objective", "limit": "design", "fixed_volume": "design",
    "time": "scene", "levels": "scene", "metres_per_unit": "scene",
}  # fmt: skip
"""Options that are an attribute of the same name, and its part."""


def case_of(given: Mapping[str, Any], *more_variants: str) -> Case:
    """The case of a command's parameters, None where they were not given; `more_variants`: beside those of --variant."""
    variants = chosen([*(given["variant"] or ()), *more_variants])
    case = Case.open(given["scene"], variants=variants, confine=given["confine"])
    parts: dict[str, Any] = {}
    for name, part in _SETTINGS.items():
        if given.get(name) is not None:
            parts[part] = _with(parts.get(part, getattr(case, part)), name, given[name])
    case = replace(case, **parts)
    return replace(
        case, obstacle=_obstacles(case, given), domain=_domain(case, given), boundary=_boundary(case, given),
        design=_design(_free_design(case, given), given),
    )  # fmt: skip


def output_of(output: Path | None, case: Case, suffix: str = "") -> Path:
    """The folder of the results, each command's by a suffix of its own; the one that a case names is seen from its file."""
    if output is not None:
        return output
    if case.output.folder is not None:
        return (case.source.file or case.file).parent / f"{case.output.folder}{suffix}"
    return Path("results") / f"{case.name}{suffix}"


def _with(part: CasePart, name: str, value: Any) -> CasePart:
    """A part with one attribute changed; what says the same in another way is taken back."""
    entries = type(part).entries()
    allowed = entries[spelt(name)].allowed
    if allowed and value not in allowed:
        raise OptionError(f"--{name} {value!r}: give {' or '.join(allowed)}")
    others = {each: None for each in vars(part) if spelt(name) in entries[spelt(each)].instead_of}
    return replace(part, **{name: value, **others})  # type: ignore[type-var]


def _obstacles(case: Case, given: Mapping[str, Any]) -> dict[str, CaseObstacle]:
    """The roles, with those that --obstacle and --without give."""
    roles = {path: each.role for path, each in case.obstacle.items()}
    if given["obstacle"] is not None:  # What the case names stands in the flow then, unless it is above or below this prim.
        roles = {path: role for path, role in roles.items() if role != "design"}
        roles["/" + given["obstacle"].strip("/")] = "design"
    roles |= {"/" + path.strip("/"): "ignored" for path in given["without"] or ()}
    return {path: CaseObstacle(role=role) for path, role in roles.items()}


def _free_design(case: Case, given: Mapping[str, Any]) -> CaseDesign:
    """The design of the case, which goes over to the prim of --obstacle; ops stay with their own."""
    return case.design if given["obstacle"] is None or case.design.kind == "xformOps" else replace(case.design, prim=None)


def _domain(case: Case, given: Mapping[str, Any]) -> CaseDomain:
    """The box, by --box in place of corners."""
    if given["box"] is None:
        return case.domain
    upstream, downstream, side = three("--box", given["box"], float, "2,4,1.5")
    return replace(case.domain, upstream=upstream, downstream=downstream, side=side, lower=None, upper=None)


def _boundary(case: Case, given: Mapping[str, Any]) -> Mapping[str, CaseBoundary]:
    """The sides, with the axis and the velocity of the options."""
    if case.surface is not None:
        _refuse_of_boxes(case, given)
        return case.boundary
    openings = CaseOpenings.of(case.boundary, case.source)
    axis = openings.axis if given["flow_axis"] is None else axis_number(given["flow_axis"])
    speed = openings.velocity if given["velocity"] is None else given["velocity"]
    if axis == openings.axis:
        moved = {
            side: replace(case.boundary[side], velocity=each.velocity)
            for side, each in tunnel_sides(axis, speed).items()
        }
        return {**case.boundary, **moved}
    if case.boundary != tunnel_sides(openings.axis, openings.velocity):
        place = case.source.place("boundary", "kind", openings.inlet)
        raise OptionError(
            f"--flow-axis {given['flow_axis']}: the case names its sides, {place} is inlet: change them there"
        )
    return tunnel_sides(axis, speed)


def _refuse_of_boxes(case: Case, given: Mapping[str, Any]) -> None:
    """Raises OptionError for what goes with a box, where a case has its flow inside a surface."""
    for name in ("velocity", "flow_axis", "box"):
        if given[name] is not None:
            raise OptionError(
                f"--{name.replace('_', '-')}: flow inside {case.surface} has no box: its openings say how it enters, "
                "change it there"
            )


def _design(design: CaseDesign, given: Mapping[str, Any]) -> CaseDesign:
    """What the options free, in place of what the case frees. Raises OptionError where they name several ways."""
    ways = [name for name in ("ffd", "rigid", "vertices", "vary") if given.get(name)]
    if len(ways) > 1:
        names = " and ".join(f"--{name}" for name in ways)
        raise OptionError(f"{names}: a body deforms in one way only, choose 1 of them")
    if not ways:
        return design
    value, plain = given[ways[0]], CaseDesign(prim=design.prim, limit=design.limit, fixed_volume=design.fixed_volume)
    if ways == ["ffd"]:
        return replace(plain, kind="ffd", control_points=three("--ffd", value, int, "4,3,4"))
    if ways == ["rigid"]:
        return replace(plain, kind="rigid")
    if ways == ["vertices"]:
        return replace(plain, kind="vertices", smoothing=value)
    prim, ops = _vary(value)
    return replace(plain, kind="xformOps", prim=prim, vary=ops, limit=None)


def _vary(texts: list[str]) -> tuple[str, tuple[str, ...]]:
    """The prim of `--vary`, and its ops with their reach."""
    prims, ops = [], []
    for text in texts:
        head, _, numbers = text.partition("=")
        prim, _, op = head.rpartition(".")
        if not (prim and op and numbers):
            raise OptionError(f"--vary {text!r}: give PRIM.OP=REACH, such as /World/Wing.xformOp:rotateY=20")
        prims.append(prim)
        ops.append(f"{op}={numbers}")
    if len(set(prims)) > 1:
        raise OptionError(f"--vary names {len(set(prims))} prims, {', '.join(sorted(set(prims)))}: choose 1 of them")
    return prims[0], tuple(ops)
