"""Inspects hostile files, each in a process of its own: `python measure.py FOLDER [NAME ...]`; prints code, time, memory."""

import contextlib
import io
import json
import os
import resource
import signal
import sys
import time
import traceback
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from other_files import OTHERS
from stages import STAGES

LONGEST = 60
"""Time after which a process is ended [s]."""


def inspected(path: Path) -> dict:
    """Exit code of `inspect` for a file, its messages, the time [s], and the peak memory of the process [MB]."""
    import pxr.Usd  # noqa: F401
    import warp as wp

    from sparselbm.cli.app import app
    from sparselbm.cli.exits import exit_code_of

    wp.config.quiet = True
    wp.init()
    reader, writer = os.pipe()
    begun, child = time.monotonic(), os.fork()
    if child == 0:
        signal.alarm(LONGEST)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (10 << 30, 10 << 30))
        said = io.StringIO()
        arguments = ["inspect", str(path), "--device", "cpu", *(["--pore", "0"] if path.stem == "rock" else [])]
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                code = exit_code_of(partial(app, arguments))
        except BaseException:
            code = -1
            said.write(traceback.format_exc(limit=-3))
        os.write(writer, json.dumps([code, said.getvalue()[-1_000:]]).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as file:
        data = file.read()
    _, status, used = os.wait4(child, 0)
    code, text = json.loads(data) if data else (-os.WTERMSIG(status), "")
    return {"code": code, "seconds": time.monotonic() - begun, "megabytes": used.ru_maxrss / 1e3, "text": text}


if __name__ == "__main__":
    import trimesh

    for make in (*STAGES, *OTHERS):
        if len(sys.argv) == 2 or make.__name__ in sys.argv[2:]:
            folder = Path(sys.argv[1]) / make.__name__
            folder.mkdir(parents=True)
            trimesh.creation.icosphere(subdivisions=2).export(folder / "ball.stl")
            print(json.dumps({"name": make.__name__, **inspected(make(folder))}), flush=True)
