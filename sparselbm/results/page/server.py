"""Web server of a page, for the browser of this machine alone."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")


def page_server(folder: str | Path, port: int = 0) -> ThreadingHTTPServer:
    """Server of the files of a folder on 127.0.0.1; port 0 selects a free one.

    Links out of the folder are not followed, folders are not listed, and requests for another host are refused: a web page of a
    stranger, whose name was made to lead to this machine (DNS rebinding), could read the results otherwise.
    """
    return ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(Path(folder).resolve())))


class _Handler(SimpleHTTPRequestHandler):
    """Requests for files of the folder; all others are refused."""

    def send_head(self):
        assert isinstance(self.server, ThreadingHTTPServer)
        port = self.server.server_port
        names = {f"{name}:{port}" for name in _NAMES} | (set(_NAMES) if port == 80 else set())
        if self.headers.get("Host") not in names:
            self.send_error(HTTPStatus.FORBIDDEN, "The Host header names another host")
            return None
        path = Path(self.translate_path(self.path))
        if "\0" in str(path) or not path.resolve().is_relative_to(self.directory) or not (path.is_file() or path.is_dir()):
            self.send_error(HTTPStatus.NOT_FOUND, "File not found")
            return None
        if path.is_dir() and not (path / "index.html").resolve().is_relative_to(self.directory):
            self.send_error(HTTPStatus.NOT_FOUND, "File not found")
            return None
        return super().send_head()

    def end_headers(self):
        # The browser asks each time whether a file is still the same: a page can be written again while it is open.
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_request(self, code="-", size="-"):
        """Only errors are reported."""

    def list_directory(self, path):
        self.send_error(HTTPStatus.NOT_FOUND, "File not found")
