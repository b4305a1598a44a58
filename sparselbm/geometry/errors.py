"""The one error of this folder."""


class GeometryError(ValueError):
    """A geometry or its options cannot be used; the message names the value, the limit and the remedy."""
