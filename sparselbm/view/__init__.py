"""A page that shows results in a browser, without a network or anything installed."""

from .page import PageError, write_page

__all__ = ["PageError", "write_page"]
