"""Part of a body that stands in the box of a wind tunnel, and the quantities to which its coefficients refer."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...errors import WindTunnelError, require_positive
from ...geometry import TriangleMesh
from ...geometry.clipping import clipped
from ...geometry.frontal_area import frontal_area
from .blockage import BLOCKAGE_DOUBTED_ABOVE, blockage_effect
from .stream import Stream

_FLAT = 1e-6
"""Least silhouette [L^2] of a body to whose frontal area coefficients refer."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TunnelBody:
    """Body in a box with a free stream. Raises WindTunnelError for reference quantities that are not above 0."""

    name: str
    mesh: TriangleMesh
    """Whole surface of the body."""
    stream: Stream
    """Free stream."""
    box: np.ndarray | None = None
    """Lower and upper corner [m] of a box that may cut the body, (2, 3); None: the box contains all of it."""
    given_length: float | None = None
    """Reference length [m]; None: L."""
    given_area: float | None = None
    """Reference area [m^2]; None: the frontal area."""
    given_centre: tuple[float, float, float] | None = None
    """Point to which moments refer [m]; None: the centre of the bounding box of the part in the box."""

    def __post_init__(self):
        for name, value, unit in (("length", self.given_length, "m"), ("area", self.given_area, "m^2")):
            if value is not None:
                require_positive(f"reference_{name}", value, unit, WindTunnelError)

    @cached_property
    def part(self) -> TriangleMesh:
        """Surface in the box. Raises GeometryError if there is none."""
        return self.mesh if self.box is None else clipped(self.mesh, self.box[0], self.box[1], self.name)

    @cached_property
    def length(self) -> float:
        """Length L: largest extent across the flow, along the axes of side force and lift, of the part in the box [m], without a
        span from side to side."""
        across = self.stream.frame[1:]
        extents = np.ptp(self.part.points @ across.T, axis=0)
        if self.box is None:
            return float(extents.max())
        spans = np.isclose(extents, np.abs(across) @ np.ptp(self.box, axis=0)) & (np.abs(across).max(axis=1) == 1.0)
        return float(extents[~spans].max() if not spans.all() else extents.max())

    @cached_property
    def frontal_area(self) -> float:
        """Area of the silhouette along the flow of the part in the box [m^2]."""
        if not self.stream.is_oblique:
            return frontal_area(self.part, self.stream.axis)
        return frontal_area(TriangleMesh(self.part.points @ self.stream.frame.T, self.part.faces), 0)

    @property
    def reference_length(self) -> float:
        """Length to which the Reynolds and Strouhal numbers refer [m]."""
        return self.given_length or self.length

    @property
    def reference_area(self) -> float:
        """Area to which force coefficients refer [m^2]."""
        return self.given_area or self.frontal_area

    @property
    def moment_centre(self) -> np.ndarray:
        """Point to which moments refer [m], (3,)."""
        return self.part.bounds.mean(axis=0) if self.given_centre is None else np.array(self.given_centre)

    @property
    def size(self) -> np.ndarray:
        """Extents of the whole body [m], (3,)."""
        return np.ptp(self.mesh.bounds, axis=0)

    @property
    def volume(self) -> float:
        """Volume of the part in the box [m^3], V = sum_f x_f A_f along the main axis: faces where the box cuts do not count."""
        part, axis = self.part, self.stream.axis
        along = np.mean(part.corners, axis=0)[:, axis] - part.bounds[:, axis].mean()
        return abs(float(along @ part.area_vectors[:, axis]))

    def blockage(self, tunnel: np.ndarray) -> float:
        """Frontal area relative to the section of the tunnel between two corners [m], (2, 3), as seen along the stream."""
        return self.frontal_area / self.stream.section(tunnel)

    def blockage_effect(self, tunnel: np.ndarray, drag_coefficient: float) -> tuple[float, float]:
        """Lower and upper estimate of the relative excess of the drag over that in unbounded flow: see `blockage_effect`."""
        sides, extents = (np.delete(np.ptp(each, axis=0), self.stream.axis) for each in (tunnel, self.part.bounds))
        spans = bool(np.isclose(extents, sides).any())
        along = int(np.argmax(extents / sides if spans else sides))
        return blockage_effect(
            drag_coefficient * self.reference_area, self.volume, float(sides[along]), float(sides[1 - along]), spans=spans
        )

    def doubts(self, tunnel: np.ndarray) -> tuple[str, ...]:
        """Doubt about a body that blocks much of the tunnel between two corners [m]."""
        blockage = self.blockage(tunnel)
        if blockage <= BLOCKAGE_DOUBTED_ABOVE:
            return ()
        low, high = self.blockage_effect(tunnel, self.frontal_area / self.reference_area)
        return (
            f"{self.name} blocks {blockage:.1%} of the tunnel's cross-section, above {BLOCKAGE_DOUBTED_ABOVE:.0%}: if C_d "
            f"is 1, the sides raise the drag by about {low:.0%} (attached flow) to {high:.0%} (wide wake) over that in unbounded "
            "flow; enlarge side, unless the sides are part of the case",
        )

    def require_silhouette(self) -> None:
        """Raises WindTunnelError for a body without a silhouette along the flow, if no reference area is given."""
        least = _FLAT * self.length**2
        if self.reference_area < least:
            raise WindTunnelError(
                f"the silhouette of {self.name} {self.stream} is {self.frontal_area:.3g} m^2, below {least:.3g} m^2, "
                "so that force coefficients are undefined: turn the body or the stream, or pass a reference_area"
            )

    def dimensions(self, tunnel: np.ndarray, voxel_size: float) -> dict[str, str]:
        """Sizes, reference quantities and blockage in the tunnel between two corners [m], as rows of a table."""
        inside = np.ptp(self.part.bounds, axis=0)
        cut = "" if np.allclose(inside, self.size) else f", of which {_extents(inside)} m are in the box"
        area = "silhouette along the flow" if self.given_area is None else f"given; the silhouette is {self.frontal_area:.4g} m^2"
        return {
            "size": f"{_extents(self.size)} m{cut}",
            "reference area": f"{self.reference_area:.4g} m^2 ({area})",
            "reference length": f"{self.reference_length:.4g} m, {self.reference_length / voxel_size:.1f} cells",
            "blockage": f"{self.blockage(tunnel):.1%} of the tunnel's cross-section",
        }


def _extents(size: np.ndarray) -> str:
    return " x ".join(f"{x:.4g}" for x in size)
