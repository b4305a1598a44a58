"""Numbers of a run that files for VTK carry as field data: reference values, Reynolds number, time, and all units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..fields import FIELDS as ALL_FIELDS
from ..reader import Results

TIME = "TimeValue"
"""Name by which VTK finds the time of a file."""
_UNITS = {
    **{each.name: each.unit for each in ALL_FIELDS}, "velocity": "m/s", "mean_velocity": "m/s", "mean_pressure": "Pa",
    "velocity_variance": "m^2/s^2", "velocity_covariance": "m^2/s^2", "pressure_variance": "Pa^2", "solid": "",
    "sensitivity": "1/m^3", "shear_average": "Pa", "oscillatory_shear_index": "", "points": "m", "normals": "", "prim": "", TIME: "s", "iteration": "",
}
"""Units of arrays; those of scalars are the user's."""
_OF_THE_RUN = {
    "density": ("density", "kg/m^3"), "velocity": ("reference_velocity", "m/s"), "viscosity": ("kinematic_viscosity", "m^2/s"),
    "voxel_size": ("voxel_size", "m"), "time_step": ("time_step", "s"),
}
_OF_THE_RESULTS = {
    "reynolds": ("reynolds_number", ""), "reference_length": ("reference_length", "m"),
    "reference_area": ("reference_area", "m^2"), "reference_force": ("reference_force", "N"),
}


@dataclass(frozen=True)
class FieldData:
    """Field data of a file."""

    numbers: Mapping[str, float] = field(default_factory=dict)
    """Numbers by name."""
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Lists of texts by name; `units` has one text `NAME: UNIT` for each array and number."""

    @classmethod
    def of(cls, results: Results) -> FieldData:
        """Reference values of the results in a folder, as far as its summary has them: an interrupted study has none."""
        numbers, units = {}, dict(_UNITS)
        for found, known in ((results.summary, _OF_THE_RESULTS), (results.summary.get("run", {}), _OF_THE_RUN)):
            for key, (name, unit) in known.items():
                if key in found:
                    numbers[name], units[name] = float(found[key]), unit
        if {"density", "reference_velocity"} <= set(numbers):
            numbers["dynamic_pressure"] = 0.5 * numbers["density"] * numbers["reference_velocity"] ** 2
            units["dynamic_pressure"] = "Pa"
        return cls(numbers, {"units": tuple(f"{name}: {unit or '1'}" for name, unit in units.items())})

    def at(self, time: float) -> FieldData:
        """The same at a time [s]."""
        return self.number(TIME, time)

    def number(self, name: str, value: float) -> FieldData:
        """The same with another number."""
        return replace(self, numbers={**self.numbers, name: value})

    def listing(self, name: str, texts: tuple[str, ...]) -> FieldData:
        """The same with a list of texts."""
        return replace(self, texts={**self.texts, name: texts})
