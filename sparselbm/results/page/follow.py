"""Page of results that are still being written."""

import warnings
from pathlib import Path

from ...errors import ResultLostWarning, SparselbmError
from ...files.lost_results import reason_of
from .page import write_page

WATCHED = ("*_results.usda", "*_layer.usdc", "*_clips/*", "history.csv", "summary.json")
"""Files of results that change a page."""


class PageFollower:
    """Writer of a page, again whenever the results have changed since."""

    def __init__(self, results: str | Path, folder: str | Path):
        """`folder` has a page of `write_page`."""
        self._results, self._folder = Path(results), Path(folder)
        self._seen = self._state()

    def update(self) -> bool:
        """Writes the page again if the results have changed; returns whether it did.

        Results that cannot be read at the moment, such as those of a run that begins, leave the page as it is; so does a page
        that cannot be written, such as on a full disk, with a ResultLostWarning.
        """
        state = self._state()
        if state == self._seen:
            return False
        try:
            write_page(self._results, self._folder, follow=True)
        except SparselbmError:
            return False
        except OSError as error:
            text = f"the page in {self._folder} could not be written ({reason_of(error)}): it shows earlier results"
            warnings.warn(text, ResultLostWarning, stacklevel=2)
            return False
        self._seen = state
        return True

    def _state(self) -> dict[Path, tuple[int, int]]:
        """Time of change [ns] and size of each file."""
        found = {}
        for path in (each for pattern in WATCHED for each in self._results.glob(pattern)):
            try:
                facts = path.stat()
            except FileNotFoundError:  # A run replaces its files.
                continue
            found[path] = (facts.st_mtime_ns, facts.st_size)
        return found
