"""The applied schemas of a case, made known to USD: without code, from `schema/plugInfo.json`."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from functools import cache
from pathlib import Path

SCHEMA_FOLDER = Path(__file__).parent / "schema"
"""Put it on PXR_PLUGINPATH_NAME, and usdview shows fallbacks, allowed tokens and docs."""


@cache
def register() -> None:
    """Called before a stage is opened. USD looks only once: where a program has opened a stage before, it stays without them.

    Nothing here depends on that: cases are read by what is authored.
    """
    from pxr import Plug

    Plug.Registry().RegisterPlugins(str(SCHEMA_FOLDER))
