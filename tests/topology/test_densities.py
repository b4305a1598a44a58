"""Densities as design variables: filters, projection, resistance, and the chain's gradient."""

from dataclasses import replace

import numpy as np
import pytest
import warp as wp
from channel_cases import central

from sparselbm.adjoint import Steady
from sparselbm.design import CrossCheck, DensityVariables, minimize_in_stages, topology_problem
from sparselbm.design.constraint import FixedVolume
from sparselbm.design.optimizer import SLSQP
from sparselbm.design.topology import (
    ConeFilter,
    Density,
    HelmholtzFilter,
    LevelSet,
    Projection,
    Resistance,
)
from sparselbm.flows import SteadyRun
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MAX, X_MIN, Parabola, VelocityInlet
from sparselbm.models.force import Brinkman
from sparselbm.solver import Simulation


def cells(*shape) -> np.ndarray:
    """Indices of all cells of a box, (n, 2)."""
    return np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1).reshape(-1, 2).astype(float)


CELLS = cells(21, 17)
SPREADS = [ConeFilter(2.6), HelmholtzFilter(4.0), LevelSet(4.0)]


@pytest.mark.parametrize("spread", SPREADS, ids=lambda s: type(s).__name__)
def test_spreads_keep_what_is_uniform_and_are_transposed_exactly(spread):
    """A 1 = 1, and v.(A x) = (A^T v).x."""
    operator, rng = spread.operator(CELLS), np.random.default_rng(0)
    x, v = rng.random(operator.shape[1]), rng.standard_normal(operator.shape[0])
    assert operator.matvec(np.ones(operator.shape[1])) == pytest.approx(1.0, abs=1e-12)
    assert v @ operator.matvec(x) == pytest.approx(operator.rmatvec(v) @ x, rel=1e-12)
    assert operator.matvec(x).min() >= 0.0
    assert operator.matvec(x).max() <= 1.0


def test_the_cone_has_its_weights():
    """Around a single 1, R = 2.6: weights R - distance over their sum."""
    spike = np.all(CELLS == (10, 8), axis=1).astype(float)
    seen = ConeFilter(2.6).operator(CELLS).matvec(spike).reshape(21, 17)
    reach = [(i, j) for i in range(-2, 3) for j in range(-2, 3) if np.hypot(i, j) < 2.6]
    whole = sum(2.6 - np.hypot(i, j) for i, j in reach)
    assert seen[10, 8] == pytest.approx(2.6 / whole)
    assert seen[11, 7] == pytest.approx((2.6 - np.sqrt(2.0)) / whole)
    assert np.count_nonzero(seen) == len(reach)


def test_the_helmholtz_filter_keeps_the_amount_and_spreads_it_by_its_radius():
    """A single 1 becomes a hill of the same sum, whose variance along an axis is 2 r^2 = R^2 / 6."""
    strip = cells(81, 5)
    spike = np.all(strip == (40, 2), axis=1).astype(float)
    hill = HelmholtzFilter(6.0).operator(strip).matvec(spike)
    assert hill.sum() == pytest.approx(1.0, rel=1e-12)
    assert hill @ (strip[:, 0] - 40.0) ** 2 == pytest.approx(6.0, rel=1e-6)


def test_projection_and_resistance():
    """Ends, slopes, and that the resistance is convex: half a density drags far less than half."""
    t = np.linspace(0.02, 0.98, 13)
    projection, resistance = Projection(beta=6.0, threshold=0.4), Resistance(solid=0.4, fluid=1e-5, q=0.1)
    for stage, ends in ((projection, (0.0, 1.0)), (resistance, (0.4, 1e-5))):
        assert stage.at(np.array([0.0, 1.0])) == pytest.approx(ends, abs=1e-15)
        assert stage.slope(t) == pytest.approx(central(lambda h, stage=stage: stage.at(t + h), 1e-3), rel=1e-6)
    assert resistance.at(np.array(0.5)) == pytest.approx(0.4 * (1.0 - 0.55 / 0.6), rel=1e-3)
    assert projection.at(np.array(0.4)) == pytest.approx(np.tanh(2.4) / (np.tanh(2.4) + np.tanh(3.6)))


