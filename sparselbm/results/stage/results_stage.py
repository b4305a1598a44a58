"""The results of a case as USD: a layer over the user's own scene, which itself is never written."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np

from sparselbm.geometry import TriangleMesh
from sparselbm.results.stage import drawings
from sparselbm.results.stage.camera import add_cameras
from sparselbm.results.stage.checked import checked, field_name_of
from sparselbm.results.stage.colour import ColourRange, limits_of, magnitude
from sparselbm.results.stage.glyphs import draw_glyphs, solid_glyphs
from sparselbm.results.stage.layers import LayerPair
from sparselbm.results.stage.legend import draw_map, draw_picture, place_legend
from sparselbm.results.stage.looks import Look
from sparselbm.results.stage.overs import block_stale, ensure_mesh, set_points
from sparselbm.results.stage.solids import Solid, balls, tubes
from sparselbm.results.stage.xform_ops import PrimOps, write_values
from sparselbm.scene.usd import Body
from sparselbm.scene.usd.traversal import DRAWINGS_MARK

ROOT = "/Results"
"""What is drawn stands below this prim; outside of the user's prims, whose transforms would move it."""
SURFACE_OPACITY = 0.4


class ResultsStage:
    """Writes CASE_results.usda, which is to be opened, and CASE_layer.usdc, its data, over the user's scene.

    Beside them stand the pictures of colour map and legends, and CASE_clips with frames that have been ended.

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
            SceneError: The scene cannot be opened, `case_name` cannot name a file, or the scene is itself a file of this result.
        """
        self._layers = LayerPair(Path(scene), Path(folder), case_name, overwrite, variants, drawings=ROOT)
        self._times: set[float] = set()
        self._scales: dict[str, ColourRange] = {}
        self._pictures: dict[str, Callable[[Path], None]] = {}
        self._begin()

    @property
    def path(self) -> Path:
        """The file to open in a viewer."""
        return self._layers.root_path

    @property
    def folder(self) -> Path:
        """Where the files lie; relative paths of volumes start here."""
        return self._layers.root_path.parent

    @property
    def sources(self) -> list[Path]:
        """The files that the scene is composed of, which no run may remove."""
        return self._layers.sources

    def save(self) -> None:
        """Write both files; a crash, or a viewer that reads meanwhile, meets the last complete ones."""
        for name in tuple(self._pictures):
            self._layers.replace_picture(name, self._pictures.pop(name))
        self._layers.save()

    def end_frame(self, time: float) -> None:
        """Put all that was drawn below /Results at a time into a file of its own, CASE_clips/NUMBER.usdc, and save.

        Bodies keep their samples in the growing layer. Without this call drawings do so too, and stay until they are drawn anew.
        """
        self._layers.end_frame(time)
        self.save()

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
        points = checked("points_world_m", points_world_m, [(len(body.mesh.points), 3)])
        if not np.isfinite(points).all():
            raise ValueError(f"points_world_m of iteration {iteration} has positions that are not finite; shorten the step")
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
        iteration: float | None = None,
        colour_by: str | None = None,
        limits: ColourRange | None = None,
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
        arrays = {field_name_of(name): checked(name, values, shapes) for name, values in fields.items()}
        if colour_by is not None and colour_by not in arrays:
            raise ValueError(f"colour_by = {colour_by!r} is not among the fields {sorted(arrays)}; add it")
        shade = None if colour_by is None else magnitude(arrays[colour_by])
        if shade is not None:
            limits = limits or self._scales.get(colour_by or "") or limits_of(shade)
        for part in body.parts:
            mesh = ensure_mesh(self._layers.stage, body, part)
            for name, values in arrays.items():
                drawings.set_field(mesh, name, values[part.points], iteration)
            if shade is not None:
                drawings.set_colours(mesh, shade[part.points], limits, iteration, self._look("BodyColours", "st_field"))
        self._extend_time(iteration)

    def add_slice(
        self,
        name: str,
        positions: np.ndarray,
        values: np.ndarray,
        *,
        field_name: str = "value",
        limits: ColourRange | None = None,
        time: float | None = None,
    ) -> None:
        """Draw a field on a grid of positions (nu, nv, 3) [m] with values (nu, nv); NaN leaves a gap, and of NaN alone nothing.

        Raises:
            ValueError: Shapes that do not match, a grid of less than 2 x 2, or a bad name.
        """
        values = np.asarray(values, dtype=np.float64)
        if values.ndim != 2 or min(values.shape) < 2:
            raise ValueError(f"slice {name!r}: values of shape {values.shape}; give (nu, nv), at least (2, 2)")
        points = self._to_stage(checked("positions", positions, [(*values.shape, 3)]))
        across = np.cross(points[1, 0] - points[0, 0], points[0, 1] - points[0, 0])
        normal = across / max(float(np.linalg.norm(across)), 1e-300)
        kept, quads = drawings.whole_quads(values)
        if not len(quads):
            return
        mesh = self._child("Slices", name, "Mesh")
        normals = np.broadcast_to(normal, (len(kept), 3))
        drawings.draw_mesh(mesh, points.reshape(-1, 3)[kept], quads, normals, time)
        self._show(mesh, values.ravel()[kept], field_name_of(field_name), limits, time, self._look(lit=False))

    def add_surface(
        self,
        name: str,
        mesh: TriangleMesh,
        values: np.ndarray,
        *,
        field_name: str = "value",
        limits: ColourRange | None = None,
        time: float | None = None,
    ) -> None:
        """Draw a surface [m], an isosurface, say, with values (n,) at its points; what lies behind it shows through.

        Raises:
            ValueError: Another number of values, a surface without a face, or a bad name.
        """
        values = checked("values", values, [(len(mesh.points),)])
        if not len(mesh.faces):
            raise ValueError(f"surface {name!r} has no face; leave it out")
        drawn = self._child("Surfaces", name, "Mesh")
        drawings.draw_mesh(drawn, self._to_stage(mesh.points), mesh.faces, mesh.point_normals, time)
        drawn.CreateDisplayOpacityAttr([SURFACE_OPACITY])
        look = self._look("SurfaceColours", opacity=SURFACE_OPACITY)
        self._show(drawn, values, field_name_of(field_name), limits, time, look)

    def add_streamlines(
        self,
        name: str,
        lines: Sequence[np.ndarray],
        values: Sequence[np.ndarray],
        *,
        width: float | None = None,
        field_name: str = "value",
        limits: ColourRange | None = None,
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
        kept = [k for k, line in enumerate(lines) if len(line) > 1]
        if not kept:
            raise ValueError(f"streamlines {name!r}: no line of {len(lines)} has two points; seed them in the flow")
        scaled = [self._to_stage(lines[k]) for k in kept]
        width = self._width(width, np.concatenate(scaled))
        curves = self._child("Streamlines", name, "BasisCurves")
        drawings.draw_curves(curves, scaled, width, time)
        field = np.concatenate([np.asarray(values[k], dtype=np.float64) for k in kept])
        self._show(curves, field, field_name_of(field_name), limits, time, self._look(lit=False))
        tube = tubes(np.concatenate(scaled), np.array([len(line) for line in scaled]), width, field)
        self._stand_in(curves, tube, field_name, limits, time)

    def add_points(
        self,
        name: str,
        positions: np.ndarray,
        values: np.ndarray,
        *,
        velocities: np.ndarray,
        width: float | None = None,
        field_name: str = "value",
        limits: ColourRange | None = None,
        time: float | None = None,
    ) -> None:
        """Draw points (n, 3) [m] with values (n,) and velocities (n, 3) [m / s], if any; `width` as in `add_streamlines`.

        Raises:
            ValueError: Shapes that do not match, or a bad name.
        """
        points = self._to_stage(checked("positions", positions, [(len(positions), 3)]))
        moving = self._to_stage(checked("velocities", velocities, [points.shape]))
        values = checked("values", values, [points.shape[:1]])
        if not len(points):
            return
        prim = self._child("Points", name, "Points")
        width = self._width(width, points)
        drawings.draw_points(prim, points, moving, width, time)
        self._show(prim, values, field_name_of(field_name), limits, time, self._look(lit=False))
        self._stand_in(prim, balls(points, width, values), field_name, limits, time)

    def add_glyphs(
        self,
        name: str,
        positions: np.ndarray,
        vectors: np.ndarray,
        *,
        length: float,
        field_name: str = "value",
        limits: ColourRange | None = None,
        time: float | None = None,
    ) -> None:
        """Draw vectors (n, 3) as arrows from positions (n, 3) [m]; the longest gets `length` [m], those of no length none.

        Raises:
            ValueError: Shapes that do not match, or a bad name.
        """
        points = self._to_stage(checked("positions", positions, [(len(positions), 3)]))
        field = checked("vectors", vectors, [points.shape])
        size = np.linalg.norm(field, axis=1)
        kept = size > 0.0
        if not kept.any():
            return
        along = field[kept] / size[kept, None]
        lengths = length / self._layers.metres_per_unit * size[kept] / size.max()
        instancer = self._child("Glyphs", name, "PointInstancer")
        draw_glyphs(instancer, points[kept], along, lengths, time)
        self._show(instancer, size[kept], field_name_of(field_name), limits, time, None)
        self._stand_in(instancer, solid_glyphs(points[kept], along, lengths, size[kept]), field_name, limits, time)

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
            ValueError: A file outside of `folder`, `bounds` of another shape, or a bad name.
            FileNotFoundError: No such file.
        """
        if Path(vdb_path).is_absolute() or ".." in Path(vdb_path).parts:
            raise ValueError(f"vdb_path = {vdb_path}: give a file within {self.folder}, relative to it, so that all can be moved")
        if not (self.folder / vdb_path).is_file():
            raise FileNotFoundError(f"{self.folder / vdb_path}: no such file; write it before it is added")
        corners = checked("bounds", bounds, [(2, 3)])
        path = self._child_path("Volumes", name)
        file = f"./{Path(vdb_path).as_posix()}"
        drawings.draw_volume(self._layers.stage, path, file, field_name_of(field_name), corners, time)
        self._extend_time(time)

    def add_camera(self, bounds: np.ndarray) -> None:
        """Point the cameras /Results/Camera, SideCamera and TopCamera at a box, shape (2, 3) [m]: the flow domain, say."""
        add_cameras(self._layers.stage, ROOT, self._to_stage(checked("bounds", bounds, [(2, 3)])))

    def set_scale(self, field_name: str, limits: ColourRange, label: str) -> None:
        """Fix the values of a field's first and last colour for all that is drawn of it; a legend says which they are.

        The legend hangs before /Results/Camera. What is fixed first stays, so that colours mean the same at all times.
        """
        if field_name in self._scales:
            return
        from pxr import UsdGeom

        stage, name = self._layers.stage, f"{self._layers.case_name}_legend_{field_name_of(field_name)}.png"
        self._pictures[name] = lambda path: draw_picture(path, label, limits)
        mesh = self._child("Camera/Legends", field_name, "Mesh")
        place_legend(mesh, UsdGeom.Camera(stage.GetPrimAtPath(f"{ROOT}/Camera")), len(self._scales))
        Look(f"{ROOT}/Looks/Legend_{field_name}", f"./{name}", lit=False).bind(mesh.GetPrim())
        self._scales[field_name] = limits

    def _begin(self) -> None:
        from pxr import Usd, UsdGeom

        stage = self._layers.stage
        drawn = [UsdGeom.Tokens.default_, UsdGeom.Tokens.render]
        cache = UsdGeom.BBoxCache(Usd.TimeCode.EarliestTime(), drawn)
        box = cache.ComputeWorldBound(stage.GetPseudoRoot()).ComputeAlignedRange()
        UsdGeom.Xform.Define(stage, ROOT).GetPrim().SetCustomDataByKey(DRAWINGS_MARK, True)
        self._layers.name_default_prim(ROOT.strip("/"))
        add_cameras(stage, ROOT, np.array([[-1.0] * 3, [1.0] * 3] if box.IsEmpty() else [box.GetMin(), box.GetMax()]))

    def _show(self, prim, values: np.ndarray, name: str, limits: ColourRange | None, time: float | None, look: Look | None) -> None:
        """A field on what has been drawn: as a primvar, and as colours."""
        drawings.set_field(prim, name, values, time)
        drawings.set_colours(prim, values, limits or self._scales.get(name), time, look)
        self._extend_time(time)

    def _stand_in(self, prim, solid: Solid, name: str, limits: ColourRange | None, time: float | None) -> None:
        drawings.stand_in(prim, solid, limits or self._scales.get(name), time, self._look(lit=False))

    def _look(self, name: str = "Colours", coordinates: str = "st", *, lit: bool = True, opacity: float = 1.0) -> Look:
        picture = f"{self._layers.case_name}_colours.png"
        self._pictures[picture] = draw_map
        return Look(f"{ROOT}/Looks/{name}", f"./{picture}", coordinates, lit, opacity)

    def _width(self, width: float | None, points: np.ndarray) -> float:
        """In stage units, of points in stage units."""
        diagonal = float(np.linalg.norm(np.ptp(points, axis=0)))
        return diagonal / 300.0 if width is None else width / self._layers.metres_per_unit

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

    def _extend_time(self, time: float | None) -> None:
        if time is not None:
            self._times.add(time)
            self._layers.set_time_range(min(self._times), max(self._times))
