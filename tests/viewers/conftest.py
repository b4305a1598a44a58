"""Results that every viewer looks at."""

import pytest
from draw_cases import BALL, case

from sparselbm.draw import (
    Glyphs,
    Isosurface,
    Pressure,
    Slice,
    Streamlines,
    SurfaceValues,
    Tracers,
    VolumeGrids,
    draw_all,
)
from sparselbm.usd import ResultsStage


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A ball that grows over three iterations, in a uniform stream."""
    folder = tmp_path_factory.mktemp("viewers")
    ball = case(folder / "ball.usda")
    with ResultsStage(ball.scene.path, folder / "out", "ball") as stage:
        stage.add_camera(ball.moment.bounds)
        for time, level in enumerate((1.0, 1.5, 2.0)):
            stage.add_iteration(ball.moment.body, time, BALL.points * (1.0 + 0.1 * time))
            drawings = [
                SurfaceValues(), Slice(quantity=Pressure()), Streamlines(3), Tracers(3), Glyphs(axis=0, every=8),
                Isosurface(Pressure(), level),
            ]  # fmt: skip
            draw_all(drawings, stage, ball.moment, time)
        draw_all([VolumeGrids()], stage, ball.moment, None)
    (folder / "out" / "history.csv").write_text("iteration,objective\n0,1.5\n1,1.2\n2,1.1\n")
    return folder / "out"
