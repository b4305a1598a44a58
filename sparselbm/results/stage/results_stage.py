"""Results of a case as USD: layers over the user's own scene, which is not modified."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from sparselbm.files.restarts import Resumable
from sparselbm.geometry import TriangleMesh
from sparselbm.results.stage import drawings
from sparselbm.results.stage.camera import add_cameras
from sparselbm.results.stage.checked import checked, field_name_of
from sparselbm.results.stage.colour import ColourRange, limits_of, magnitude
from sparselbm.results.stage.glyphs import draw_glyphs, solid_glyphs
from sparselbm.results.stage.hold import hold
from sparselbm.results.stage.layers import LayerPair
from sparselbm.results.stage.legend import draw_map
from sparselbm.results.stage.looks import Look
from sparselbm.results.stage.overs import block_stale, ensure_mesh, set_points
from sparselbm.results.stage.playback import Playback
from sparselbm.results.stage.root import hold_in_place
from sparselbm.results.stage.scales import Scales
from sparselbm.results.stage.solids import Solid, balls, tubes
from sparselbm.results.stage.trim import grid_faces
from sparselbm.results.stage.xform_ops import PrimOps, write_values
from sparselbm.scene.usd import Body

SURFACE_OPACITY = 0.4


class ResultsStage(Resumable):
    """Writer of CASE_results.usda, which is to be opened, and CASE_layer.usdc, its data, over the user's scene.

    The pictures of colour map and legends, and CASE_clips with completed frames, are written next to them.

    All data are NumPy arrays in world metres. Time codes are the optimiser's iterations; at the default time a viewer shows
    the user's original shape. Use it as a context manager, or call `save()`."""

    def __init__(
        self, scene: str | Path, folder: str | Path, case_name: str, *, overwrite: bool = False,
        variants: Mapping[str, str] | None = None, attributes: Mapping[str, str] | None = None,
    ):
        """Composes the scene with `variants`, `attributes` and the result in memory; nothing is written before `save()`.

        Raises ResultsExistError if one of the two files exists, and `overwrite` is false; SceneError if the scene cannot be
        opened, and for a `case_name` that is not a valid file name, or would overwrite the scene.
        """
        self._layers = LayerPair(Path(scene), Path(folder), case_name, overwrite, variants, attributes)
        self.playback = Playback(self._layers.root, self._layers.data)
        """Range of time codes that a viewer plays."""
        self._pictures: dict[str, Callable[[Path], None]] = {}
        self._drawings = self._layers.drawings
        self.scales = Scales(self._layers, self._pictures, self._drawings)
        """Colour ranges of the fields."""
        self._begin()

    @property
    def path(self) -> Path:
        """File to open in a viewer."""
        return self._layers.root_path

    @property
    def case_name(self) -> str:
        """Name of the case."""
        return self._layers.case_name

    @property
    def folder(self) -> Path:
        """Folder of the files; paths of volumes are relative to it."""
        return self._layers.root_path.parent

    @property
    def sources(self) -> list[Path]:
        """Files of which the scene is composed, which a run must not remove."""
        return self._layers.sources

    def hold(self, time: float | None) -> None:
        """Holds the animation of the scene at the time code of the results; None: the first samples."""
        hold(self._layers.stage, time)

    def save(self) -> None:
        """Writes both files atomically, so that a viewer or a crash finds complete ones."""
        self._layers.replace_pictures(self._pictures)
        self._layers.save()

    def saved(self):
        self.save()
        return {"layers": self._layers.saved(), "scales": self.scales.saved(), "playback": self.playback.saved()}

    def restore(self, state):
        self._layers.restore(state["layers"])
        self.scales.restore(state["scales"])
        self.playback.restore(state["playback"])

    def end_frame(self, time: float) -> None:
        """Writes all drawings of a time to a separate file, CASE_clips/NUMBER.usdc, and saves.

        Samples of bodies stay in the growing layer, which is saved less and less often; without this call drawings do so too.
        """
        self._layers.clips.take(self._layers.data, time)
        if self._layers.is_save_due:
            self.save()

    @property
    def frames(self) -> int:
        """Number of frames written so far."""
        return len(self._layers.clips)

    def __enter__(self) -> ResultsStage:
        return self

    def __exit__(self, *_: object) -> None:
        """Saves the results, also after an error."""
        self.save()

    def add_iteration(self, body: Body, iteration: int, points_world_m: np.ndarray) -> None:
        """Writes the body's points (n, 3) [m] at an iteration as time samples on its prims, and saves.

        Raises ValueError if the shape is not that of the body, or a position is not finite, and SceneError if the transform of a
        prim is singular, so that points cannot be written back.
        """
        points = checked("points_world_m", points_world_m, [(len(body.mesh.points), 3)])
        if not np.isfinite(points).all():
            raise ValueError(
                f"points_world_m of iteration {iteration} has positions that are not finite; use a shorter step"
            )
        self.playback.add_iteration(iteration)
        self.place_body(body, points, float(iteration))
        self.save()

    def place_body(self, body: Body, points_world_m: np.ndarray, time: float | None) -> None:
        """Writes the points (n, 3) [m] of a body that moves, at a time code; None: as default value.

        Raises SceneError if the transform of a prim is singular, so that points cannot be written back.
        """
        for part in body.parts:
            mesh = ensure_mesh(self._layers.stage, body, part)
            block_stale(mesh)
            set_points(mesh, points_world_m[part.points], time)
        self.playback.add(time)

    def add_transform(self, ops: PrimOps, iteration: int, values: Mapping[str, np.ndarray]) -> None:
        """Writes the values of a prim's ops at an iteration, by op name, as time samples, and saves."""
        self.playback.add_iteration(iteration)
        hold_in_place(self._layers.stage, self._drawings, ops.prim)
        write_values(self._layers.stage, ops, values, float(iteration))
        self.save()

    def add_surface_fields(
        self, body: Body, fields: Mapping[str, np.ndarray], *, iteration: float | None = None, colour_by: str | None = None,
        limits: ColourRange | None = None,
    ) -> None:
        """Writes fields on the body's prims as primvars.

        Args:
            body: the body, with n points.
            fields: scalars (n,) or vectors (n, 3) in world axes by name.
            iteration: the time code; None: the default value, valid at all times.
            colour_by: the field shown by displayColor (for a vector its length); None: no colours.
            limits: values of the first and last colour; None: smallest and largest of the field.

        Raises ValueError for names that are invalid or reserved in USD, other shapes, and a `colour_by` that is no field.
        """
        count = len(body.mesh.points)
        shapes = [(count,), (count, 3)]
        arrays = {field_name_of(name): checked(name, values, shapes) for name, values in fields.items()}
        if colour_by is not None and colour_by not in arrays:
            raise ValueError(f"colour_by is {colour_by!r}, which is not among the fields {sorted(arrays)}; add it")
        shade = None if colour_by is None else magnitude(arrays[colour_by])
        for part in body.parts:
            mesh = ensure_mesh(self._layers.stage, body, part)
            for name, values in arrays.items():
                drawings.set_field(mesh, name, values[part.points], iteration)
            if shade is not None and colour_by is not None:
                shown = self.scales.shows(str(mesh.GetPath()), colour_by, limits) or limits_of(shade)
                look, clip = self._look("BodyColours", "st_field"), self.scales.is_fixed
                drawings.set_colours(mesh, shade[part.points], shown, iteration, look, clip=clip)
        self.playback.add(iteration)

    def add_slice(
        self, name: str, positions: np.ndarray, values: np.ndarray, *, clearance: np.ndarray | None = None,
        field_name: str = "value", limits: ColourRange | None = None, time: float | None = None,
    ) -> None:
        """Draws a field on a grid of positions (nu, nv, 3) [m] with values (nu, nv); NaN leaves a gap.

        `clearance`: distance to the nearest wall (nu, nv), negative in solid, by which the drawing is trimmed: see `grid_faces`.

        Raises ValueError if shapes do not match, the grid is smaller than 2 x 2, or the name is invalid.
        """
        values = np.asarray(values, dtype=np.float64)
        if values.ndim != 2 or min(values.shape) < 2:
            raise ValueError(
                f"the values of slice {name!r} have the shape {values.shape}; pass (nu, nv), at least (2, 2)"
            )
        points = self._to_stage(checked("positions", positions, [(*values.shape, 3)]))
        across = np.cross(points[1, 0] - points[0, 0], points[0, 1] - points[0, 0])
        normal = across / max(float(np.linalg.norm(across)), 1e-300)
        faces = grid_faces(points, values, clearance)
        if faces.is_empty:
            return
        mesh = self._child("Slices", name, "Mesh")
        drawn = faces.quads, faces.triangles
        drawings.draw_mesh(mesh, faces.points, drawn, np.broadcast_to(normal, faces.points.shape), time)
        self._show(mesh, faces.values, field_name_of(field_name), limits, time, self._look(lit=False))

    def add_surface(
        self, name: str, mesh: TriangleMesh, values: np.ndarray, *, field_name: str = "value",
        limits: ColourRange | None = None, time: float | None = None,
    ) -> None:
        """Draws a translucent surface [m], such as an isosurface, with values (n,) at its points.

        Raises ValueError if the number of values differs, the surface has no face, or the name is invalid.
        """
        values = checked("values", values, [(len(mesh.points),)])
        if not len(mesh.faces):
            raise ValueError(f"surface {name!r} has no face; omit it")
        drawn = self._child("Surfaces", name, "Mesh")
        drawings.draw_mesh(drawn, self._to_stage(mesh.points), (mesh.faces,), mesh.point_normals, time)
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
        """Draws lines, each of shape (k, 3) [m], with values (k,); lines of one point are omitted.

        Args:
            name: name of the curves' prim.
            lines: the polylines.
            values: values for the colours, one array per line.
            width: line width [m]; None: 1/300 of the diagonal of all lines.
            field_name: name of the primvar of the values.
            limits: values of the first and last colour.
            time: the time code; None: the default value.

        Raises ValueError if values do not match the lines, no line has two points, or the name is invalid.
        """
        lines = [np.asarray(line, dtype=np.float64) for line in lines]
        if [len(line) for line in lines] != [len(value) for value in values]:
            raise ValueError(f"streamlines {name!r}: lines and values differ in length; pass one value per point")
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
        """Draws points (n, 3) [m] with values (n,) and velocities (n, 3) [m / s]; `width` as in `add_streamlines`.

        Raises ValueError if shapes do not match, or the name is invalid.
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
        """Draws vectors (n, 3) as arrows from positions (n, 3) [m]; the longest has the `length` [m], zero vectors have none.

        Raises ValueError if shapes do not match, or the name is invalid.
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
        """Shows a grid of an OpenVDB file, whose transform maps to world metres.

        Args:
            name: name of the volume's prim.
            vdb_path: the file, relative to `folder`; it must exist.
            field_name: name of the grid in the file.
            bounds: lowest and highest corner [m], shape (2, 3).
            time: the time code of this file in a sequence; None: the default value.

        Raises ValueError if the file is outside `folder`, `bounds` has another shape, or the name is invalid, and
        FileNotFoundError if it does not exist.
        """
        if Path(vdb_path).is_absolute() or ".." in Path(vdb_path).parts:
            raise ValueError(
                f"vdb_path is {vdb_path}: pass a file within {self.folder}, relative to it, so that results can be "
                "moved"
            )
        if not (self.folder / vdb_path).is_file():
            raise FileNotFoundError(f"{self.folder / vdb_path}: no such file; write it before adding it")
        corners = checked("bounds", bounds, [(2, 3)])
        path = drawings.path_of(self._layers.stage, f"{self._drawings}/Volumes", name)
        file = f"./{Path(vdb_path).as_posix()}"
        drawings.draw_volume(self._layers.stage, path, file, field_name_of(field_name), corners, time)
        self.playback.add(time)

    def add_camera(self, bounds: np.ndarray) -> None:
        """Points the cameras Results/Camera, SideCamera and TopCamera at a box, shape (2, 3) [m], such as the domain."""
        add_cameras(self._layers.stage, self._drawings, self._to_stage(checked("bounds", bounds, [(2, 3)])))

    def set_scale(self, field_name: str, limits: ColourRange, label: str) -> None:
        """Fixes the colour range of a field for all drawings of it, and adds a legend.

        The legend is in front of Results/Camera. The first range is kept until `Scales.unify`: colours are comparable over time.
        """
        self.scales.see(field_name_of(field_name), limits, label, self.frames)

    def _begin(self) -> None:
        from pxr import Usd, UsdGeom

        stage = self._layers.stage
        drawn = [UsdGeom.Tokens.default_, UsdGeom.Tokens.render]
        cache = UsdGeom.BBoxCache(Usd.TimeCode.EarliestTime(), drawn)
        box = cache.ComputeWorldBound(stage.GetPseudoRoot()).ComputeAlignedRange()
        add_cameras(stage, self._drawings, np.array([[-1.0] * 3, [1.0] * 3] if box.IsEmpty() else [box.GetMin(), box.GetMax()]))

    def _show(
        self, prim, values: np.ndarray, name: str, limits: ColourRange | None, time: float | None, look: Look | None
    ) -> None:
        """Adds a field to a drawing, as a primvar and as colours."""
        drawings.set_field(prim, name, values, time)
        shown, clip = self.scales.shows(str(prim.GetPath()), name, limits), self.scales.is_fixed
        drawings.set_colours(prim, values, shown, time, look, clip=clip)
        self.playback.add(time)

    def _stand_in(self, prim, solid: Solid, name: str, limits: ColourRange | None, time: float | None) -> None:
        shown = self.scales.shows(f"{prim.GetPath()}_solid", name, limits)
        drawings.stand_in(prim, solid, shown, time, self._look(lit=False), clip=self.scales.is_fixed)

    def _look(self, name: str = "Colours", coordinates: str = "st", *, lit: bool = True, opacity: float = 1.0) -> Look:
        picture = f"{self._layers.case_name}_colours.png"
        self._pictures[picture] = draw_map
        return Look(f"{self._drawings}/Looks/{name}", f"./{picture}", coordinates, lit, opacity)

    def _width(self, width: float | None, points: np.ndarray) -> float:
        """Width in stage units, for points in stage units."""
        diagonal = float(np.linalg.norm(np.ptp(points, axis=0)))
        return diagonal / 300.0 if width is None else width / self._layers.metres_per_unit

    def _child(self, group: str, name: str, kind: str):
        from pxr import UsdGeom

        stage = self._layers.stage
        return getattr(UsdGeom, kind).Define(stage, drawings.path_of(stage, f"{self._drawings}/{group}", name))

    def _to_stage(self, positions: np.ndarray) -> np.ndarray:
        return positions / self._layers.metres_per_unit
