"""Shapes as a picture and a film, rendered off-screen by PyVista."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...scene.usd import open_stage
from ..reader import Results
from ..stage.colour import for_screen
from .export_format import ExportFormat
from .scene_view import SceneView, opacity_of
from .shapes import Surface, all_shapes, shapes_of

SIZE = (1280, 720)
"""Drawings whose colours do not depend on lights."""
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

    plotter = _plotter(view, shapes, up_axis)[0]
    imsave(path, view.with_legends(plotter.screenshot(return_img=True)), format="png")
    plotter.close()


def draw_film(
    path: Path, view: SceneView, shapes: tuple[Surface, ...], up_axis: str, captions: tuple[str, ...] = ()
) -> None:
    """Renders the shapes morphing through their designs, with a caption each, or one turn around a single design."""
    plotter, meshes = _plotter(view, shapes, up_axis)
    plotter.open_movie(str(path), framerate=FRAMES_A_SECOND, macro_block_size=1)
    designs = max(len(shape.designs) for shape in shapes)
    if designs:
        for time in np.linspace(0.0, designs - 1.0, FRAMES_A_DESIGN * (designs - 1) + 1):
            for shape, mesh in zip(shapes, meshes):
                if shape.designs:
                    mesh.points = _between(shape.designs, time)
            _caption(plotter, captions[round(time)])
            _write_frame(plotter, view)
    else:
        for _ in range(FRAMES_AROUND):
            plotter.camera.Azimuth(360.0 / FRAMES_AROUND)
            plotter.renderer.reset_camera_clipping_range()
            _write_frame(plotter, view)
    plotter.close()


def _between(designs: tuple[np.ndarray, ...], time: float) -> np.ndarray:
    """Points at a time in designs, interpolated linearly between them."""
    number = min(int(time), len(designs) - 2)
    share = time - number
    return (1.0 - share) * designs[number] + share * designs[number + 1]


def _plotter(view: SceneView, shapes: tuple[Surface, ...], up_axis: str):
    """Off-screen plotter with a title, and the mesh of each shape in it."""
    import pyvista  # pyright: ignore[reportMissingImports]

    # VTK prints warnings about missing displays before it renders off-screen.
    with pyvista.vtk_verbosity("off"):
        plotter = pyvista.Plotter(off_screen=True, window_size=list(SIZE), lighting="three lights")
        plotter.set_background("white")
        meshes = [_add(plotter, shape, shapes) for shape in shapes]
        plotter.add_text(view.title, position="upper_edge", name="title", font_size=12, color="black")
        eye = (-0.5, -1.0, 0.4) if up_axis == "Z" else (-0.5, 0.4, 1.0)
        up = (0.0, 0.0, 1.0) if up_axis == "Z" else (0.0, 1.0, 0.0)
        plotter.view_vector(eye, up)
        plotter.reset_camera(bounds=view.bounds(shapes).T.ravel())
        plotter.camera.zoom(1.2)
        plotter.render()
    return plotter, meshes


def _add(plotter, shape: Surface, shapes: tuple[Surface, ...]):
    """Adds a shape to a plotter; returns its mesh. Slices are not lit, so that their colours are those of the legend."""
    import pyvista  # pyright: ignore[reportMissingImports]

    mesh = pyvista.PolyData.from_regular_faces(shape.points, shape.faces)
    mesh["colours"] = for_screen(shape.colours)
    plotter.add_mesh(
        mesh, scalars="colours", rgb=True, specular=0.0, opacity=opacity_of(shape, shapes),
        lighting=shape.group != "Slices",
    )
    return mesh


def _caption(plotter, text: str) -> None:
    plotter.add_text(text, position="lower_edge", name="caption", font_size=12, color="black")


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
    plotter, _ = _plotter(view, view.shown(shapes), up_axis)
    interval = results.codes[-1] / max(len(results.codes) - 1, 1)
    rate = open_stage(results.stage).GetTimeCodesPerSecond() / max(interval, 1e-9)
    plotter.open_movie(str(path), framerate=round(min(max(rate, 1.0), FASTEST)), macro_block_size=1)
    for time, code in zip(results.times, results.codes):
        plotter.clear_actors()
        shapes = view.shown(shapes_of(results, code)[1])
        for shape in shapes:
            _add(plotter, shape, shapes)
        plotter.add_text(view.title, position="upper_edge", name="title", font_size=12, color="black")
        _caption(plotter, f"t = {time:.4g} s")
        _write_frame(plotter, view)
    plotter.close()


def _film(results: Results, path: Path) -> None:
    if len(results.codes) > 1:
        draw_film_of_times(path, results)
        return
    view = SceneView.of(results)
    up_axis, shapes = all_shapes(results)
    name = results.summary.get("objective", "drag coefficient")
    captions = tuple(f"iteration {row['iteration']:g}, {name} {row['objective']:.4g}" for row in results.history)
    draw_film(path, view, view.shown(shapes), up_axis, captions)


PICTURE = ExportFormat((("picture.png", _picture),), ("pyvista",), "pictures")
FILM = ExportFormat((("film.mp4", _film),), ("pyvista", "imageio", "imageio_ffmpeg"), "pictures")
