"""Roles of the members of a USD collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .parts import CaseDesign, CaseObstacle

_OF = ".collection:"
"""Between prim and name in the path of a collection, as USD has it."""


def by_collection(
    obstacles: Mapping[str, CaseObstacle], design: CaseDesign
) -> tuple[dict[str, CaseObstacle], CaseDesign]:
    """Obstacles of which those of a collection have its path, such as /World.collection:car, in place of their prim's; and the
    design, which belongs to the members where it is on that prim."""
    found = {
        path if each.collection is None else f"{path}{_OF}{each.collection}": replace(each, collection=None)
        for path, each in obstacles.items()
    }
    is_on_members = design.prim is not None and design.prim not in found and design.prim in obstacles
    return found, replace(design, prim=None) if is_on_members and design.kind != "xformOps" else design


def on_prim(path: str, obstacle: CaseObstacle) -> tuple[str, CaseObstacle]:
    """The prim to which the schema of an obstacle is applied, and the obstacle with the name of its collection."""
    prim, _, name = path.partition(_OF)
    return prim, replace(obstacle, collection=name) if name else obstacle


def is_collection(path: str) -> bool:
    """Whether a path is that of a collection."""
    return _OF in path
