"""All commands of `sparselbm`, and what its help says of them."""

import typer

from .bench import bench
from .demo import demo
from .export import export
from .gradcheck import gradcheck
from .init import init
from .inspect import inspect
from .optimize import optimize
from .run import run
from .view import view

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich", add_completion=False)


@app.callback()
def about() -> None:
    """Flow around the bodies of a USD scene, and shapes of less drag: sparse lattice Boltzmann, differentiable.

    A good order: [bold]init[/bold] a case over a scene and fill it in, [bold]inspect[/bold] it (seconds; says what would be
    run, and how long), [bold]run[/bold] it, [bold]gradcheck[/bold] its gradient, [bold]optimize[/bold] it, [bold]view[/bold] or
    [bold]export[/bold] what came of it. Options do in place of a case. Results lie in a folder, as a USD layer over the scene,
    which itself is never written.

    Exit codes: 0 done, 1 a run that failed, 2 bad input, 130 interrupted by Ctrl-C.
    """


for command in (init, inspect, run, optimize, view, export, gradcheck, demo, bench):
    app.command()(command)
