"""Text of USD prims with applied schemas, and of overs of prims of a scene."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Over:
    """Opinions about a prim."""

    schemas: tuple[str, ...] = ()
    """Applied schemas."""
    lines: tuple[str, ...] = ()
    """Attributes."""
    variants: tuple[str, ...] = ()
    """Selected variants, as lines."""

    def with_schema(self, schema: str, lines: Sequence[str]) -> Over:
        """The same with another schema and its attributes."""
        return replace(self, schemas=(*self.schemas, schema), lines=(*self.lines, *lines))

    def with_variants(self, choices: Mapping[str, str]) -> Over:
        """The same with variants, by their set."""
        return replace(self, variants=tuple(f"string {name} = {json.dumps(choice)}" for name, choice in choices.items()))


def overs_text(prims: Mapping[str, Over], above: str = "") -> list[str]:
    """Lines with the overs of prims by their paths, nested below their parents."""
    lines: list[str] = []
    inside = [path.removeprefix(f"{above}/") for path in prims if path.startswith(f"{above}/")]
    for name in dict.fromkeys(path.partition("/")[0] for path in inside):
        path = f"{above}/{name}"
        own, below = prims.get(path, Over()), overs_text(prims, path)
        body = [*own.lines, *([""] if own.lines and below else []), *below]
        lines += ["", *prim_text(f'over "{name}"', own.schemas, body, own.variants)]
    return lines[1:]


def prim_text(head: str, schemas: Sequence[str], body: Sequence[str], variants: Sequence[str] = ()) -> list[str]:
    """Lines of a prim: specifier, type and name; applied schemas; selected variants; what it contains."""
    metadata = []
    if variants:
        metadata += ["variants = {", *(f"    {line}" for line in variants), "}"]
    if schemas:
        listed = textwrap.wrap(", ".join(f'"{name}"' for name in schemas), 100, break_long_words=False)
        metadata += [f"prepend apiSchemas = [{listed[0]}", *(f"    {line}" for line in listed[1:])]
        metadata[-1] += "]"
    opening = [f"{head} (", *(f"    {line}" for line in metadata), ")"] if metadata else [head]
    return [*opening, "{", *(f"    {line}" if line else "" for line in body), "}"]
