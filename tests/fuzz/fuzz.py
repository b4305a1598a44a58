"""Fuzzer of all readers and of the options: `python tests/fuzz/fuzz.py [--minutes 20] [--first 0] [--files N] [--options N]`.

Seeded: the same seeds give the same files. A finding is a traceback, a file that takes more than 20 s, a process ended by a
signal, or nonsense that is accepted (see `readers`); it is printed with its seed, which `--first SEED --files 1` repeats. The
exit code is 1 if there is any.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

LIMIT = 20.0
"""Longest time [s] for one file or option; the first one of a process may take longer, because libraries are loaded."""
START = 90.0
BATCH = 400
"""Number of files per process."""
GOOD = ("read", "refused")


@dataclass
class Tally:
    """Outcomes by format, and the findings."""

    counts: Counter = field(default_factory=Counter)
    findings: list[dict] = field(default_factory=list)

    def add(self, found: dict) -> None:
        self.counts[found["format"], found["outcome"]] += 1
        if found["outcome"] not in GOOD:
            self.findings.append(found)
            print(json.dumps(found), flush=True)


def fuzz(worker: str, first: int, last: int, tally: Tally) -> None:
    """Reads the files, or options, of some seeds; a process that hangs or ends is replaced, from the next seed on."""
    while first < last:
        first = _batch(worker, first, min(last, first + BATCH), tally)


def _batch(worker: str, first: int, last: int, tally: Tally) -> int:
    """Runs one process; returns the seed at which the next one begins."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(Path(__file__).parent / worker), folder, str(first), str(last)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder)
        assert process.stdout is not None
        begun, watch = None, _Watch(process)
        for line in process.stdout:
            if not line.startswith("{"):
                continue
            found = json.loads(line)
            watch.again()
            if "begun" in found:
                begun = found
            else:
                tally.add(found)
                first, begun = found["ended"] + 1, None
        code = process.wait()
        watch.stop()
        if code == 0:
            return last
        if begun is None:
            raise RuntimeError(f"{worker} could not start (exit code {code}): run {' '.join(command)}")
        outcome = "hang" if watch.is_late else f"signal or exit code {code}"
        tally.add({"ended": begun["begun"], "format": begun["format"], "outcome": outcome, "text": ""})
        return begun["begun"] + 1


class _Watch:
    """Ends a process that has written nothing for too long."""

    def __init__(self, process: subprocess.Popen):
        self._process, self._due, self.is_late = process, time.monotonic() + START, False
        self._done = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def again(self) -> None:
        self._due = time.monotonic() + LIMIT

    def stop(self) -> None:
        self._done.set()

    def _look(self) -> None:
        while not self._done.wait(0.2):
            if time.monotonic() > self._due:
                self.is_late = True
                self._process.kill()
                return


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0, help="longest time; seeds go on until it is over")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--files", type=int, help="number of files; default: as many as the time permits")
    parser.add_argument("--options", type=int, default=500, help="number of option values")
    given = parser.parse_args()
    tally, end = Tally(), time.monotonic() + 60.0 * given.minutes
    for worker, wanted in (("options.py", given.options), ("worker.py", given.files)):
        seed = given.first
        while (wanted is None or seed < given.first + wanted) and time.monotonic() < end:
            step = seed + BATCH if wanted is None else min(seed + BATCH, given.first + wanted)
            fuzz(worker, seed, step, tally)
            seed = step
    for (name, outcome), count in sorted(tally.counts.items()):
        print(f"{name:12} {outcome:10} {count:6}")
    print(f"{sum(tally.counts.values())} in all, {len(tally.findings)} findings")
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
