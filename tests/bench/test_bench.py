"""The bench at a tiny size: its bookkeeping, never its times."""

import json

import pytest
import warp as wp

from sparselbm.bench import BenchRow, gradient_figures, run, run_bench
from sparselbm.bench.domains import pipe_network, scattered_spheres
from sparselbm.bench.steps import started
from sparselbm.bench.work import bytes_per_cell, fill

STEPS = {
    "periodic": 2, "trt": 2, "walls": 2, "pipes": 2, "differentiable": 3, "adjoint": 2, "adjoint_walls": 2, "steady": 2,
    "checkpointed": 30,
}  # fmt: skip
"""Steps of a burst of each case, in their order."""
COPY, REFERENCE, CASE = 1.0, 2.0, 4.0
"""Times of the bursts of copy, reference and case [s]."""


@pytest.fixture(scope="module")
def report(device):
    """Every burst runs once, and the clock is replaced, so that each figure of the report is known."""

    def timed(bursts, device, seconds):
        for burst in bursts:
            burst()
        return [COPY, REFERENCE, CASE]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "best_of", timed)
        return run_bench(device, size=16, seconds=0.01, gradient_steps=STEPS["checkpointed"])


def test_figures_are_those_of_the_times(report):
    """Speed in updates per second, traffic relative to the copy's, and speed relative to the reference of each case."""
    cells, numbers = 16**3, 19
    chunk = 1 << 14  # The copy moves whole chunks of an array for 8 tiles and a sentinel.
    copied = 2 * 4 * (9 * 512 * numbers // chunk * chunk)
    assert report.copy_gbs == pytest.approx(copied / COPY / 1e9)
    assert [row.name for row in report.rows] == list(STEPS)
    for row in report.rows:
        updates = STEPS[row.name] * row.cells
        moved = 4 * numbers * (3 if row.name in ("adjoint", "adjoint_walls", "steady") else 2)
        others = 2 * cells if row.reference == "periodic" else {"differentiable": 2 / 3}.get(row.name, 1.0) * updates
        assert row.mlups == pytest.approx(updates / CASE / 1e6)
        assert row.share_of_copy == pytest.approx(updates * moved / CASE / (copied / COPY))
        assert row.relative == pytest.approx((updates / CASE) / (others / REFERENCE))
        assert row.met == (row.target is None or row.relative >= row.target)


def test_report_as_json(report):
    found = json.loads(json.dumps(report.to_json()))
    assert found["machine"]["warp"] == wp.__version__
    assert [BenchRow(**row) for row in found["rows"]] == list(report.rows)


def test_memory_is_counted(report, device):
    """One state of 19 numbers, two words and the fluid mask for each cell; the sentinel and the tables beside them."""
    arrays = 19 * 4 + 2 * 4 + 1
    simulation = started(scattered_spheres(64, device))
    assert arrays < bytes_per_cell(simulation) < 1.04 * arrays
    assert report.row("adjoint").bytes_per_cell > report.row("periodic").bytes_per_cell + 2 * 19 * 4


def test_rows_are_called_as_they_come_and_found_by_name(report):
    assert report.row("walls").cells < report.row("periodic").cells == 16**3
    with pytest.raises(KeyError, match="no row 'wall': use one of periodic"):
        report.row("wall")


def test_a_tenth_of_the_tiles_hold_walls(device):
    domain = scattered_spheres(64, device)
    blocked = started(domain).walls.blocked_links.numpy().reshape(domain.fluid.shape).any(axis=1)
    assert blocked.mean() == pytest.approx(0.1, abs=0.002)


def test_pipes_fill_two_percent_of_their_box(device):
    domain = pipe_network(32, device)
    assert fill(domain) == pytest.approx(0.022, abs=0.003)
    assert domain.fluid.mean() > 0.3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 12}, "size is 12: it must be a multiple of 8"),
        ({"seconds": 0.0}, "above 0"),
        ({"gradient_steps": 0}, "at least 1"),
    ],
)
def test_what_is_refused(options, message, device):
    with pytest.raises(ValueError, match=message):
        run_bench(device, **options)


def test_collisions_are_timed_beside_bgk_on_their_lattice(device):
    report = run_bench(device, size=16, seconds=0.01, collisions=["trt", "cumulant_27"])
    assert [row.name for row in report.rows] == ["periodic", "trt", "cumulant_27"]
    assert [row.reference for row in report.rows] == ["periodic", "periodic", "BGK on D3Q27"]
    assert report.row("cumulant_27").bytes_per_cell > report.row("trt").bytes_per_cell + 8 * 4


@pytest.mark.validate
def test_gradients_beside_their_limits(device):
    """What is counted and not timed holds at any size: iterations of the adjoint beside those of the flow."""
    told = []
    figures = {f.name: f for f in gradient_figures(device, size=16, seconds=0.01, steps=40, on_figure=told.append)}
    assert list(figures.values()) == told
    assert {name: f.limit for name, f in figures.items()} == {
        "step back / step": 2.0, "gradient / run, stored": 3.2, "gradient / run, checkpointed": 5.0,
        "steady adjoint / flow": 1.5, "next design / first": 0.5,
    }
    assert figures["steady adjoint / flow"].met
    assert figures["next design / first"].value < 1.0
    assert "40 steps forward (0 of them repeated), 40 back" in figures["gradient / run, stored"].note
    assert all(f.to_json()["met"] == (f.value <= f.limit) for f in told)


def test_a_collision_that_is_not_timed_is_refused(device):
    with pytest.raises(ValueError, match="no collision cumulants: use all, trt"):
        run_bench(device, size=16, collisions=["cumulants"])
