"""What goes wrong with a scene or with the files of a result."""


class SceneError(ValueError):
    """A scene cannot be read, or holds no such body; the text names the prim and the remedy."""


class ResultsExistError(FileExistsError):
    """The files of a result are there already, and `overwrite=True` was not given."""
