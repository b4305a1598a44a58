"""A page that shows results in a browser."""

from .page import write_page

__all__ = [
    "write_page",
]
