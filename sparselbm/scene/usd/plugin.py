"""Registration of the codeless applied schemas of a case with USD, from `schema/plugInfo.json`."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from functools import cache
from pathlib import Path

SCHEMA_FOLDER = Path(__file__).parent / "schema"
"""Schema folder; on PXR_PLUGINPATH_NAME, usdview shows default values, allowed tokens and docs."""


@cache
def register() -> None:
    """Registers the schemas; must be called before the first stage of a program is opened, or has no effect.

    Reading does not depend on it: cases are read by their authored values.
    """
    from pxr import Plug

    Plug.Registry().RegisterPlugins(str(SCHEMA_FOLDER))
