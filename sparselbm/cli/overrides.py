"""Builds the case of a command: the settings of its file, overridden by the options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..case import Case, CaseDesign, CaseDomain, CaseObstacle
from ..case.entry import CasePart, converted, spelt
from ..case.kinds import COUNTS, VECTOR
from ..case.record import settings_of
from ..case.user_file import names_a_class
from ..errors import OptionError
from ..files.bundled import found_or_bundled
from ..files.json_values import json_value
from ..scene.usd import Scene
from .options import chosen, three
from .stream_options import fluid_of, stream_of


@dataclass(frozen=True)
class Overrides:
    """Scene and options of a command; options that were not given are None."""

    values: Mapping[str, Any]
    """Values of the options by parameter."""
    settings: Mapping[str, tuple[type[CasePart], str]]
    """Part and attribute of the case for each parameter that sets one."""
    command: str
    """Name of the command."""
    given: Mapping[str, Any]
    """All options that were given, those of the command itself too."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Attributes of the scene that a sweep varies."""

    def with_variants(self, *texts: str) -> Overrides:
        """The same with further variants, as in --variant."""
        return replace(self, values={**self.values, "variant": [*(self.values["variant"] or ()), *texts]})

    def with_values(self, values: Mapping[str, Any]) -> Overrides:
        """The same with other values of options."""
        return replace(self, values={**self.values, **values}, given={**self.given, **values})

    def with_attributes(self, values: Mapping[str, str]) -> Overrides:
        """The same with other values of attributes of the scene."""
        return replace(self, attributes={**self.attributes, **values})

    def case(self) -> Case:
        """The case. Raises CaseError, OptionError."""
        given = self.values
        variants, only = chosen(given["variant"]), given["local_files_only"]
        case = Case.open(found_or_bundled(given["scene"]), variants=variants, attributes=self.attributes, local_files_only=only)
        parts: dict[str, Any] = {}
        for part, changes in self._changes().items():
            parts[part] = _with(getattr(case, part), changes)
        parts["obstacle"] = _obstacles(case, given)
        parts["design"] = _design(_free_design(parts.get("design", case.design), given), given)
        parts["domain"] = _domain(parts.get("domain", case.domain), given)
        parts["fluid"] = fluid_of(parts.get("fluid", case.fluid), given)
        parts["stream"], parts["boundary"] = stream_of(case, parts.get("stream", case.stream), given)
        return replace(case, **parts)

    def scene(self, case: Case) -> Scene:
        """The scene of the case, read as the options require. Raises SceneError, CaseError."""
        only, missing = self.values["local_files_only"], self.values["allow_missing"]
        return case.read_scene(local_files_only=only, allow_missing=missing)

    def origin(self, case: Case) -> dict[str, Any]:
        """Command, options and case of a run, from which it can be repeated, as values for JSON."""
        options = {name: value if isinstance(value, int | float | list) else str(value) for name, value in self.given.items()}
        file = str(case.source.file or case.file)
        return {"command": self.command, "options": options, "case": {"file": file, "settings": json_value(settings_of(case))}}

    def _changes(self) -> dict[str, dict[str, Any]]:
        """Values by part and attribute, as the case stores them."""
        found: dict[str, dict[str, Any]] = {}
        for parameter, (part, attribute) in self.settings.items():
            value = self.values[parameter]
            if value is not None and (part, attribute) != (CaseDesign, "kind"):  # See `_design`.
                found.setdefault(part.space, {})[attribute] = _value(parameter, part, attribute, value)
        return found


def _value(parameter: str, part: type[CasePart], attribute: str, value: Any) -> Any:
    """The value of a setting from that of its option."""
    known, name = part.entries()[spelt(attribute)], f"--{parameter.replace('_', '-')}"
    if known.kind in (VECTOR, COUNTS):
        value = three(name, value, float if known.kind is VECTOR else int, "1,0,0")
    if known.unit:
        value = _number_or_text(value)
    if known.model is not None and names_a_class(value):
        file, _, rest = value.rpartition(".py:")
        value = f"{Path(f'{file}.py').resolve()}:{rest}"  # In a case it would be relative to the case's folder.
    return converted(known, value, name)


def _number_or_text(value: str) -> float | str:
    """A number as it is; other texts have a unit."""
    try:
        return float(value)
    except ValueError:
        return value


