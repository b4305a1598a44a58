"""`sparselbm view`: results as a web page."""

from pathlib import Path
from typing import Annotated

import typer

from ..results.page import page_server, write_page
from . import options as o
from .show import out

Results = Annotated[Path, typer.Argument(metavar="RESULTS", help="Folder of results of run, optimize or demo.")]
Page = Annotated[
    Path | None, o.option("--output", "Folder of the page. Default: RESULTS/view.", metavar="FOLDER", rich_help_panel="Output")
]
Serve = Annotated[bool, o.flag("--serve", "Serve the page on this machine only, until Ctrl-C.")]
Port = Annotated[int, o.option("--port", "Port of --serve; 0 selects a free one.")]


def view(
    results: Results, output: Page = None, serve: Serve = False, port: Port = 0, overwrite: o.Overwrite = False
) -> None:
    """Write a web page that shows the results: body, slice, streamlines, convergence, and vortices if they were drawn. It
    works without a network.

    Examples:

    sparselbm view results/bunny [dim]# then open results/bunny/view/index.html[/dim]

    sparselbm view results/bunny --serve
    """
    page = write_page(results, output or results / "view", overwrite=overwrite)
    size = sum(file.stat().st_size for file in page.parent.iterdir())
    out.print(f"{page} ({size / 1e6:.1f} MB)", highlight=False, soft_wrap=True)
    if serve:
        with page_server(page.parent, port) as server:
            out.print(f"http://127.0.0.1:{server.server_address[1]}/ (press Ctrl-C to stop)", highlight=False)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                out.print("Stopped.")
