"""A page that shows results in a browser."""

from .page import PageError, write_page

__all__ = [
    "PageError",
    "write_page",
]
