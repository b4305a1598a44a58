"""Case 22: developed flow along ducts and between plates off the grid, for every wall."""

from itertools import pairwise

import numpy as np
import pytest
from case import Case, Curve, Panel, Published, Quantity
from ducts import LENGTH, PLACE, VISCOSITY, Annulus, Circle, Plates, Triangle, flow_rate
from walls import STAIRCASE, WALLS
from what_walls_can_do import DUCTS

SETUP = (
    f"D3Q19 (plates: D2Q9), fp64, nu = {VISCOSITY}, TRT with Lambda = 3/16, driven by a force; a duct of {LENGTH} cells, "
    "periodic along the flow, its axis off the grid. Flow rate / exact, both summed over the cells whose centre is in the fluid."
)
SECTIONS = {
    "annulus, gap of 6 and 12 cells": (Annulus(8.0, 14.0), Annulus(16.0, 28.0)),
    "equilateral triangle, height 18 and 36 cells": (Triangle(18.0), Triangle(36.0)),
    "pipe, 12 and 24 cells across": (Circle(6.0), Circle(12.0)),
}
PLACES = (0.0, 0.2, 0.4, 0.6, 0.8)
"""Distances of a wall from a face of the cells [cells]."""


@pytest.mark.validate
@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("name", SECTIONS)
def test_ducts(name, wall, device, hand_in):
    found = [flow_rate(section, WALLS[wall], device) for section in SECTIONS[name]]
    hand_over(hand_in, name, wall, [rate for rate, _ in found], [grid for _, grid in found],
              Published(value=1.0, tolerance=0.02, coarse_tolerance=0.02))


@pytest.mark.validate
@pytest.mark.parametrize("wall", WALLS)
def test_plates_off_the_grid(wall, device, hand_in):
    """The worst of five places of the walls between the cells."""
    values, grids = [], []
    for width in (6.0, 12.0):
        found = [flow_rate(Plates(width), WALLS[wall], device, np.array([0.0, place])) for place in PLACES]
        values.append(max((rate for rate, _ in found), key=lambda rate: abs(rate - 1.0)))
        grids.append(found[0][1])
    hand_over(hand_in, "plane channel, 6 and 12 cells, worst of five places", wall, values, grids,
              Published(value=1.0, tolerance=0.02, coarse_tolerance=0.02))


@pytest.mark.validate
def test_staircases_are_of_first_order(device, hand_in):
    """Mean of five places of a pipe of voxels, so that the order is not that of a single staircase."""
    values, scatter, grids = [], [], []
    for radius in (6.0, 12.0, 24.0):
        found = [flow_rate(Circle(radius), WALLS[STAIRCASE], device, PLACE + k * np.array([1.0, 1.7])) for k in PLACES]
        rates = np.array([rate for rate, _ in found])
        values.append(float(rates.mean()))
        scatter.append(float(np.ptp(rates)))
        grids.append(found[0][1])
    errors = np.abs(np.array(values) - 1.0)
    orders = [float(np.log2(a / b)) for a, b in pairwise(errors)]
    hand_in(Case(
        number="23", title="Pipe of voxels (halfway bounce-back)", source="exact",
        setup=SETUP + " Mean of five places of the axis.", grids=grids, quantities=[
            Quantity(name="flow rate / exact", values=values, published=Published(value=1.0, tolerance=0.02), first_order=True,
                     held_to=0.015),
            Quantity(name="scatter over five places (largest - smallest)", values=scatter,
                     published=Published(value=0.0, tolerance=0.03, absolute=True)),
            Quantity(name="order of the flow rate", values=orders, is_order=True,
                     published=Published(value=1.0, tolerance=0.5, absolute=True)),
        ],
    ))


def hand_over(hand_in, name, wall, values, grids, published):
    """One wall in one duct as a case."""
    limit = DUCTS[wall][name]
    quantity = Quantity(name="flow rate / exact", values=values, published=published, held_to=limit.held_to,
                        first_order=wall == STAIRCASE)
    across = [grid.across for grid in grids]
    hand_in(Case(
        number="22", title="Developed flow along ducts off the grid", part=f"{name}, {wall}", setup=SETUP,
        source="exact", grids=grids, quantities=[quantity], misses=limit.misses("flow rate / exact"),
        panels=[Panel(x="cells", y=f"flow rate / exact: {name.split(',')[0]}", joined=True,
                      curves=[Curve(wall, across, values)])],
    ))