def problem_of(simulation, **options):
    problem = topology_problem(simulation, Density(resistance=Resistance(solid=0.2, fluid=1e-4), **options), 0.4)
    exact = SteadyRun(tolerance=1e-10, interval=400, max_steps=20_000)
    return replace(problem, steady_run=exact, method=Steady(tolerance=1e-8))


def channel(device) -> Simulation:
    inlet, outlet = (VelocityInlet(face, (1e-3, 0.0), profile=Parabola(0)) for face in (X_MIN, X_MAX))
    return Simulation(
        box((16, 12), device=device), viscosity=1 / 6, precision=wp.float64, boundaries=[inlet, outlet], force=Brinkman(1.0)
    )


@pytest.mark.parametrize("spread", SPREADS, ids=lambda s: type(s).__name__)
def test_gradient_of_a_settled_flow_through_the_whole_chain(device, spread):
    """Variables -> spread -> projection -> resistance -> flow -> power: the adjoint against central differences."""
    problem = problem_of(channel(device), spread=spread, projection=Projection(beta=3.0))
    rng = np.random.default_rng(3)
    size = problem.first.variables.size
    x, direction = 0.3 + 0.4 * rng.random(size), rng.standard_normal(size)
    _, gradient = problem(x)
    assert gradient @ direction == pytest.approx(central(lambda h: problem.value(x + h * direction), 2e-3), rel=1e-6)


def test_volume_and_regions(device):
    """A region's cells are designed, the others are fluid; the share of fluid and its gradient."""
    domain = box((16, 12), device=device)
    design = Density(
        resistance=Resistance(solid=0.2), spread=ConeFilter(1.8), projection=Projection(beta=4.0),
        region=lambda centres: centres[:, 0] > 4.0,
    )
    bound, rng = design.bind(domain), np.random.default_rng(4)
    assert bound.size == 12 * 12
    x, direction = rng.random(bound.size), rng.standard_normal(bound.size)
    rho = domain.dense(bound.field(x))
    assert (rho[:4] == 1.0).all()
    fluid = bound.at_most(0.4)
    assert fluid.value(x)[0] == pytest.approx(rho[4:].mean() / 0.4)
    slope = central(lambda h: fluid.value(x + h * direction)[0], 1e-3)
    assert fluid.jacobian(x)[0] @ direction == pytest.approx(slope, rel=1e-7)


def test_refusals(device):
    with pytest.raises(ValueError, match="force=Brinkman"):
        problem_of(Simulation(box((16, 8), device=device), viscosity=0.1))
    problem = problem_of(channel(device))
    fewer = DensityVariables(Density(resistance=Resistance(solid=0.2), spread=LevelSet(4.0)), 0.4)
    with pytest.raises(ValueError, match="the stages have"):
        minimize_in_stages(problem, [problem.variables, fewer])
    large = Simulation(box((48, 36), device=device), viscosity=0.1, force=Brinkman(1.0))
    with pytest.raises(ValueError, match=r"SLSQP with 1728 variables"):
        replace(problem_of(large), optimizer=SLSQP())
    with pytest.raises(ValueError, match="has no cell"):
        problem_of(channel(device), region=lambda centres: centres[:, 0] < 0.0)
    with pytest.raises(ValueError, match=r"pass constraints=\(\)"):
        replace(problem, constraints=(FixedVolume(),))
    with pytest.raises(ValueError, match="pass verify=None"):
        replace(problem, verify=CrossCheck())
    for wrong in (
        lambda: ConeFilter(1.0), lambda: HelmholtzFilter(0.0), lambda: LevelSet(0.5), lambda: Projection(beta=0.0),
        lambda: Resistance(solid=1.0, fluid=2.0),
    ):
        with pytest.raises(ValueError, match=r"above|must be|give"):
            wrong()
