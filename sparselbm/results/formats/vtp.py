"""Export format of surfaces and streamlines for ParaView and PyVista: one file per output time, or per design."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from ..reader import Results
from .export_format import ExportFormat
from .field_data import FieldData
from .streamlines import Lines, has_streamlines, write_lines
from .surfaces import BodySurfaces, write_vtp
from .vtk_xml import write_collection

Writer = Callable[[Results, Path], None]


def _surfaces(code: float | None, facts: FieldData, results: Results, path: Path) -> None:
    write_vtp(path, BodySurfaces.of(results, code), facts)


def _lines(code: float | None, facts: FieldData, results: Results, path: Path) -> None:
    write_lines(path, Lines.of(results, code), facts)


def _shown(results: Results, path: Path) -> None:
    _surfaces(results.shown, FieldData.of(results), results, path)


def _series(results: Results) -> tuple[tuple[str, Writer], ...]:
    """Streamlines, then surfaces and streamlines of each time or design, and their collections."""
    facts, found = FieldData.of(results), []
    kinds: dict[str, Callable] = {"surfaces": _surfaces}
    if has_streamlines(results):
        kinds["streamlines"] = _lines
        found.append(("streamlines.vtp", partial(_lines, results.shown, facts)))
    moments = _moments(results, facts)
    for kind, write in kinds.items() if moments else ():
        names = [f"{kind}_{number:04d}.vtp" for number in range(len(moments))]
        found += [(name, partial(write, code, here)) for name, (code, _, here) in zip(names, moments)]
        files = {name: time for name, (_, time, _) in zip(names, moments)}
        found.append((f"{kind}.pvd", partial(_collection, files)))
    return tuple(found)


def _collection(files: dict[str, float], results: Results, path: Path) -> None:
    write_collection(path, files)


def _moments(results: Results, facts: FieldData) -> list[tuple[float, float, FieldData]]:
    """Time code, time [s] or iteration, and field data of each output time or design, where there are several."""
    if len(results.codes) > 1:
        return [(code, time, facts.at(time)) for code, time in zip(results.codes, results.times)]
    return [(number, float(number), facts.number("iteration", number)) for number in results.moments]


VTP = ExportFormat((("surfaces.vtp", _shown),), series=_series)
"""For ParaView, PyVista and trained models: the bodies with pressure, wall shear stress and sensitivity, and streamlines."""
