"""What the gradients of this package raise."""


class AdjointError(ValueError):
    """A gradient that cannot be given."""
