"""Results of a benchmark."""

from dataclasses import asdict, dataclass

from ..estimate.machine import Machine


@dataclass(frozen=True)
class BenchRow:
    """Result of one case. All times of a row are measured alternately, so that ratios hold on a shared machine."""

    name: str
    mlups: float
    """Million fluid cell updates per second."""
    share_of_copy: float
    """Required memory traffic per second, relative to that of a memory copy."""
    bytes_per_cell: float
    """Memory of all arrays per cell of a tile [bytes]."""
    cells: int
    """Number of fluid cells."""
    relative: float
    """Speed per fluid cell relative to that of `reference`."""
    reference: str
    target: float | None
    """Smallest acceptable value of `relative`."""
    note: str
    """Description of the case, and further observations."""

    @property
    def met(self) -> bool:
        """Whether the target is reached; true if there is none."""
        return self.target is None or self.relative >= self.target


@dataclass(frozen=True)
class BenchReport:
    """Rows of a benchmark, and the memory copy of the machine."""

    machine: Machine
    size: int
    """Number of cells along an edge of the periodic box."""
    copy_gbs: float
    """Best bandwidth of a copy between arrays of the size of a state, counting reads and writes [GB/s]."""
    rows: tuple[BenchRow, ...]

    def row(self, name: str) -> BenchRow:
        """Row with this name. Raises KeyError."""
        found = {row.name: row for row in self.rows}
        if name not in found:
            raise KeyError(f"there is no row {name!r}: use one of {', '.join(found)}")
        return found[name]

    def to_json(self) -> dict:
        """Returns the report for JSON: `machine`, `size`, `copy_gbs` and `rows`, with the names of the fields."""
        return asdict(self)
