"""Questions on a terminal, each with a default answer, and those of `init`."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import numpy as np
from rich.console import Console
from rich.prompt import InvalidResponse, PromptBase
from rich.text import Text, TextType

from ..case import Case
from ..flows import WindTunnel
from ..scene.usd import Scene, foreign
from ..scene.usd.report import size_text
from .overrides import Overrides
from .show import out
from .vessel import Vessel

_SHOWN = 20
"""Number of bodies that are listed."""

_END_SHARE = 0.25
"""Area of the openings relative to that of the surface above which a body is not a vessel: 1 for a cube."""

_UNITS = {"metres": 1.0, "centimetres": 0.01, "millimetres": 0.001, "inches": 0.0254}
"""Length units [m]."""

_FLUIDS = {
    "air at 20 C: 1.204 kg/m3, 1.516e-5 m2/s": {"density": "1.204", "viscosity": "1.516e-5"},
    "water at 20 C: 998.2 kg/m3, 1.004e-6 m2/s": {"density": "998.2", "viscosity": "1.004e-6"},
}
"""Options of common fluids at 20 C and 101325 Pa."""

_GIVEN_FLUID = ("density", "viscosity", "dynamic_viscosity", "reynolds")


class _Question(PromptBase[Any]):
    """Question whose default is the answer at the end of the input, Ctrl-D."""

    @classmethod
    def get_input(cls, console: Console, prompt: TextType, password: bool, stream: TextIO | None = None) -> str:
        try:
            return console.input(prompt, password=password, stream=stream).strip()
        except EOFError:
            console.print()
            return ""


class _Number(_Question):
    """A positive number."""

    response_type = float

    def process_response(self, value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not 0.0 < number < math.inf:
            raise InvalidResponse("[prompt.invalid]Please enter a number above 0")
        return number


class _Numbers(_Question):
    """Whole numbers separated by commas."""

    def process_response(self, value: str) -> str:
        if not all(each.strip().isdigit() for each in value.split(",")):
            raise InvalidResponse("[prompt.invalid]Please enter whole numbers separated by commas, such as 1,3")
        return value


@dataclass(frozen=True)
class Questions:
    """Asks on the terminal, where an empty answer and Ctrl-D give the default."""

    stream: TextIO | None = None
    """Source of the answers, one per line; None: the terminal."""

    @staticmethod
    def are_possible() -> bool:
        """Whether somebody can answer: input and output are a terminal."""
        return sys.stdin.isatty() and sys.stdout.isatty()

    def choice(self, question: str, answers: Sequence[str], default: int = 0) -> int:
        """Index of the chosen answer, of a numbered list."""
        out.print(question, highlight=False, markup=False)
        for number, answer in enumerate(answers, start=1):
            out.print(f"  {number}  {answer}", highlight=False, markup=False)
        numbers = [str(number) for number in range(1, len(answers) + 1)]
        answer = _Question.ask(
            "Number", console=out, choices=numbers, show_choices=False, default=str(default + 1), stream=self.stream
        )
        return int(answer) - 1

    def number(self, question: str, default: float) -> float:
        """A positive number."""
        return _Number.ask(Text(question), console=out, default=default, stream=self.stream)

    def numbers(self, question: str, default: Sequence[int]) -> list[int]:
        """Whole numbers."""
        text = _Numbers.ask(Text(question), console=out, default=",".join(map(str, default)), stream=self.stream)
        return [int(each) for each in text.split(",")]


def with_answers(options: Overrides, scene: Scene, questions: Questions) -> Overrides:
    """The options of a case of a scene, with answers for the obstacle and the unit that are needed and were not given."""
    answers: dict[str, Any] = {}
    if options.values["obstacle"] is None and len(scene.bodies) > 1:
        answers["obstacle"] = _obstacle(scene, questions)
    is_foreign = not foreign.is_stage(scene.path)
    if options.values["metres_per_unit"] is None and is_foreign and not foreign.names_unit(scene.path):
        answers["metres_per_unit"] = _unit(scene, questions)
    return options.with_values(answers)


def with_flow(options: Overrides, questions: Questions, *, in_vessel: bool) -> Overrides:
    """The options with answers for the fluid and, past a body, for the velocity, where they were not given."""
    answers: dict[str, Any] = {}
    values = options.values
    if all(values[name] is None for name in _GIVEN_FLUID):
        answers |= _fluid(questions)
    follows = values["viscosity"] is not None and values["reynolds"] is not None
    if not in_vessel and values["velocity"] is None and not follows:
        answers["velocity"] = questions.number("Velocity of the free stream [m/s]", 1.0)
    return options.with_values(answers)


def vessel_of(case: Case, scene: Scene, questions: Questions) -> Vessel | None:
    """The vessel inside which the flow is wanted; None: flow past the body, also where it has no openings."""
    path = case.design_obstacle or scene.bodies[0].path
    vessel = Vessel.of(scene, path)
    if len(vessel.caps) < 2 or vessel.share > _END_SHARE:
        return None
    answers = ("around it", f"inside it, through its {len(vessel.caps)} openings")
    return vessel if questions.choice(f"Where is the flow of {path}?", answers) == 1 else None


def openings_of(vessel: Vessel, velocity: float | None, questions: Questions) -> tuple[list[str], list[str], float]:
    """Numbers of the inlets and of the outlets, and the mean velocity at the inlets [m/s], which is asked for where it is None.

    Raises OptionError.
    """
    vessel.show()
    inlets = questions.numbers("Numbers of the inlets", [1])
    others = [int(name) for name in vessel.caps if int(name) not in inlets]
    outlets = questions.numbers("Numbers of the outlets; the others are walls", others)
    inflows, outflows = vessel.chosen(inlets, outlets)
    return inflows, outflows, questions.number("Mean velocity at each inlet [m/s]", 1.0) if velocity is None else velocity


def _obstacle(scene: Scene, questions: Questions) -> str:
    """Path of one of the bodies."""
    bodies = scene.bodies[:_SHOWN]
    more = f" (the first {_SHOWN} of {len(scene.bodies)}; others by --obstacle)" if len(scene.bodies) > _SHOWN else ""
    sizes = [size_text(body.mesh.bounds[1] - body.mesh.bounds[0]) for body in bodies]
    answers = [f"{body.path}  {size}" for body, size in zip(bodies, sizes, strict=True)]
    return bodies[questions.choice(f"Which body is the obstacle, around which the box is built{more}?", answers)].path


def _unit(scene: Scene, questions: Questions) -> float:
    """Length unit [m] of a file without one."""
    low = np.min([body.mesh.bounds[0] for body in scene.bodies], axis=0)
    size = np.max([body.mesh.bounds[1] for body in scene.bodies], axis=0) - low
    default = 2 if size.max() > foreign.LARGEST else 0
    answers = [f"{name}: the scene is {size_text(unit * size)}" for name, unit in _UNITS.items()]
    return list(_UNITS.values())[questions.choice(f"Which unit has {scene.path.name}?", answers, default)]


def _fluid(questions: Questions) -> dict[str, Any]:
    """Options of the fluid."""
    chosen = questions.choice("Which fluid?", [*_FLUIDS, "by the Reynolds number"], len(_FLUIDS))
    if chosen < len(_FLUIDS):
        return list(_FLUIDS.values())[chosen]
    return {"reynolds": questions.number("Reynolds number", WindTunnel.reynolds)}
