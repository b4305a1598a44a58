"""Shapes as they are shown in a picture: within the box of the flow, with walls around the flow see-through, and with legends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...geometry import SurfaceQuery, TriangleMesh
from ..reader import Results
from .shapes import Surface

_SEEN_THROUGH = 0.25
"""Opacity of a surface around the flow."""
_SAMPLES, _INSIDE = 40, 0.8
"""Points of another shape that are tested, and share of them that is inside a surface around it."""


@dataclass(frozen=True, eq=False)
class SceneView:
    """Title, legends and part of the space of a picture."""

    title: str
    """Name of the case, and its Reynolds number."""
    box: np.ndarray | None
    """Box of the flow [m], (2, 3); None: not known."""
    legends: tuple[np.ndarray, ...]
    """Pictures of the colour bars, (h, w, 3) uint8 each."""

    @classmethod
    def of(cls, results: Results) -> SceneView:
        """View of the results in a folder."""
        from matplotlib.image import imread

        summary = results.summary
        reynolds = f", Reynolds number {summary['reynolds']:.4g}" if "reynolds" in summary else ""
        box = summary.get("run", {}).get("box")
        files = sorted(results.folder.glob(f"{results.name}_legend_*.png"))
        legends = tuple(np.round(255.0 * imread(each)[..., :3]).astype(np.uint8) for each in files)
        return cls(f"{results.name}{reynolds}", None if box is None else np.array(box), legends)

    def shown(self, shapes: Sequence[Surface]) -> tuple[Surface, ...]:
        """The shapes that are at least partly in the box; all without one."""
        if self.box is None:
            return tuple(shapes)
        low, high = self.box
        return tuple(
            each for each in shapes if (each.points.max(axis=0) >= low).all() and (each.points.min(axis=0) <= high).all()
        )

    def bounds(self, shapes: Sequence[Surface]) -> np.ndarray:
        """Bounds of the shapes within the box [m], (2, 3)."""
        low, high = (np.array([f(each.points, axis=0) for each in shapes]) for f in (np.min, np.max))
        found = np.stack([low.min(axis=0), high.max(axis=0)])
        return found if self.box is None else np.clip(found, *self.box)

    def with_legends(self, picture: np.ndarray) -> np.ndarray:
        """A picture (h, w, 3) with the colour bars beside each other in its lower left corner; those that do not fit are left
        out."""
        from PIL import Image  # Matplotlib needs it as well.

        found, left = picture.copy(), 0
        for legend in self.legends:
            legend = np.asarray(Image.fromarray(legend).reduce(1 + 2 * legend.shape[0] // picture.shape[0]))
            height, width = legend.shape[:2]
            if left + width <= picture.shape[1] and height <= picture.shape[0]:
                found[picture.shape[0] - height :, left : left + width] = legend
                left += width
        return found


def opacity_of(shape: Surface, shapes: Sequence[Surface]) -> float:
    """Opacity of a shape: bodies that contain another shape are see-through."""
    if shape.is_drawing:
        return 1.0
    query = SurfaceQuery(TriangleMesh(shape.points, shape.faces), device="cpu")
    for other in shapes:
        places = other.points[:: max(1, len(other.points) // _SAMPLES)]
        if other is not shape and (query.signed_distance(places) < 0.0).mean() > _INSIDE:
            return _SEEN_THROUGH
    return 1.0
