"""Results page for a browser."""

from .page import write_page

__all__ = [
    "write_page",
]
