"""Process that reads mutated files, one after another, under a limit of memory: `python worker.py FOLDER FIRST LAST`.

It writes a line before and after each file, so that the process that started it knows which file was being read when it ended.
"""

import contextlib
import io
import json
import resource
import sys
import traceback
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from mutations import mutated
from samples import samples

from sparselbm.errors import SparselbmError

MEMORY = 8 << 30
"""Address space of the process [bytes], of which Warp's compiler alone takes some."""


def read_all(folder: Path, first: int, last: int, report) -> None:
    """Reads the files of some seeds; a seed stands for the format and the mutation."""
    whole = samples(folder)
    names, content = list(whole), {name: path.read_bytes() for name, (path, _) in whole.items()}
    warnings.simplefilter("ignore")
    for seed in range(first, last):
        name = names[seed % len(names)]
        path = folder / f"fuzz_{seed}{Path(name).suffix}"
        path.write_bytes(mutated(content[name], seed))
        report({"begun": seed, "format": name})
        found = ""
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                found = whole[name][1](path)
            outcome = "nonsense" if found else "read"
        except (SparselbmError, ImportError):
            outcome = "refused"
        except BaseException:
            outcome, found = "traceback", traceback.format_exc(limit=-3)
        report({"ended": seed, "format": name, "outcome": outcome, "text": found})
        path.unlink()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    stdout = sys.stdout

    def report(line):
        stdout.write(json.dumps(line) + "\n")
        stdout.flush()

    read_all(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), report)
