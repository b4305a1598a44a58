"""Outcomes of random cases in a file of JSON lines, so that a run of hours can be stopped and resumed."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from random_cases import RandomCase, random_case
from random_outcomes import Outcome, outcome_of, planned, updates
from random_vessels import VESSELS

from sparselbm.errors import SparselbmError


@dataclass(frozen=True)
class Store:
    """A file with a line for each case and each fineness; the last one counts. Remove lines to run their cases again."""

    path: Path

    def read(self) -> dict[tuple[int, float], Outcome]:
        """Outcomes by the number of the case and the fineness of its cells."""
        found = {}
        for line in self.path.read_text().splitlines() if self.path.exists() else ():
            row = json.loads(line)
            fineness, case = row.pop("fineness"), RandomCase(**row.pop("case"))
            found[case.number, fineness] = Outcome(case, **row | {"doubts": tuple(row["doubts"])})
        return found

    def add(self, outcome: Outcome, fineness: float) -> None:
        """Adds a line."""
        with self.path.open("a") as file:
            file.write(json.dumps({"fineness": fineness, **asdict(outcome)}, default=str) + "\n")

    def complete(
        self, numbers: Iterable[int], folder: Path, device: str | None = None, *, fineness: float = 1.0,
        run: Callable[[RandomCase, str | None], Outcome] = outcome_of,
    ) -> list[Outcome]:
        """Outcomes of the cases in the order of the numbers; those that the file lacks are run, bodies first, cheapest first."""
        numbers, found = list(numbers), self.read()
        missing = [random_case(number, folder, fineness=fineness) for number in numbers if (number, fineness) not in found]
        for case in sorted(missing, key=lambda case: (case.kind in VESSELS, cost(case, device))):
            self.add(run(case, device), fineness)
        found = self.read()
        return [found[number, fineness] for number in numbers]


def cost(case: RandomCase, device: str | None) -> float:
    """Number of cell updates per crossing; 0 for a case that is refused."""
    try:
        return updates(planned(case, device)[0])
    except SparselbmError:
        return 0.0
