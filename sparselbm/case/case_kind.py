"""Kinds of cases: which settings matter for the flow past a body, in a vessel and through an image."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .entry import CasePart, Entry
from .image import SETTINGS_OF_IMAGES
from .parts import (
    PARTS,
    CaseBoundary,
    CaseCondition,
    CaseConstraint,
    CaseDomain,
    CaseImage,
    CaseObstacle,
    CaseOpening,
    CaseReference,
    CaseScalar,
    CaseStream,
    CaseTime,
    SceneFile,
)


@dataclass(frozen=True)
class CaseKind:
    """Settings that matter for a kind of case: those of all parts, except for the ones that are named here."""

    without: tuple[type[CasePart], ...] = ()
    """Parts that do not matter."""
    only: Mapping[type[CasePart], Collection[str]] = field(default_factory=dict)
    """Settings that matter, of parts of which others do not."""

    @property
    def parts(self) -> list[type[CasePart]]:
        """Parts of which some settings matter, in their order."""
        return [part for part in PARTS if part not in self.without and self.entries(part)]

    def entries(self, part: type[CasePart]) -> dict[str, Entry]:
        """Settings of a part that matter, by their name in files."""
        chosen = self.only.get(part)
        return {name: known for name, known in part.entries().items() if chosen is None or name in chosen}


BODY = CaseKind(without=(CaseOpening, CaseImage))
"""Flow past a body in a box."""

VESSEL = CaseKind(
    without=(CaseReference, CaseStream, CaseBoundary, CaseImage),
    only={CaseDomain: ("voxelSize",), CaseObstacle: ("role",)},
)
"""Flow in a fluid volume, which has no box."""

IMAGE = CaseKind(
    without=(CaseObstacle, CaseOpening, CaseScalar, CaseCondition, CaseBoundary, CaseTime, CaseConstraint),
    only={SceneFile: ("metresPerUnit",), **SETTINGS_OF_IMAGES},
)
"""Flow through the pores of a voxel image."""
