"""`sparselbm init`: writes a case over a scene."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from ..case import CaseOpening, SceneFile
from ..case.image import image_file
from ..case.write import require_no_case, settings_for, write_image_template, write_template
from ..scene.usd import Scene
from ..scene.usd.plugin import SCHEMA_FOLDER
from . import options as o
from .ask import Questions, openings_of, vessel_of, with_answers, with_flow
from .overrides import Overrides
from .settings import RUN, takes_case
from .show import facts
from .stream_options import refuse_of_boxes

CaseOutput = Annotated[
    Path | None,
    o.option(
        "--output",
        "File of the case, .usda or .toml. Default: SCENE_case.usda beside the scene, or .toml for other files than USD.",
        metavar="FILE", rich_help_panel="Output",
    ),
]
Overwrite = Annotated[bool, o.flag("--overwrite", "Replace an existing case with that name.", rich_help_panel="Output")]
NoQuestions = Annotated[bool, o.flag("--no-questions", "Ask nothing on a terminal: settings without an option have defaults.")]


@takes_case(*RUN)
def init(
    options: Overrides, output: CaseOutput = None, overwrite: Overwrite = False, no_questions: NoQuestions = False
) -> None:
    """Write a case for a scene, to be edited: a small file with the settings that are given by options, and all others as
    comments with their defaults.

    On a terminal the command asks for what it needs: the obstacle among several bodies, the unit of a file without one, the
    fluid, the velocity, and the inlets and outlets of a vessel. Empty answers and Ctrl-D take the default.

    The case refers to the scene by a relative path; the scene is not modified. For a scene of the package, given by its name, it
    is written to the working directory. [bold]inspect[/bold], [bold]run[/bold],
    [bold]gradcheck[/bold] and [bold]optimize[/bold] accept the case in place of the scene, and then need no options.

    Examples:

    sparselbm init scene.usda [dim]# writes scene_case.usda[/dim]

    sparselbm init scene.usda --obstacle /World/Body --reynolds 100 --output studies/body.usda

    sparselbm init car.stl --metres-per-unit 0.001 --velocity 30 --viscosity 1.5e-5 --road [dim]# writes car_case.toml[/dim]
    """
    asks = Questions() if not no_questions and Questions.are_possible() else None
    case = options.case()
    require_no_case(case)
    scene = Path(options.values["scene"])
    if output is None and not scene.exists():  # A scene of the package, whose folder is not the user's.
        output = Path(f"{scene.stem}_case.usda")
    if image_file(case) is not None:
        _print(write_image_template(case, output, overwrite=overwrite))
    elif asks is None:
        _write(options, output, overwrite)
    else:
        _ask_and_write(options, asks, output, overwrite)


def _ask_and_write(options: Overrides, asks: Questions, output: Path | None, overwrite: bool) -> None:
    """Asks for what is needed and was not given, and writes the case of the answers."""
    options = with_answers(options, _scene(options), asks)
    scene = _scene(options)
    vessel = vessel_of(options.case(), scene, asks)
    options = with_flow(options, asks, in_vessel=vessel is not None)
    if vessel is None:
        _write(options, output, overwrite)
        return
    refuse_of_boxes(str(scene.path), options.values, but=("velocity",))
    inlets, outlets, velocity = openings_of(vessel, options.values["velocity"], asks)
    settings = {**settings_for(options.case(), (output or scene.path).parent), "scene": SceneFile()}  # The geometry is copied.
    conditions = {name: CaseOpening(kind="inlet", velocity=velocity) for name in inlets}
    vessel.write(output, conditions, outlets, settings, overwrite=overwrite)


def _write(options: Overrides, output: Path | None, overwrite: bool) -> None:
    _print(write_template(options.case(), _scene(options), output, overwrite=overwrite))


def _scene(options: Overrides) -> Scene:
    """The scene without what is ignored, whose bodies are as they are in the file."""
    case = options.case()
    return options.scene(replace(case, obstacle={path: each for path, each in case.obstacle.items() if each.role == "ignored"}))


def _print(path: Path) -> None:
    facts("", {
        "case": str(path),
        "schemas": f"{SCHEMA_FOLDER} (on PXR_PLUGINPATH_NAME, usdview shows the documentation of each setting)",
    })
