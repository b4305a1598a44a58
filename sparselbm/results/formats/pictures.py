"""Shapes as a picture and a film, rendered off-screen by PyVista."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from ...scene.usd import open_stage
from ..reader import Results
from ..stage.colour import for_screen
from .camera_frame import CameraFrame
from .designs import SECONDS_A_DESIGN, Designs
from .export_format import ExportFormat
from .scene_view import PictureOptions, SceneView, opacity_of
from .shapes import Surface, all_shapes, shapes_of

SHARP = 35.0
"""Angle between two faces from which their edge is sharp [degrees]."""
AXES = 150
"""Width and height of the directions of the axes [pixels]."""
FRAMES_A_SECOND = 24
FASTEST = 60.0
"""Largest number of frames per second of a film of a flow over time."""
FRAMES_A_DESIGN = round(FRAMES_A_SECOND * SECONDS_A_DESIGN)
"""Number of frames from one design to the next."""
FRAMES_AROUND = 72
"""Number of frames of a run, which has one design: the camera circles around it."""

DEFAULT = PictureOptions()

State = Sequence[Surface]


def draw_picture(
    path: Path, view: SceneView, states: Sequence[State], up_axis: str, captions: Sequence[str], options: PictureOptions
) -> None:
    """Renders one or several states of the shapes beside each other, from one direction and in one scale."""
    from matplotlib.image import imsave

    frame = _frame_of(view, states, up_axis, options)
    size, panes = frame.window(view.pane_width(len(states))), []
    for state in states:
        plotter, _ = _plotter(size, state, options)
        frame.aim(plotter)
        panes.append(plotter.screenshot(return_img=True))
        plotter.close()
    imsave(path, view.composed(panes, captions), format="png")


def draw_film(path: Path, view: SceneView, designs: Designs, captions: tuple[str, ...], options: PictureOptions) -> None:
    """Renders the bodies morphing through their designs, each with its own flow and caption, or one turn around a single one."""
    states = [view.shown((*bodies, *drawings)) for bodies, drawings in zip(designs.bodies, designs.drawings)]
    frame = _frame_of(view, states, designs.up_axis, options)
    plotter, opacities = _plotter(frame.window(view.pane_width()), states[0], options)
    frame.aim(plotter)
    plotter.open_movie(str(path), framerate=FRAMES_A_SECOND, macro_block_size=1)
    if len(states) > 1:
        for time in np.linspace(0.0, len(states) - 1.0, FRAMES_A_DESIGN * (len(states) - 1) + 1):
            nearest = round(time)
            bodies = tuple(map(partial(_between, time=time), zip(*designs.bodies, strict=True)))
            _show(plotter, view.shown((*bodies, *designs.drawings[nearest])), opacities)
            _write_frame(plotter, view, captions[nearest])
    else:
        plotter.reset_camera()  # The whole turn fits.
        for _ in range(FRAMES_AROUND):
            plotter.camera.Azimuth(360.0 / FRAMES_AROUND)
            plotter.renderer.reset_camera_clipping_range()
            _write_frame(plotter, view)
    plotter.close()


def draw_film_of_times(path: Path, results: Results, options: PictureOptions) -> None:
    """Renders the shapes at each output time of a run, from one place, at the speed at which the stage plays."""
    view = SceneView.of(results)
    up_axis, shapes = shapes_of(results, results.codes[-1])
    frame = _frame_of(view, [view.shown(shapes)], up_axis, options)
    plotter, opacities = _plotter(frame.window(view.pane_width()), view.shown(shapes), options)
    frame.aim(plotter)
    interval = results.codes[-1] / max(len(results.codes) - 1, 1)
    rate = open_stage(results.stage).GetTimeCodesPerSecond() / max(interval, 1e-9)
    plotter.open_movie(str(path), framerate=round(min(max(rate, 1.0), FASTEST)), macro_block_size=1)
    for time, code in zip(results.times, results.codes):
        _show(plotter, view.shown(shapes_of(results, code)[1]), opacities)
        _write_frame(plotter, view, f"t = {time:.4g} s")
    plotter.close()


def _between(states: tuple[Surface, ...], time: float) -> Surface:
    """A body at a time in its designs, with points interpolated linearly between them and the colours of the nearest one."""
    number = min(int(time), len(states) - 2)
    share = time - number
    points = (1.0 - share) * states[number].points + share * states[number + 1].points
    return replace(states[round(time)], points=points)


def _frame_of(view: SceneView, states: Sequence[State], up_axis: str, options: PictureOptions) -> CameraFrame:
    return CameraFrame.around(view.framed(states, options.around), options.eye_of(up_axis), up_axis)


def _show(plotter, shapes: State, opacities: dict[str, float]) -> None:
    """Replaces everything that a plotter shows."""
    plotter.clear_actors()
    for shape in shapes:
        _add(plotter, shape, opacities.get(shape.name, 1.0))


def _plotter(size: tuple[int, int], shapes: State, options: PictureOptions):
    """Off-screen plotter of a window with shapes and the directions of the axes, and the opacity of each shape by its name."""
    import pyvista  # pyright: ignore[reportMissingImports]

    opacities = {shape.name: opacity_of(shape, shapes, options.see_through) for shape in shapes}
    # VTK prints warnings about missing displays before it renders off-screen.
    with pyvista.vtk_verbosity("off"):
        plotter = pyvista.Plotter(off_screen=True, window_size=list(size), lighting="three lights")
        plotter.set_background("white")
        plotter.enable_anti_aliasing("ssaa")
        if min(opacities.values(), default=1.0) < 1.0:
            plotter.enable_depth_peeling(8)
        for shape in shapes:
            _add(plotter, shape, opacities[shape.name])
        # The flow goes from the lower left to the upper right in the default view.
        plotter.add_axes(viewport=(1.0 - AXES / size[0], 0.0, 1.0, AXES / size[1]))
        plotter.render()
    return plotter, opacities


def _add(plotter, shape: Surface, opacity: float) -> None:
    """Adds a shape to a plotter. Slices are not lit, so that their colours are those of the legend."""
    import pyvista  # pyright: ignore[reportMissingImports]

    mesh = pyvista.PolyData.from_regular_faces(shape.points, shape.faces)
    mesh["colours"] = for_screen(shape.colours)
    is_slice = shape.group == "Slices"
    if not is_slice:
        mesh = mesh.compute_normals(cell_normals=False, split_vertices=True, feature_angle=SHARP)
    look = {"lighting": not is_slice, "smooth_shading": not is_slice, "specular": 0.0, "opacity": opacity}
    plotter.add_mesh(mesh, scalars="colours", rgb=True, **look)


def _write_frame(plotter, view: SceneView, caption: str = "") -> None:
    plotter.mwriter.append_data(view.composed([plotter.screenshot(return_img=True)], [caption]))


def _captions(results: Results) -> dict[float, str]:
    """Iteration and objective of each design of an optimization, by its time code."""
    summary = results.summary
    objectives = {row["iteration"]: row["objective"] for row in results.history}
    # Those of the first and the best design are evaluated again at the end, with flows that have converged further.
    for iteration, name in ((min(objectives, default=None), "objective_first"), (results.best, "objective_best")):
        if iteration is not None and name in summary:
            objectives[iteration] = summary[name]
    name = summary.get("objective", "drag coefficient")
    return {iteration: f"iteration {iteration:g}, {name} {value:.4g}" for iteration, value in objectives.items()}


def _picture(results: Results, path: Path, options: PictureOptions) -> None:
    """The flow of a run, or the first and the best design of an optimization beside each other."""
    view, captions = SceneView.of(results), _captions(results)
    best = results.best
    two = None if best is None else Designs.of(results, 2)
    if best is not None and two and len(two.labels) == 2:
        states = [view.shown((*bodies, *drawings)) for bodies, drawings in zip(two.bodies, two.drawings)]
        draw_picture(path, view, states, two.up_axis, (captions[results.moments[0]], captions[best]), options)
        return
    up_axis, shapes = all_shapes(results)
    draw_picture(path, view, [view.shown(shapes)], up_axis, ("",), options)


def _film(results: Results, path: Path, options: PictureOptions) -> None:
    if len(results.codes) > 1:
        draw_film_of_times(path, results, options)
        return
    draw_film(path, SceneView.of(results), Designs.of(results), tuple(_captions(results).values()), options)


def picture(options: PictureOptions = DEFAULT) -> ExportFormat:
    """Format of picture.png with options."""
    return ExportFormat((("picture.png", _with(_picture, options)),), ("pyvista",), "pictures")


def film(options: PictureOptions = DEFAULT) -> ExportFormat:
    """Format of film.mp4 with options."""
    return ExportFormat((("film.mp4", _with(_film, options)),), ("pyvista", "imageio", "imageio_ffmpeg"), "pictures")


def _with(
    draw: Callable[[Results, Path, PictureOptions], None], options: PictureOptions
) -> Callable[[Results, Path], None]:
    return lambda results, path: draw(results, path, options)