def _with(part: CasePart, changes: Mapping[str, Any]) -> CasePart:
    """A part with changes; settings that these replace are reset. Raises OptionError for options that exclude each other."""
    entries, reset = type(part).entries(), {}
    for name in changes:
        for other in vars(part):
            if spelt(name) in entries[spelt(other)].instead_of:
                if other in changes:
                    raise OptionError(f"--{name.replace('_', '-')} and --{other.replace('_', '-')} exclude each other: give one")
                reset[other] = None
    return replace(part, **{**reset, **changes})  # type: ignore[type-var]


def output_of(output: Path | None, case: Case, suffix: str = "") -> Path:
    """Folder of a command's results, with the command's suffix; a folder that the case names is relative to its file."""
    if output is not None:
        return output
    if case.output.folder is not None:
        return (case.source.file or case.file).parent / f"{case.output.folder}{suffix}"
    return Path("results") / f"{case.name}{suffix}"


def _obstacles(case: Case, given: Mapping[str, Any]) -> dict[str, CaseObstacle]:
    """The roles, including those of --obstacle and --ignore."""
    found = dict(case.obstacle)
    roles = {path: each.role for path, each in found.items()}
    if given["obstacle"] is not None:  # The case's own design obstacle becomes a fixed body.
        roles = {path: role for path, role in roles.items() if role != "design"}
        roles |= {"/" + path.strip().strip("/"): "design" for path in given["obstacle"].split(",")}
    roles |= {"/" + path.strip("/"): "ignored" for path in given["ignore"] or ()}
    return {path: replace(found.get(path, CaseObstacle()), role=role) for path, role in roles.items()}


def _free_design(design: CaseDesign, given: Mapping[str, Any]) -> CaseDesign:
    """The design, which moves to the prim of --obstacle; ops stay with their own prim."""
    return design if given["obstacle"] is None or design.kind == "xformOps" else replace(design, prim=None)


def _domain(domain: CaseDomain, given: Mapping[str, Any]) -> CaseDomain:
    """The box, with --margins in place of corners."""
    if given["margins"] is None:
        return domain
    upstream, downstream, side = three("--margins", given["margins"], float, "2,4,1.5")
    return replace(domain, upstream=upstream, downstream=downstream, side=side, lower=None, upper=None)


def _design(design: CaseDesign, given: Mapping[str, Any]) -> CaseDesign:
    """Design variables of the options in place of the case's. Raises OptionError for several kinds."""
    ways = [name for name in ("ffd", "rigid", "vertices", "design_op", "design") if given.get(name)]
    if len(ways) > 1:
        names = " and ".join(f"--{name.replace('_', '-')}" for name in ways)
        raise OptionError(f"{names}: a design has one kind; choose 1 of them")
    if not ways:
        return design
    value = given[ways[0]]
    plain = CaseDesign(prim=design.prim, max_displacement=design.max_displacement, fixed_volume=design.fixed_volume)
    if ways == ["ffd"]:
        return replace(plain, kind="ffd", control_points=three("--ffd", value, int, "4,3,4"))
    if ways == ["rigid"]:
        return replace(plain, kind="rigid")
    if ways == ["vertices"]:
        return replace(plain, kind="vertices", smoothing=value)
    if ways == ["design"]:
        return _of_kind(design, plain, _value("design", CaseDesign, "kind", value))
    prim, ops = _ops(value)
    return replace(plain, kind="xformOps", prim=prim, vary_ops=ops, max_displacement=None)


def _of_kind(design: CaseDesign, plain: CaseDesign, kind: str) -> CaseDesign:
    """The design of `--design`, with the case's own settings if the kind is the same."""
    if kind == design.kind:
        return design
    if kind in ("vertices", "xformOps"):
        other = "--vertices METRES" if kind == "vertices" else "--design-op PRIM.OP=CHANGE"
        raise OptionError(f"--design {kind} requires further settings: give {other} in its place")
    return replace(plain, kind=kind, max_displacement=None if names_a_class(kind) else plain.max_displacement)


def _ops(texts: list[str]) -> tuple[str, tuple[str, ...]]:
    """The prim of `--design-op`, and its ops with their maximum changes."""
    prims, ops = [], []
    for text in texts:
        head, _, numbers = text.partition("=")
        prim, _, op = head.rpartition(".")
        if not (prim and op and numbers):
            raise OptionError(f"--design-op {text!r}: give PRIM.OP=CHANGE, such as /World/Wing.xformOp:rotateY=20")
        prims.append(prim)
        ops.append(f"{op}={numbers}")
    if len(set(prims)) > 1:
        raise OptionError(f"--design-op names {len(set(prims))} prims, {', '.join(sorted(set(prims)))}: choose 1 of them")
    return prims[0], tuple(ops)
