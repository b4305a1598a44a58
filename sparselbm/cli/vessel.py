"""Openings of a vessel's surface, as `caps` and `init` find them, and the case with their caps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..case import CaseOpening
from ..case.template import Settings
from ..case.vessel_file import write_vessel_case
from ..errors import OptionError
from ..geometry import SurfaceQuery, TriangleMesh, inspect_mesh
from ..geometry.cap import Cap
from ..geometry.closing import closed, joined
from ..geometry.find_caps import find_caps
from ..scene.usd import Scene
from .show import err, facts, show_doubts

_HOLE = 0.01
"""Area of an opening relative to the largest one below which it may be a hole."""


@dataclass(frozen=True, eq=False)
class Vessel:
    """Surface of a vessel, and the caps of its openings by their numbers."""

    scene: Scene
    surface: TriangleMesh
    caps: Mapping[str, TriangleMesh]

    @classmethod
    def of(cls, scene: Scene, path: str = "/") -> Vessel:
        """The vessel of a prim, whose openings are its open rims, or the flat ends of a closed surface."""
        mesh = scene.body(path).mesh
        return cls(scene, mesh, {str(number): cap for number, cap in enumerate(find_caps(mesh), start=1)})

    @property
    def share(self) -> float:
        """Area of the openings relative to that of the surface."""
        return sum(cap.area for cap in self.caps.values()) / self.surface.area

    def show(self) -> None:
        """Prints the openings, and doubts about them."""
        file = str(self.scene.path)
        query = SurfaceQuery(closed(self.surface, self.caps, file), device="cpu")
        measured = {name: Cap.of(cap, query, f"opening {name}") for name, cap in self.caps.items()}
        show_doubts([*map(str, self.scene.report.doubtful), *_holes(measured)])
        facts(f"{file}: {len(measured)} openings", {f"opening {name}": _text(cap) for name, cap in measured.items()})

    def chosen(self, inlet: Sequence[int], outlet: Sequence[int]) -> tuple[list[str], list[str]]:
        """Numbers of the inlets and of the outlets; without outlets all openings but the only inlet. Raises OptionError."""
        names, inlets = list(self.caps), [str(each) for each in inlet]
        if not outlet and len(inlets) > 1:
            raise OptionError(
                f"{len(inlets)} inlets are given, and the others may be outlets or walls: name outlets by --outlet N"
            )
        outlets = [str(each) for each in outlet] or [name for name in names if name not in inlets]
        for each in (*inlets, *outlets):
            if each not in names:
                raise OptionError(f"there is no opening {each}: choose among {', '.join(names)}")
            if each in inlets and each in outlets:
                raise OptionError(f"opening {each} is given as inlet and as outlet: keep one")
        left = [name for name in names if name not in (*inlets, *outlets)]
        if left:
            err.print(f"openings {', '.join(left)} are closed by walls", highlight=False)
        return inlets, outlets

    def write(
        self, file: Path | None, inlets: Mapping[str, CaseOpening], outlets: Sequence[str], settings: Settings | None = None, *,
        overwrite: bool,
    ) -> None:
        """Writes the case with other settings, by default SURFACE_case.usda, and its geometry, and prints their names."""
        scene = self.scene
        file = file or scene.path.with_name(f"{scene.path.stem}_case.usda")
        numbered = {**inlets, **{name: CaseOpening(kind="outlet") for name in outlets}}
        left = [cap for name, cap in self.caps.items() if name not in numbered]
        is_open = inspect_mesh(self.surface, str(scene.path)).open_edges
        geometry = write_vessel_case(
            file, joined([self.surface, *left]) if is_open else self.surface,
            {f"Opening{name}": self.caps[name] for name in numbered},
            {f"Opening{name}": each for name, each in numbered.items()}, metres_per_unit=scene.metres_per_unit,
            up_axis=scene.up_axis, settings=settings, overwrite=overwrite,
        )
        facts("", {
            "inlets": ", ".join(inlets), "outlets": ", ".join(outlets), "geometry": str(geometry),
            "case": f"{file} (run it, or edit it)",
        })


def _text(cap: Cap) -> str:
    centre, normal = (", ".join(f"{x + 0.0:.4g}" for x in each.round(9)) for each in (cap.mesh.centroid, cap.normal))
    size = f"area {cap.area:.4g} m^2, {cap.hydraulic_diameter:.4g} m across"
    return f"centre ({centre}) m, {size}, normal into the fluid ({normal})"


def _holes(found: dict[str, Cap]) -> list[str]:
    largest = max(cap.area for cap in found.values())
    return [
        f"opening {name} has an area of {cap.area:.3g} m^2, below {_HOLE:.0%} of the largest: it may be a hole; close it in the "
        "file"
        for name, cap in found.items() if cap.area < _HOLE * largest
    ]
