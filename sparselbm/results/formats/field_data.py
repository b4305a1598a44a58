"""Numbers of a run that files for VTK carry as field data: reference values, Reynolds number, time, and all units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..fields import FIELDS as ALL_FIELDS
from ..reader import Results

TIME = "TimeValue"
"""Name by which VTK finds the time of a file."""
_OF_THE_RUN = {
    "density": ("density", "kg/m^3"), "velocity": ("reference_velocity", "m/s"), "viscosity": ("kinematic_viscosity", "m^2/s"),
    "voxel_size": ("voxel_size", "m"), "time_step": ("time_step", "s"),
}
"""Names and units of numbers in the record of a run."""
_OF_THE_RESULTS = {
    "reynolds": ("reynolds_number", ""), "reference_length": ("reference_length", "m"),
    "reference_area": ("reference_area", "m^2"), "reference_force": ("reference_force", "N"),
}
_UNITS = {
    **{each.name: each.unit for each in ALL_FIELDS}, "velocity": "m/s", "mean_velocity": "m/s", "mean_pressure": "Pa",
    "velocity_variance": "m^2/s^2", "velocity_covariance": "m^2/s^2", "pressure_variance": "Pa^2", "solid": "",
    "sensitivity": "1/m^3", "shear_average": "Pa", "oscillatory_shear_index": "", "points": "m", "normals": "", TIME: "s",
    "iteration": "", "dynamic_pressure": "Pa", **dict(_OF_THE_RUN.values()), **dict(_OF_THE_RESULTS.values()),
}
"""Units of arrays and numbers."""


@dataclass(frozen=True)
class FieldData:
    """Field data of a file."""

    numbers: Mapping[str, float] = field(default_factory=dict)
    """Numbers by name."""
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Lists of texts by name."""

    @classmethod
    def of(cls, results: Results) -> FieldData:
        """Reference values of the results in a folder, and the time at the end of a flow over time, as far as the summary has
        them: an interrupted study has none."""
        numbers, run = {}, results.summary.get("run", {})
        for found, known in ((results.summary, _OF_THE_RESULTS), (run, _OF_THE_RUN)):
            numbers |= {name: float(found[key]) for key, (name, _) in known.items() if key in found}
        if {"density", "reference_velocity"} <= set(numbers):
            numbers["dynamic_pressure"] = 0.5 * numbers["density"] * numbers["reference_velocity"] ** 2
        if results.summary.get("regime") == "transient" and {"steps", "time_step"} <= set(run):
            numbers[TIME] = float(run["steps"] * run["time_step"])
        return cls(numbers)

    def all_texts(self, arrays: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The lists, and `units`, which has one text `NAME: UNIT` for each number and for each of the arrays in a file whose
        unit is known: scalars have the user's."""
        names = [name for name in (*arrays, *self.numbers) if name in _UNITS]
        return {"units": tuple(f"{name}: {_UNITS[name] or '1'}" for name in names), **self.texts} if names else dict(self.texts)

    def plain(self, arrays: Iterable[str]) -> dict[str, float | str]:
        """Numbers and lists, each in one text, for formats without lists."""
        return {**self.numbers, **{name: ", ".join(texts) for name, texts in self.all_texts(arrays).items()}}

    def at(self, time: float) -> FieldData:
        """The same at a time [s]."""
        return self.number(TIME, time)

    @property
    def timeless(self) -> FieldData:
        """The same without a time, for files with several."""
        return replace(self, numbers={name: value for name, value in self.numbers.items() if name != TIME})

    def number(self, name: str, value: float) -> FieldData:
        """The same with another number."""
        return replace(self, numbers={**self.numbers, name: value})

    def listing(self, name: str, texts: tuple[str, ...]) -> FieldData:
        """The same with a list of texts."""
        return replace(self, texts={**self.texts, name: texts})
