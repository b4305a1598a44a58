"""What goes wrong with a case."""


class CaseError(ValueError):
    """A case that contradicts itself, or says what nobody understands; names the place, the value and what is allowed."""
