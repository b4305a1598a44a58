"""`sparselbm init`: a case to fill in, over a scene."""

from pathlib import Path
from typing import Annotated

import typer

from ..case import Case, SceneFile
from ..case.write import write_template
from ..scene.usd.plugin import SCHEMA_FOLDER
from . import options as o
from .show import facts

ScenePath = Annotated[Path, typer.Argument(metavar="SCENE", help="USD stage, or STL, OBJ, PLY, glTF, .nvdb. It is only read.")]
CaseOutput = Annotated[
    Path | None,
    o.option(
        "--output", "The case: a layer, .usda, or .toml. Default: SCENE_case.usda beside the scene; .toml for STL and the like.",
        metavar="FILE",
    ),
]  # fmt: skip
Overwrite = Annotated[bool, o.option("--overwrite", "Replace a case of that name.")]


def init(
    scene: ScenePath, obstacle: o.ObstaclePath = None, metres_per_unit: o.MetresPerUnit = None,
    output: CaseOutput = None, overwrite: Overwrite = False, confine: o.Confine = False, partial: o.Partial = False,
) -> None:  # fmt: skip
    """Write a case over a scene: a small file with every setting, its fallback and what it means, to be filled in.

    The case refers to the scene by a relative path; the scene is never written. [bold]inspect[/bold], [bold]run[/bold],
    [bold]gradcheck[/bold] and [bold]optimize[/bold] take the case in place of the scene, and need no options then.

    Examples:

    sparselbm init scene.usda [dim]# writes scene_case.usda[/dim]

    sparselbm init scene.usda --obstacle /World/Body --output studies/body.usda

    sparselbm init body.stl --metres-per-unit 0.001 [dim]# writes body_case.toml; the file is in millimetres[/dim]
    """
    file = SceneFile(file=str(scene), metres_per_unit=metres_per_unit)
    read = Case(scene=file).read_scene(confine=confine, partial=partial)
    path = write_template(read, obstacle, output, overwrite=overwrite)
    facts("", {
        "case": str(path),
        "schemas": f"{SCHEMA_FOLDER} (on PXR_PLUGINPATH_NAME, usdview shows what each setting means)",
    })  # fmt: skip
