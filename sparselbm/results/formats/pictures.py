"""Shapes as a picture and a film, rendered off-screen by PyVista."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from ...scene.usd import open_stage
from ..reader import Results
from ..stage.colour import for_screen
from .designs import Designs
from .export_format import ExportFormat
from .scene_view import SceneView, opacity_of
from .shapes import Surface, all_shapes, shapes_of

SIZE = (1280, 720)
ZOOM = 1.2
FRAMES_A_SECOND = 24
FASTEST = 60.0
"""Largest number of frames per second of a film of a flow over time."""
FRAMES_A_DESIGN = 12
"""Number of frames from one design to the next."""
FRAMES_AROUND = 72
"""Number of frames of a run, which has one design: the camera circles around it."""


def draw_picture(path: Path, view: SceneView, shapes: tuple[Surface, ...], up_axis: str) -> None:
    """Renders all shapes from the side and slightly above."""
    from matplotlib.image import imsave

    plotter, _ = _plotter(view, shapes, up_axis)
    imsave(path, view.with_legends(plotter.screenshot(return_img=True)), format="png")
    plotter.close()


def draw_film(path: Path, view: SceneView, designs: Designs, captions: tuple[str, ...]) -> None:
    """Renders the bodies morphing through their designs, each with its own flow and caption, or one turn around a single one."""
    states = [(*bodies, *drawings) for bodies, drawings in zip(designs.bodies, designs.drawings)]
    plotter, opacities = _plotter(view, view.shown(states[0]), designs.up_axis)
    plotter.reset_camera(bounds=view.bounds([each for state in states for each in view.shown(state)]).T.ravel())
    plotter.camera.zoom(ZOOM)
    plotter.open_movie(str(path), framerate=FRAMES_A_SECOND, macro_block_size=1)
    if len(states) > 1:
        for time in np.linspace(0.0, len(states) - 1.0, FRAMES_A_DESIGN * (len(states) - 1) + 1):
            nearest = round(time)
            bodies = tuple(map(partial(_between, time=time), zip(*designs.bodies, strict=True)))
            _show(plotter, view, view.shown((*bodies, *designs.drawings[nearest])), opacities, captions[nearest])
            _write_frame(plotter, view)
    else:
        for _ in range(FRAMES_AROUND):
            plotter.camera.Azimuth(360.0 / FRAMES_AROUND)
            plotter.renderer.reset_camera_clipping_range()
            _write_frame(plotter, view)
    plotter.close()


def _between(states: tuple[Surface, ...], time: float) -> Surface:
    """A body at a time in its designs, with points interpolated linearly between them and the colours of the nearest one."""
    number = min(int(time), len(states) - 2)
    share = time - number
    points = (1.0 - share) * states[number].points + share * states[number + 1].points
    return replace(states[round(time)], points=points)


def _show(plotter, view: SceneView, shapes: tuple[Surface, ...], opacities: dict[str, float], caption: str) -> None:
    """Replaces everything that a plotter shows."""
    plotter.clear_actors()
    for shape in shapes:
        _add(plotter, shape, opacities.get(shape.name, 1.0))
    _title(plotter, view)
    plotter.add_text(caption, position="lower_edge", name="caption", font_size=12, color="black")


def _title(plotter, view: SceneView) -> None:
    plotter.add_text(view.title, position="upper_edge", name="title", font_size=12, color="black")


def _plotter(view: SceneView, shapes: tuple[Surface, ...], up_axis: str):
    """Off-screen plotter with shapes and a title, and the opacity of each shape by its name."""
    import pyvista  # pyright: ignore[reportMissingImports]

    opacities = {shape.name: opacity_of(shape, shapes) for shape in shapes}
    # VTK prints warnings about missing displays before it renders off-screen.
    with pyvista.vtk_verbosity("off"):
        plotter = pyvista.Plotter(off_screen=True, window_size=list(SIZE), lighting="three lights")
        plotter.set_background("white")
        for shape in shapes:
            _add(plotter, shape, opacities[shape.name])
        _title(plotter, view)
        eye = (-0.5, -1.0, 0.4) if up_axis == "Z" else (-0.5, 0.4, 1.0)
        up = (0.0, 0.0, 1.0) if up_axis == "Z" else (0.0, 1.0, 0.0)
        plotter.view_vector(eye, up)
        plotter.reset_camera(bounds=view.bounds(shapes).T.ravel())
        plotter.camera.zoom(ZOOM)
        plotter.render()
    return plotter, opacities


def _add(plotter, shape: Surface, opacity: float) -> None:
    """Adds a shape to a plotter. Slices are not lit, so that their colours are those of the legend."""
    import pyvista  # pyright: ignore[reportMissingImports]

    mesh = pyvista.PolyData.from_regular_faces(shape.points, shape.faces)
    mesh["colours"] = for_screen(shape.colours)
    plotter.add_mesh(
        mesh, scalars="colours", rgb=True, specular=0.0, opacity=opacity, lighting=shape.group != "Slices",
    )


def _write_frame(plotter, view: SceneView) -> None:
    plotter.mwriter.append_data(view.with_legends(plotter.screenshot(return_img=True)))


def _picture(results: Results, path: Path) -> None:
    view = SceneView.of(results)
    up_axis, shapes = all_shapes(results)
    draw_picture(path, view, view.shown(shapes), up_axis)


def draw_film_of_times(path: Path, results: Results) -> None:
    """Renders the shapes at each output time of a run, from one place, at the speed at which the stage plays."""
    view = SceneView.of(results)
    up_axis, shapes = shapes_of(results, results.codes[-1])
    plotter, opacities = _plotter(view, view.shown(shapes), up_axis)
    interval = results.codes[-1] / max(len(results.codes) - 1, 1)
    rate = open_stage(results.stage).GetTimeCodesPerSecond() / max(interval, 1e-9)
    plotter.open_movie(str(path), framerate=round(min(max(rate, 1.0), FASTEST)), macro_block_size=1)
    for time, code in zip(results.times, results.codes):
        _show(plotter, view, view.shown(shapes_of(results, code)[1]), opacities, f"t = {time:.4g} s")
        _write_frame(plotter, view)
    plotter.close()


def _film(results: Results, path: Path) -> None:
    if len(results.codes) > 1:
        draw_film_of_times(path, results)
        return
    name = results.summary.get("objective", "drag coefficient")
    captions = tuple(f"iteration {row['iteration']:g}, {name} {row['objective']:.4g}" for row in results.history)
    draw_film(path, SceneView.of(results), Designs.of(results), captions)


PICTURE = ExportFormat((("picture.png", _picture),), ("pyvista",), "pictures")
FILM = ExportFormat((("film.mp4", _film),), ("pyvista", "imageio", "imageio_ffmpeg"), "pictures")
