"""The `sparselbm` command and its subcommands."""

from typing import Annotated

import typer

from ..release import package_version
from .bench import bench
from .caps import caps
from .demo import demo
from .export import export
from .gradcheck import gradcheck
from .init import init
from .inspect import inspect
from .optimize import optimize
from .run import run
from .view import view

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich", add_completion=True)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"sparselbm {package_version()}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)]


@app.callback()
def about(version: Version = False) -> None:
    """Simulate the flow around the bodies of a USD scene, and optimise their shapes: a sparse, differentiable lattice
    Boltzmann solver.

    Typical order: [bold]init[/bold] writes a case for a scene, to be edited; [bold]inspect[/bold] reports in seconds what would
    be run and how long it takes; [bold]run[/bold] computes the flow; [bold]gradcheck[/bold] tests the gradient;
    [bold]optimize[/bold] changes the shape; [bold]view[/bold] and [bold]export[/bold] show the results. Options can replace the
    case. Results are written to a folder as a USD layer over the scene, which is not modified.

    Exit codes: 0 success, 1 failed run, 2 bad input, 130 interrupted by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP.
    """


for command in (init, caps, inspect, run, optimize, view, export, gradcheck, demo, bench):
    app.command()(command)
