"""Configuration of the documentation site: `make docs` builds it into build/docs, without a network."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent / "site")]

import pages  # noqa: E402
from docstrings import as_restructured_text  # noqa: E402

project = "sparselbm"
author = "The sparselbm authors"
copyright = author

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["site", "static", "picture"]
source_suffix = {".md": "markdown"}

smartquotes = False  # They would turn the two dashes of an option into one.

html_theme = "furo"
html_title = "sparselbm"
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["style.css"]
html_show_sphinx = False

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_mock_imports = ["torch", "jax", "mpi4py"]
python_maximum_signature_line_length = 88


def setup(app):
    """Generates the reference pages before the sources are read, and hands docstrings to Sphinx as reStructuredText."""
    app.connect("builder-inited", lambda app: pages.write(Path(app.srcdir) / "reference"))
    app.connect("autodoc-process-docstring", as_restructured_text)
