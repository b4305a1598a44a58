"""The error of this package."""


class MotionError(ValueError):
    """A motion that is not rigid, is too fast, or leads a body out of the domain's cells."""
