"""Openings on parts of the sides of a wind tunnel, with their footprints on its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from ...errors import WindTunnelError
from ...models.boundary import FaceCells
from .box import CLEARANCE
from .footprint import Footprint, footprint_on_side, part_between
from .part import Part, PartInlet
from .side import SideInlet, SideOutlet, SidePeriodic
from .sides import TunnelSides
from .space import TunnelSpace

_SCALED_ABOVE = 0.05
"""Difference of a footprint's area from that of its cells, relative to the latter, from which it is doubted."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TunnelParts:
    """Openings on parts of the sides. An opening consists of the cells along its side whose centres lie in the footprint and are
    fluid; the velocity of an inlet is scaled so that the flow rate through these cells is the prescribed one."""

    parts: Mapping[str, Part]
    """Openings by name."""
    sides: TunnelSides
    space: TunnelSpace

    @cached_property
    def footprints(self) -> dict[str, Footprint]:
        """Footprint of each opening. Raises WindTunnelError where it has none, and for those that overlap or are closed."""
        space = self.space
        found = {
            name: footprint_on_side(name, each.mesh, space.bounds, space.wanted, space.voxel_size)
            for name, each in self.parts.items()
        }
        for name, each in found.items():
            if isinstance(self.sides.all[each.face], SidePeriodic):
                raise WindTunnelError(
                    f"{name} lies on {each.face}, which is periodic, so that the flow continues there: make the side a wall or "
                    "free slip"
                )
            self._require_clear(name, each)
        for (one, a), (other, b) in combinations(found.items(), 2):
            shared = int((a.cells & b.cells).sum()) if a.face == b.face else 0
            if shared:
                raise WindTunnelError(
                    f"the footprints of {one} and {other} on {a.face} overlap in {shared} cells, but a cell has one condition: "
                    "move them apart, or make them smaller"
                )
        return found

    @cached_property
    def placed(self) -> tuple[SideInlet | SideOutlet, ...]:
        """The conditions on their cells. Raises WindTunnelError as `footprints`, and for an inflow that points outwards."""
        return tuple(self._placed(name, each, self.footprints[name]) for name, each in self.parts.items())

    @property
    def notes(self) -> Iterator[str]:
        """Doubts about footprints that the cells do not resolve."""
        for name, each in self.footprints.items():
            count = int(each.cells.sum())
            area = count * self.space.voxel_size**2
            if abs(each.area - area) > _SCALED_ABOVE * area:
                yield (
                    f"the footprint of {name} on {each.face} is {each.area:.4g} m^2, but its {count} cells have {area:.4g} m^2: "
                    "the flow rate of an inlet is exact, its velocity is not; use a smaller voxel_size"
                )

    def _placed(self, name: str, part: Part, footprint: Footprint) -> SideInlet | SideOutlet:
        face, cells = footprint.face, self._open(footprint)
        here = face.within(FaceCells.of(face.axis, cells), name)
        if not isinstance(part, PartInlet):
            return SideOutlet(here, part.pressure)
        try:
            along = part.along(face)
        except WindTunnelError as error:
            raise WindTunnelError(f"{name}: {error}") from None
        across = abs(float(along[face.axis]))
        rate = part.rate(across, footprint.area * cells.sum() / footprint.cells.sum())
        x, y, z = (along * (rate / (across * cells.sum() * self.space.voxel_size**2))).tolist()
        return SideInlet(here, (x, y, z))

    def _open(self, footprint: Footprint) -> np.ndarray:
        solid = self.space.solid_cells.get(footprint.face)
        return footprint.cells if solid is None else footprint.cells & ~solid

    def _require_clear(self, name: str, footprint: Footprint) -> None:
        """Raises WindTunnelError for an opening that bodies close, and for bodies with solid fractions in front of it."""
        space, face = self.space, footprint.face
        if not self._open(footprint).any():
            raise WindTunnelError(
                f"bodies close the whole opening {name} on {face}, but a part has to be open: move the opening, or leave them "
                "out (ignore=)"
            )
        margin, slab = CLEARANCE * space.voxel_size, np.array(space.bounds)
        slab[1 - face.end, face.axis] = slab[face.end, face.axis] + face.inward * margin
        for body, mesh in space.standing.items():
            part = None if body in space.surroundings.on_links else part_between(mesh, *slab)
            if part is not None and (Footprint.of(part, face, space.bounds, space.voxel_size).cells & footprint.cells).any():
                raise WindTunnelError(
                    f"{body} comes within {margin:.4g} m (2 cells) of the opening {name} on {face}: move one of them"
                )
