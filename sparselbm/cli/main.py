"""Entry point of the `sparselbm` command. The slow imports are inside the function, so that Ctrl-C is handled during them."""

import sys

from .interrupt import INTERRUPTED, Signals


def main() -> None:
    """Runs the command line and exits with its exit code."""
    with Signals() as signals:
        try:
            code = _code()
        except KeyboardInterrupt:
            print("Interrupted.", file=sys.stderr)
            code = INTERRUPTED
        signals.ignore_further()
    sys.exit(signals.exit_code if code == INTERRUPTED else code)


def _code() -> int:
    import warnings
    from functools import partial

    import warp as wp

    from .app import app
    from .exits import exit_code_of

    wp.config.log_level = wp.LOG_ERROR  # Messages about loaded kernels would hide the output.
    warnings.showwarning = _print_warning
    return exit_code_of(partial(app, prog_name="sparselbm"))


def _print_warning(message: Warning | str, *_where: object, **_more: object) -> None:
    """Prints a warning of the package without the place in its source."""
    print(f"Warning: {message}", file=sys.stderr)


if __name__ == "__main__":
    main()
