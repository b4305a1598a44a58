"""`sparselbm export`: results in file formats of other tools."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import OptionError
from . import options as o
from .exits import RunFailedError
from .show import out

if TYPE_CHECKING:
    from ..results.formats import ExportFormat, PictureOptions

ResultsFolder = Annotated[
    Path, typer.Argument(metavar="RESULTS", help="Folder of results of run, optimize or demo. It is not modified.")
]
To = Annotated[
    str,
    o.option(
        "--to",
        "Formats separated by commas: vdb, nvdb, vtkhdf, amr, vti, vtp, stl, glb, usdz, csv, json, png, mp4. For the folder of a "
        "sweep: dataset.",
        metavar="FORMATS",
    ),
]
Half = Annotated[bool, o.flag("--half", "Store 16-bit numbers in .vdb files: half the size, with errors up to 0.05 %.")]
Eye = Annotated[
    str | None,
    o.option(
        "--eye", "Direction from the flow to the camera of png and mp4, such as 0,-1,0.3. Default: from the side and slightly "
        "above.", metavar="X,Y,Z",
    ),
]
SeeThrough = Annotated[
    str, o.option("--see-through", "Bodies that are see-through in png and mp4, besides those around the flow.", metavar="PATHS")
]
Around = Annotated[
    float | None,
    o.option(
        "--around", "Distance around the bodies that png and mp4 show, relative to the largest size of the bodies. Default: "
        "everything in the box of the flow.", metavar="NUMBER",
    ),
]
Folder = Annotated[
    Path | None,
    o.option("--output", "Folder of the files. Default: RESULTS/export.", metavar="FOLDER", rich_help_panel="Output"),
]


def export(
    results: ResultsFolder, to: To, half: Half = False, eye: Eye = None, see_through: SeeThrough = "",
    around: Around = None, output: Folder = None, overwrite: o.Overwrite = False,
) -> None:
    """Convert fields, shapes, forces and pictures of a results folder to file formats of other tools.

    fields.vdb (Blender, Houdini), velocity.nvdb, pressure.nvdb and solid.nvdb (Omniverse), fields.vtkhdf and fields.vti
    (ParaView, PyVista), fields_amr.vtkhdf (ParaView), surfaces.vtp (the bodies with pressure coefficient, wall shear stress, y+,
    sensitivity and normals) and streamlines.vtp, surfaces.stl, design.glb (browsers; designs or times as an animation),
    design.usdz (phones), forces.csv, results.json, picture.png, film.mp4. Cells in bodies are blanked for VTK's filters, and
    files for VTK have units and reference values as field data. After a run with --output-every the .vtkhdf files have all
    output times, if volumes were drawn, .vti and .vtp files come one per time with a .pvd collection of them, and
    the film shows them. picture.png is 1600 pixels wide; after an optimization it shows the first and the best design beside each
    other. For a sweep, dataset: folders run_1, run_2, ... in the layout of the AhmedML and DrivAerML data sets,
    with geometry, surface, volume, forces and the values of the sweep.

    Examples:

    sparselbm export results/scene --to vdb,glb,csv

    sparselbm export results/scene --to vtkhdf,png,mp4 --output pictures --overwrite

    sparselbm export results/demo --to png --eye=-0.2,-1,0.15 --around 0.6

    sparselbm export results/sweep --to dataset
    """
    from ..results import Results
    from ..results.dataset import write_dataset

    if to.strip() == "dataset":
        for path in write_dataset(results, output or results / "dataset", overwrite=overwrite):
            out.print(f"{path}", highlight=False)
        return
    shown = _shown(eye, see_through, around)
    formats = [_format(name.strip(), half, shown) for name in to.split(",")]
    read, folder = Results.open(results), output or results / "export"
    for each in formats:
        each.require(read, folder, overwrite=overwrite)
    lost = 0
    for each in formats:
        written = each.write(read, folder, overwrite=overwrite)
        lost += each.count(read) - len(written)
        for path in written:
            out.print(f"{path}", highlight=False, soft_wrap=True)
    if lost:
        raise RunFailedError(f"{lost} files could not be written into {folder}: make room on the disk, then export them again")


def _shown(eye: str | None, see_through: str, around: float | None) -> "PictureOptions":
    from ..results.formats import PictureOptions

    paths = tuple(each.strip() for each in see_through.split(",") if each.strip())
    return PictureOptions(None if eye is None else o.three("--eye", eye, float, "0,-1,0.3"), paths, around)


def _format(name: str, half: bool, shown: "PictureOptions") -> "ExportFormat":
    from ..results import formats as e

    formats = {
        "vdb": e.VDB_HALF if half else e.VDB, "nvdb": e.NVDB, "vtkhdf": e.VTKHDF, "amr": e.AMR, "vti": e.VTI,
        "vtp": e.VTP, "stl": e.STL,
        "glb": e.GLB, "usdz": e.USDZ, "csv": e.FORCES, "json": e.SUMMARY, "png": e.picture(shown),
        "mp4": e.film(shown),
    }
    if name not in formats:
        raise OptionError(f"--to {name!r}: allowed are {', '.join(formats)}, and dataset alone for a sweep")
    return formats[name]
