"""Process that gives values of all kinds to the options of the commands: `python options.py FOLDER FIRST LAST`."""

import contextlib
import io
import json
import os
import random
import sys
import traceback
import warnings
from functools import partial
from pathlib import Path

import warp as wp

from sparselbm.cli.app import app
from sparselbm.cli.exits import exit_code_of

VALUES = [
    "0.1", "7", "4,3,4", "1,0,0", "20", "y", "interpolated", "vertices", "surface", "0.05 m",
    "nan", "inf", "-inf", "1e300", "-1", "0", "2147483648", "99999999999999999999", "1e-300", "", " ", "x", "é\udcff",
    "1,2", "1,2,3", "nan,nan,nan", "1e300,1,1", "-1,0,0", "0,0,0", "1,,", ",,,,", "1 m", "1 parsec", "[]", "{}", "/",
    "//", "/World", "/World/Ball", "/World/Ball,/World/Ball", "../..", "/dev/null", "x.py:Y", "x.py:", ".py:",
    "case.usda", "Smagorinsky()", "Smagorinsky(c=nan)", "Name(", "a=b", "a:b=c", "/World:size=large",
    "/World/Ball.radius=1,2", "=", "slice=x", "true", "None", "%s", "\x00", "a" * 5000,
]
STAGE = """#usda 1.0
(
    defaultPrim = "World"
    metersPerUnit = 1
    upAxis = "Z"
)
def Xform "World"
{
    def Sphere "Ball"
    {
        double radius = 0.5
    }
}
"""
PLAIN = ["ball.usda", "--voxel-size", "0.1", "--reynolds", "20", "--device", "cpu"]


def names() -> list[str]:
    """Options of `inspect` that take a value, which are those of `run`."""
    import typer

    command = typer.main.get_command(app).commands["inspect"]  # type: ignore[attr-defined]
    kept = ("--help", "--json")  # A value of --json is the name of a file.
    return sorted(each.opts[0] for each in command.params if each.opts[0].startswith("--") and each.opts[0] not in kept)


def try_all(folder: Path, first: int, last: int, report) -> None:
    """Gives one value to one option for each seed; expected are the exit codes 0 and 2."""
    os.chdir(folder)
    Path("ball.usda").write_text(STAGE)
    every = names()
    warnings.simplefilter("ignore")
    wp.config.quiet = True
    for seed in range(first, last):
        draw = random.Random(seed)
        name, value = every[seed % len(every)], draw.choice(VALUES)
        report({"begun": seed, "format": "option", "text": f"{name} {value[:40]!r}"})
        outcome, text = "", ""
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                code = exit_code_of(partial(app, ["inspect", *PLAIN, f"{name}={value}"]))
            outcome = {0: "read", 2: "refused"}.get(code, f"exit code {code}")
        except BaseException:
            outcome, text = "traceback", traceback.format_exc(limit=-4)
        report({"ended": seed, "format": "option", "outcome": outcome, "text": f"{name} {value[:40]!r} {text}"})


if __name__ == "__main__":
    stdout = sys.stdout

    def report(line):
        stdout.write(json.dumps(line) + "\n")
        stdout.flush()

    try_all(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), report)
