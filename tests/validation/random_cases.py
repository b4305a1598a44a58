"""Random cases within the documented limits: files that a user could have written, each determined by its number."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cli_cases import scene_of
from numpy.random import Generator
from random_bodies import BODIES, stretched, turned
from random_vessels import VESSELS

from sparselbm.geometry import TriangleMesh

COLLISIONS = ("TRT", "BGK", "RecursiveRegularised", "CentralMoment", "Cumulant")
KINDS = (*BODIES, "spanning", *VESSELS)


@dataclass(frozen=True)
class RandomCase:
    """A case in a file, and what a check of its result needs."""

    number: int
    kind: str
    file: Path
    reynolds: float
    cells: float
    """Cells across the body, or the inlet."""
    pipe_length: float = 0.0
    """Length of a straight pipe [diameters]; 0 for others."""
    laminar: bool = False
    """Whether all inlets have a developed profile."""


def random_case(number: int, folder: Path, *, fineness: float = 1.0) -> RandomCase:
    """Writes the case of a number into a folder; `fineness`: the same on cells smaller by this factor."""
    rng = np.random.default_rng(number)
    kind = KINDS[number % len(KINDS)]
    write = vessel_case if kind in VESSELS else body_case
    folder.mkdir(parents=True, exist_ok=True)
    return write(number, kind, rng, folder, fineness)


def body_case(number: int, kind: str, rng: Generator, folder: Path, fineness: float) -> RandomCase:
    """Flow past a body in a box, from an STL file."""
    spanning = kind == "spanning"
    unit = float(rng.choice([1.0, 0.001, 0.0254]))
    mesh = spanning_cylinder(rng) if spanning else turned(BODIES[kind](rng), rng)
    mesh = stretched(mesh, 10.0 ** rng.uniform(-3.0, 1.0))
    axis = 0 if spanning else int(rng.integers(3))
    length = extent(mesh, axis, spanning)
    cells, reynolds, speed = resolution(rng), 10.0 ** rng.uniform(0.0, 4.0), 10.0 ** rng.uniform(-2.0, 1.5)
    save_stl(mesh, unit, folder / f"{number}.stl")
    tables = {
        "scene": {"file": f"{number}.stl", "metresPerUnit": unit},
        "domain": {"voxelSize": length / cells / fineness, **(slice_box(mesh, length) if spanning else margins(rng))},
        "fluid": fluid(rng, reynolds, speed * length),
        "solver": solver(rng, body=True),
    }
    sides = {side: each for side, each in openings(rng, axis, speed).items()}
    tables |= {f"boundary.{side}": each for side, each in sides.items()}
    return RandomCase(number, kind, save_toml(tables, folder / f"{number}.toml"), reynolds, cells)


def vessel_case(number: int, kind: str, rng: Generator, folder: Path, fineness: float) -> RandomCase:
    """Flow inside a surface, from a USD stage."""
    size = 10.0 ** rng.uniform(-3.0, 0.0)
    vessel = VESSELS[kind](rng).moved(lambda mesh: stretched(mesh, size))
    cells, reynolds, speed = resolution(rng), 10.0 ** rng.uniform(0.0, 4.0), 10.0 ** rng.uniform(-2.0, 1.0)
    scene_of(folder / f"{number}.usda", {"Wall": vessel.surface, **vessel.caps}, metres_per_unit=0.001)
    profile, rate = str(rng.choice(["uniform", "laminar"])), rng.random() < 0.5
    narrowest = min(np.sqrt(4.0 * cap.area / np.pi) for cap in vessel.caps.values())
    inflow = {"flowRate": speed * vessel.caps["In"].area} if rate else {"velocity": speed}
    flow = fluid(rng, reynolds, speed * size)
    outlets = [name for name in vessel.caps if name != "In"]
    pressures = rng.uniform(0.0, 0.1, len(outlets)) * flow["density"] * speed**2
    tables = {
        "scene": {"file": f"{number}.usda"}, 'obstacle."/World/Wall"': {"role": "fluidVolume"},
        'opening."/World/In"': {"kind": "inlet", "profile": profile, **inflow},
        **{f'opening."/World/{name}"': {"kind": "outlet", "pressure": p} for name, p in zip(outlets, pressures, strict=True)},
        "domain": {"voxelSize": narrowest / cells / fineness}, "fluid": flow, "solver": solver(rng, body=False),
    }
    path = save_toml(tables, folder / f"{number}.toml")
    return RandomCase(number, kind, path, reynolds, cells, vessel.length, profile == "laminar")


def resolution(rng: Generator) -> float:
    """Cells across: 8 to 24, half of them below 10.5."""
    return 8.05 * 3.0 ** (rng.random() ** 2)


def margins(rng: Generator) -> dict[str, float]:
    """Distances of the box [L], small ones for short runs."""
    return {
        "upstream": rng.uniform(0.7, 1.5), "downstream": rng.uniform(1.0, 2.5), "side": rng.uniform(0.5, 1.2),
    }


def fluid(rng: Generator, reynolds: float, speed_times_length: float) -> dict[str, float]:
    """Density, and the Reynolds number or about the viscosity that gives it."""
    density = float(rng.choice([1.0, 1.2, 1000.0]))
    named = {"reynolds": reynolds} if rng.random() < 0.7 else {"viscosity": speed_times_length / reynolds}
    return {"density": density, **named}


def solver(rng: Generator, *, body: bool) -> dict[str, Any]:
    """Settings of the solver: mostly the defaults."""
    found: dict[str, Any] = {"wall": str(rng.choice(["partiallySaturated", "interpolated"]))} if body else {}
    choices = (
        (0.4, "latticeVelocity", round(rng.uniform(0.03, 0.15), 3)), (0.15, "lattice", str(rng.choice(["D3Q19", "D3Q27"]))),
        (0.2, "collision", str(rng.choice(COLLISIONS))), (0.1, "precision", "double"),
    )
    for share, name, value in choices:
        if rng.random() < share:
            found[name] = value
    return found


def openings(rng: Generator, axis: int, speed: float) -> dict[str, dict[str, Any]]:
    """Boundary conditions of a box: free slip, walls, a moving ground, a parabola between walls, or symmetry."""
    along = [speed * (k == axis) for k in range(3)]
    names = "xyz"
    across = [f"{names[k]}{end}" for k in range(3) if k != axis for end in ("Min", "Max")]
    style = str(rng.choice(["slip", "slip", "slip", "walls", "ground", "parabola", "symmetry"]))
    inlet = {"kind": "inlet", "velocity": along, **({"profile": "parabola"} if style == "parabola" else {})}
    sides: dict[str, dict[str, Any]] = {f"{names[axis]}Min": inlet, f"{names[axis]}Max": {"kind": "outlet"}}
    if style in ("walls", "parabola"):
        sides |= {side: {"kind": "wall"} for side in across}
    elif style == "ground":
        sides[across[0]] = {"kind": "movingWall", "velocity": along}
    elif style == "symmetry":
        sides[across[0]] = {"kind": "symmetry"}
    return sides


def spanning_cylinder(rng: Generator) -> TriangleMesh:
    """A cylinder along z, longer than the slice in which it stands."""
    return TriangleMesh.cylinder(0.5, (0.0, 0.0, -3.0), (0.0, 0.0, 3.0), 48)


def slice_box(mesh: TriangleMesh, length: float) -> dict[str, list[float]]:
    """Corners of a box that cuts a body of unit width along z."""
    return {"lower": [-1.5 * length, -1.7 * length, -0.4 * length], "upper": [3.5 * length, 1.7 * length, 0.4 * length]}


def extent(mesh: TriangleMesh, axis: int, spanning: bool) -> float:
    """Largest extent of a body across the flow [m], without the span of one that reaches through its box."""
    size = np.ptp(mesh.bounds, axis=0)
    return float(size[1] if spanning else np.delete(size, axis).max())


def save_stl(mesh: TriangleMesh, unit: float, path: Path) -> None:
    """Writes a binary STL file with lengths in `unit` metres."""
    record = np.zeros(len(mesh.faces), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("flags", "<u2")])
    record["corners"] = np.stack(mesh.corners, axis=1) / unit
    path.write_bytes(bytes(80) + np.uint32(len(record)).tobytes() + record.tobytes())


def save_toml(tables: Mapping[str, Mapping[str, Any]], path: Path) -> Path:
    """Writes tables of numbers, words and lists."""
    lines = [f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in each.items())
             for name, each in tables.items()]
    path.write_text("\n".join(lines))
    return path
