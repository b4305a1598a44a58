"""The `sparselbm` command. It imports nothing before it can hear Ctrl-C: the imports take longer than anything else at first."""

import sys


def main() -> None:
    """Runs the command line, and leaves with its exit code."""
    try:
        code = _code()
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        code = 130
    sys.exit(code)


def _code() -> int:
    from functools import partial

    import warp as wp

    from .app import app
    from .exits import exit_code_of

    wp.config.log_level = wp.LOG_ERROR  # Which modules Warp loads is of no interest here.
    return exit_code_of(partial(app, prog_name="sparselbm"))


if __name__ == "__main__":
    main()
