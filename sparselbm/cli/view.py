"""`sparselbm view`: results as a page for a browser."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer

from ..results.page import write_page
from . import options as o
from .show import out

Results = Annotated[Path, typer.Argument(metavar="RESULTS", help="Folder that run, optimize or demo has written.")]
Page = Annotated[Path | None, o.option("--output", "Folder of the page. Default: RESULTS/view.", metavar="FOLDER")]
Serve = Annotated[bool, o.option("--serve", "Serve the page on this machine until Ctrl-C, for no other machine to see.")]
Port = Annotated[int, o.option("--port", "Port of --serve; 0 takes a free one.")]


def view(
    results: Results, output: Page = None, serve: Serve = False, port: Port = 0, overwrite: o.Overwrite = False
) -> None:
    """Write a page that plays the results in a browser: body, slice, streamlines, convergence, and vortices where they were
    drawn. It needs no network.

    Examples:

    sparselbm view results/bunny [dim]# then open results/bunny/view/index.html[/dim]

    sparselbm view results/bunny --serve
    """
    page = write_page(results, output or results / "view", overwrite=overwrite)
    size = sum(file.stat().st_size for file in page.parent.iterdir())
    out.print(f"{page} ({size / 1e6:.1f} MB)", highlight=False, soft_wrap=True)
    if serve:
        handler = partial(SimpleHTTPRequestHandler, directory=str(page.parent))
        with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
            out.print(f"http://127.0.0.1:{server.server_address[1]}/ (Ctrl-C ends)", highlight=False)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                out.print("ended")
