"""Results page for a browser."""

from .page import write_page
from .server import page_server

__all__ = [
    "page_server",
    "write_page",
]
