"""Shapes as a picture shows them: in the box of the flow, walls around the flow see-through, with title and legends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import OptionError
from ...geometry import SurfaceQuery, TriangleMesh
from ..reader import Results
from .shapes import Surface

WIDTH = 1600
"""Width of pictures and films [pixels]."""
LEGEND_WIDTH = 190
"""Width of the column of a colour bar [pixels]."""
GAP = 10
"""Width between panes [pixels]."""
LETTERS = 26
"""Size of the letters of title and captions [pixels]."""
_SEEN_THROUGH = 0.25
"""Opacity of a surface around the flow."""
_SAMPLES, _INSIDE = 40, 0.8
"""Points of another shape that are tested, and share of them that is inside a surface around it."""


@dataclass(frozen=True)
class PictureOptions:
    """Choices of a picture or film."""

    eye: tuple[float, float, float] | None = None
    """Direction from the middle of what is shown to the camera; None: from the side and slightly above."""
    see_through: tuple[str, ...] = ()
    """Paths of prims whose surfaces are see-through, besides those around the flow."""
    around: float | None = None
    """Distance around the bodies that is shown, relative to their largest size; None: everything in the box."""

    def __post_init__(self):
        if self.around is not None and not 0.0 <= self.around < np.inf:
            raise OptionError(f"--around {self.around:g}: the distance around the bodies is at least 0; choose 1, for example")

    def eye_of(self, up_axis: str) -> tuple[float, float, float]:
        """The direction in a stage with this up axis, Y or Z.

        Raises OptionError for a direction that is vertical or 0.
        """
        eye = self.eye or ((-0.5, -1.0, 0.4) if up_axis == "Z" else (-0.5, 0.4, 1.0))
        level = [each for axis, each in zip("XYZ", eye) if axis != up_axis]
        if not np.isfinite(eye).all() or not any(level):
            raise OptionError(
                f"--eye {','.join(f'{each:g}' for each in eye)}: the camera would look along the up axis {up_axis} or nowhere; "
                "choose a direction with a component across it, such as 0.01"
            )
        return eye


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

    def points(self, shapes: Sequence[Surface]) -> np.ndarray:
        """Points of the shapes, moved into the box, (n, 3) [m]."""
        found = np.concatenate([each.points for each in shapes])
        return found if self.box is None else np.clip(found, *self.box)

    def framed(self, states: Sequence[Sequence[Surface]], around: float | None) -> np.ndarray:
        """Points of several states of the shapes (n, 3) [m], moved towards the bodies to within a distance relative to them."""
        found = np.concatenate([self.points(state) for state in states])
        bodies = [each for state in states for each in state if not each.is_drawing]
        if around is None or not bodies:
            return found
        points = self.points(bodies)
        low, high = points.min(axis=0), points.max(axis=0)
        reach = around * (high - low).max()
        return np.clip(found, low - reach, high + reach)

    def pane_width(self, panes: int = 1) -> int:
        """Width of each of several panes beside the legends [pixels]."""
        return ((WIDTH - LEGEND_WIDTH * len(self.legends)) // panes - GAP) // 2 * 2

    def composed(self, panes: Sequence[np.ndarray], captions: Sequence[str] = ("",)) -> np.ndarray:
        """Picture of panes (h, w, 3) uint8 of one height beside each other, each below its caption, with the title above and the
        colour bars at the right; `WIDTH` pixels wide."""
        from PIL import Image, ImageDraw, ImageFont  # Matplotlib needs it as well.

        line, height = 2 * LETTERS, panes[0].shape[0]
        above = line * (1 + any(captions))
        whole = Image.new("RGB", (WIDTH, above + height), "white")
        pen, font = ImageDraw.Draw(whole), ImageFont.truetype(_font(), LETTERS)
        pen.text((LETTERS, line // 4), self.title, "black", font)
        left = 0
        for pane, caption in zip(panes, captions, strict=True):
            whole.paste(Image.fromarray(pane), (left, above))
            pen.text((left + LETTERS, line + line // 4), caption, "black", font)
            left += pane.shape[1] + GAP
        for number, legend in enumerate(self.legends):
            share = min(LEGEND_WIDTH / legend.shape[1], (above + height) / legend.shape[0])
            size = max(1, round(share * legend.shape[1])), max(1, round(share * legend.shape[0]))
            place = WIDTH - LEGEND_WIDTH * (len(self.legends) - number), (above + height - size[1]) // 2
            whole.paste(Image.fromarray(legend).resize(size, Image.Resampling.LANCZOS), place)
        return np.asarray(whole)


def _font() -> str:
    from matplotlib.font_manager import findfont

    return findfont("DejaVu Sans")


def opacity_of(shape: Surface, shapes: Sequence[Surface], see_through: Sequence[str] = ()) -> float:
    """Opacity of a shape: bodies that contain another shape are see-through, and those named in `see_through`."""
    if shape.is_drawing:
        return 1.0
    if shape.name in see_through:
        return _SEEN_THROUGH
    query = SurfaceQuery(TriangleMesh(shape.points, shape.faces), device="cpu")
    for other in shapes:
        places = other.points[:: max(1, len(other.points) // _SAMPLES)]
        if other is not shape and (query.signed_distance(places) < 0.0).mean() > _INSIDE:
            return _SEEN_THROUGH
    return 1.0
