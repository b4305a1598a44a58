"""`sparselbm view`: results as a web page."""

import threading
import time
from pathlib import Path
from typing import Annotated

import typer

from ..results.page import PageFollower, page_server, write_page
from . import options as o
from .show import out

Results = Annotated[Path, typer.Argument(metavar="RESULTS", help="Folder of results of run, optimize or demo.")]
Page = Annotated[
    Path | None, o.option("--output", "Folder of the page. Default: RESULTS/view.", metavar="FOLDER", rich_help_panel="Output")
]
Serve = Annotated[bool, o.flag("--serve", "Serve the page on this machine only, until Ctrl-C.")]
Follow = Annotated[bool, o.flag("--follow", "Serve the page, and show further results of a run that is still going on.")]
Overwrite = Annotated[
    bool, o.flag("--overwrite", "Write into a folder that has other files; they stay.", rich_help_panel="Output")
]
Port = Annotated[int, o.option("--port", "Port of --serve and --follow; 0 selects a free one.")]


_INTERVAL = 2.0
"""Time between two looks at the results [s]."""


def view(
    results: Results, output: Page = None, serve: Serve = False, follow: Follow = False, port: Port = 0,
    overwrite: Overwrite = False,
) -> None:
    """Write a web page that shows the results: body, slice, streamlines, convergence, and vortices if they were drawn. It
    works without a network. An earlier page is replaced.

    Examples:

    sparselbm view results/bunny [dim]# then open results/bunny/view/index.html[/dim]

    sparselbm view results/bunny --serve

    sparselbm view results/bunny --follow
    """
    page = write_page(results, output or results / "view", overwrite=overwrite, follow=follow)
    size = sum(file.stat().st_size for file in page.parent.iterdir())
    out.print(f"{page} ({size / 1e6:.1f} MB)", highlight=False, soft_wrap=True)
    if not serve and not follow:
        return
    follower = PageFollower(results, page.parent)
    with page_server(page.parent, port) as server:
        out.print(f"http://127.0.0.1:{server.server_address[1]}/ (press Ctrl-C to stop)", highlight=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            while True:
                time.sleep(_INTERVAL)
                if follow:
                    follower.update()
        except KeyboardInterrupt:
            out.print("Stopped.")
        server.shutdown()
