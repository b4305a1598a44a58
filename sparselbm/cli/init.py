"""`sparselbm init`: writes a case template over a scene."""

from pathlib import Path
from typing import Annotated

import typer

from ..case import Case, CaseObstacle, SceneFile
from ..case.write import write_image_template, write_template
from ..scene.usd.foreign import IMAGE_SUFFIXES
from ..scene.usd.plugin import SCHEMA_FOLDER
from . import options as o
from .settings import setting, short_form
from .show import facts

ScenePath = Annotated[
    Path, typer.Argument(
        metavar="SCENE", help="USD stage, an STL, OBJ, PLY, glTF, .vtp or .nvdb file, or a voxel image. It is not modified."
    ),
]
CaseOutput = Annotated[
    Path | None,
    o.option(
        "--output",
        "File of the case, .usda or .toml. Default: SCENE_case.usda beside the scene, or .toml for other files than USD.",
        metavar="FILE", rich_help_panel="Output",
    ),
]
Obstacle = Annotated[str | None, short_form(CaseObstacle, "obstacle")]
LocalFilesOnly = Annotated[bool, short_form(SceneFile, "local_files_only")]
AllowMissing = Annotated[bool, short_form(SceneFile, "allow_missing")]
MetresPerUnit = Annotated[float | None, setting(SceneFile, "metres_per_unit")]
Overwrite = Annotated[bool, o.option("--overwrite", "Replace an existing case with that name.", rich_help_panel="Output")]


def init(
    scene: ScenePath, obstacle: Obstacle = None, metres_per_unit: MetresPerUnit = None,
    output: CaseOutput = None, overwrite: Overwrite = False, local_files_only: LocalFilesOnly = False,
    allow_missing: AllowMissing = False,
) -> None:
    """Write a case for a scene: a small file with every setting, its default and its documentation, to be edited.

    The case refers to the scene by a relative path; the scene is not modified. [bold]inspect[/bold], [bold]run[/bold],
    [bold]gradcheck[/bold] and [bold]optimize[/bold] accept the case in place of the scene, and then need no options.

    Examples:

    sparselbm init scene.usda [dim]# writes scene_case.usda[/dim]

    sparselbm init scene.usda --obstacle /World/Body --output studies/body.usda

    sparselbm init body.stl --metres-per-unit 0.001 [dim]# writes body_case.toml; the file is in millimetres[/dim]
    """
    if scene.suffix.lower() in IMAGE_SUFFIXES:
        path = write_image_template(scene, output, overwrite=overwrite)
    else:
        file = SceneFile(file=str(scene), metres_per_unit=metres_per_unit)
        read = Case(scene=file).read_scene(local_files_only=local_files_only, allow_missing=allow_missing)
        path = write_template(read, obstacle, output, overwrite=overwrite)
    facts("", {
        "case": str(path),
        "schemas": f"{SCHEMA_FOLDER} (on PXR_PLUGINPATH_NAME, usdview shows the documentation of each setting)",
    })
