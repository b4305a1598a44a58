"""The results of a case as USD: a layer over the user's own scene, which itself is never written."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np

from sparselbm.usd import drawings
from sparselbm.usd.body import Body
from sparselbm.usd.camera import add_camera
from sparselbm.usd.colour import magnitude
from sparselbm.usd.layers import LayerPair
from sparselbm.usd.overs import block_stale, ensure_mesh, set_points
from sparselbm.usd.traversal import DRAWINGS_MARK
from sparselbm.usd.xform_ops import PrimOps, write_values

ROOT = "/Results"
"""What is drawn stands below this prim; outside of the user's prims, whose transforms would move it."""
RESERVED = ("displayColor", "displayOpacity", "normals", "st")
"""Primvars that viewers give a meaning of their own."""


class ResultsStage:
    """Writes CASE_results.usda, which is to be opened, and CASE_layer.usdc, its data, over the user's scene.

    Everything is given in world metres and NumPy. Time codes number the optimiser's iterations; at the
    default time a viewer still sees the user's own shape. Use as a context manager, or call `save()`.
    """

    def __init__(
        self, scene: str | Path, folder: str | Path, case_name: str, *, overwrite: bool = False,
        variants: Mapping[str, str] | None = None,
    ):  # fmt: skip
        """Compose the scene, its `variants` chosen, and the result in memory; nothing is written before the first `save()`.

        Raises:
            ResultsExistError: One of the two files is there, and `overwrite` is false.
            SceneError: The scene cannot be opened.
            ValueError: `case_name` cannot name a file, or the scene is itself a file of this result.
        """
        self._layers = LayerPair(Path(scene), Path(folder), case_name, overwrite, variants)
        self._iterations: set[int] = set()
        self._begin()

    @property
    def path(self) -> Path:
        """The file to open in a viewer."""
        return self._layers.root_path

    @property
    def folder(self) -> Path:
        """Where the files lie; relative paths of volumes start here."""
        return self._layers.root_path.parent

    def save(self) -> None:
        """Write both files; a crash, or a viewer that reads meanwhile, meets the last complete ones."""
        self._layers.save()

    def __enter__(self) -> ResultsStage:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Save what there is, after an error too: it is all that was computed."""
        self.save()

    def add_iteration(self, body: Body, iteration: int, points_world_m: np.ndarray) -> None:
        """Give the body's points (n, 3) [m] at an iteration, as time samples on its prims, and save.

        Raises:
            ValueError: The shape is not that of the body, or a position is not finite.
            SceneError: A prim's transform flattens space, so that points cannot go back into it.
        """
        points = _checked("points_world_m", points_world_m, [(len(body.mesh.points), 3)])
        if not np.isfinite(points).all():
            raise ValueError(
                f"points_world_m of iteration {iteration} has positions that are not finite; shorten the step"
            )
        for part in body.parts:
            mesh = ensure_mesh(self._layers.stage, body, part)
            block_stale(mesh)
            set_points(mesh, points[part.points], float(iteration))
        self._extend_time(iteration)
        self.save()

    def add_transform(self, ops: PrimOps, iteration: int, values: Mapping[str, np.ndarray]) -> None:
        """Give the ops of a prim their numbers at an iteration, by the ops' names, as time samples, and save."""
        write_values(self._layers.stage, ops, values, float(iteration))
        self._extend_time(iteration)
        self.save()

    def add_surface_fields(
        self,
        body: Body,
        fields: Mapping[str, np.ndarray],
        *,
        iteration: int | None = None,
        colour_by: str | None = None,
        limits: tuple[float, float] | None = None,
    ) -> None:
        """Put fields on the body's prims as primvars, one value a point.

        Args:
            body: The body.
            fields: By name, scalars (n,) or vectors (n, 3) in world axes, for the body's n points.
            iteration: The time code; the default value, valid at all times, without it.
            colour_by: The field that displayColor shows (of a vector: its length); none without it.
            limits: Values of the first and last colour; smallest and largest of the field without it.

        Raises:
            ValueError: A name that USD does not allow or that has a meaning already, a shape that is not the
                body's, or a `colour_by` that is not among the fields.
        """
        count = len(body.mesh.points)
        shapes = [(count,), (count, 3)]
        arrays = {_field_name(name): _checked(name, values, shapes) for name, values in fields.items()}
        if colour_by is not None and colour_by not in arrays:
            raise ValueError(f"colour_by = {colour_by!r} is not among the fields {sorted(arrays)}; add it")
        shade = None if colour_by is None else magnitude(arrays[colour_by])
        if shade is not None and limits is None:
            limits = _range(shade)
        for part in body.parts:
            mesh = ensure_mesh(self._layers.stage, body, part)
            for name, values in arrays.items():
                drawings.set_field(mesh, name, values[part.points], iteration)
            if shade is not None:
                drawings.set_colours(mesh, shade[part.points], limits, iteration)
        if iteration is not None:
            self._extend_time(iteration)

    def add_slice(
        self,
        name: str,
        positions: np.ndarray,
        values: np.ndarray,
        *,
        field_name: str = "value",
        limits: tuple[float, float] | None = None,
        time: float | None = None,
    ) -> None:
        """Draw a field on a grid of positions (nu, nv, 3) [m] with values (nu, nv); NaN leaves a gap.

        Raises:
            ValueError: Shapes that do not match, a grid of less than 2 x 2, or a bad name.
        """
        values = np.asarray(values, dtype=np.float64)
        if values.ndim != 2 or min(values.shape) < 2:
            raise ValueError(f"slice {name!r}: values of shape {values.shape}; give (nu, nv), at least (2, 2)")
        points = _checked("positions", positions, [(*values.shape, 3)])
        mesh = self._child("Slices", name, "Mesh")
        drawings.draw_slice(mesh, self._to_stage(points), values, _field_name(field_name), limits, time)

    def add_streamlines(
        self,
        name: str,
        lines: Sequence[np.ndarray],
        values: Sequence[np.ndarray],
        *,
        width: float | None = None,
        field_name: str = "value",
        limits: tuple[float, float] | None = None,
        time: float | None = None,
    ) -> None:
        """Draw lines, each of shape (k, 3) [m], with values (k,); lines of one point are left out.

        Args:
            name: Name of the curves' prim.
            lines: The polylines.
            values: What the colour shows, one array a line.
            width: Thickness [m]; 1/300 of the diagonal of all lines without it.
            field_name: Name of the primvar that keeps the values.
            limits: Values of the first and last colour.
            time: The time code; the default value without it.

        Raises:
            ValueError: Values that do not match the lines, no line of two points, or a bad name.
        """
        lines = [np.asarray(line, dtype=np.float64) for line in lines]
        if [len(line) for line in lines] != [len(value) for value in values]:
            raise ValueError(f"streamlines {name!r}: lines and values differ in length; give one value a point")
        long = [line for line in lines if len(line) > 1]
        if not long:
            raise ValueError(f"streamlines {name!r}: no line of {len(lines)} has two points; seed them in the flow")
        spread = np.concatenate(long)
        width = width or float(np.linalg.norm(np.ptp(spread, axis=0))) / 300.0
        curves = self._child("Streamlines", name, "BasisCurves")
        unit = self._layers.metres_per_unit
        scaled = [self._to_stage(line) for line in lines]
        field = _field_name(field_name)
        drawings.draw_curves(curves, scaled, list(values), width / unit, field, limits, time)

    def add_volume(
        self, name: str, vdb_path: str, field_name: str, *, bounds: np.ndarray, time: float | None = None
    ) -> None:
        """Show a grid of an OpenVDB file, whose transform gives world metres.

        Args:
            name: Name of the volume's prim.
            vdb_path: The file, relative to `folder`; it must be there.
            field_name: Name of the grid in the file.
            bounds: Lowest and highest corner [m], shape (2, 3).
            time: The time code of this file in a sequence; the default value without it.

        Raises:
            ValueError: An absolute path, `bounds` of another shape, or a bad name.
            FileNotFoundError: No such file.
        """
        if Path(vdb_path).is_absolute():
            raise ValueError(f"vdb_path = {vdb_path}: give it relative to {self.folder}, so that all can be moved")
        if not (self.folder / vdb_path).is_file():
            raise FileNotFoundError(f"{self.folder / vdb_path}: no such file; write it before it is added")
        corners = _checked("bounds", bounds, [(2, 3)])
        path = self._child_path("Volumes", name)
        file = Path(vdb_path).as_posix()
        file = file if file.startswith("../") else f"./{file}"
        drawings.draw_volume(self._layers.stage, path, file, _field_name(field_name), corners, time)

    def add_camera(self, bounds: np.ndarray) -> None:
        """Point the camera /Results/Camera at a box, shape (2, 3) [m]: the flow domain, say."""
        box = _checked("bounds", bounds, [(2, 3)])
        add_camera(self._layers.stage, f"{ROOT}/Camera", self._to_stage(box))

    def _begin(self) -> None:
        from pxr import Usd, UsdGeom

        stage = self._layers.stage
        drawn = [UsdGeom.Tokens.default_, UsdGeom.Tokens.render]
        cache = UsdGeom.BBoxCache(Usd.TimeCode.EarliestTime(), drawn)
        box = cache.ComputeWorldBound(stage.GetPseudoRoot()).ComputeAlignedRange()
        UsdGeom.Xform.Define(stage, ROOT).GetPrim().SetCustomDataByKey(DRAWINGS_MARK, True)
        self._layers.name_default_prim(ROOT.strip("/"))
        if not box.IsEmpty():
            add_camera(stage, f"{ROOT}/Camera", np.array([box.GetMin(), box.GetMax()]))

    def _child_path(self, group: str, name: str) -> str:
        from pxr import Sdf, UsdGeom

        if not Sdf.Path.IsValidIdentifier(name):
            raise ValueError(f"name = {name!r} cannot name a prim; use letters, digits and `_`, no digit first")
        UsdGeom.Scope.Define(self._layers.stage, f"{ROOT}/{group}")
        return f"{ROOT}/{group}/{name}"

    def _child(self, group: str, name: str, kind: str):
        from pxr import UsdGeom

        return getattr(UsdGeom, kind).Define(self._layers.stage, self._child_path(group, name))

    def _to_stage(self, positions: np.ndarray) -> np.ndarray:
        return positions / self._layers.metres_per_unit

    def _extend_time(self, iteration: int) -> None:
        self._iterations.add(iteration)
        self._layers.set_time_range(min(self._iterations), max(self._iterations))


def _checked(name: str, values: np.ndarray, shapes: list[tuple[int, ...]]) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    if array.shape not in shapes:
        raise ValueError(f"{name} has the shape {array.shape}; give {' or '.join(map(str, shapes))}")
    return array


def _field_name(name: str) -> str:
    from pxr import Sdf

    if not Sdf.Path.IsValidNamespacedIdentifier(name) or name in RESERVED:
        raise ValueError(
            f"{name!r} cannot name a field: use letters, digits and `_`, and none of {', '.join(RESERVED)}"
        )
    return name


def _range(values: np.ndarray) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
