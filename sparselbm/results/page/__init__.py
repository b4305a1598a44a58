"""Results page for a browser."""

from .follow import PageFollower
from .page import write_page
from .server import page_server

__all__ = [
    "PageFollower",
    "page_server",
    "write_page",
]
