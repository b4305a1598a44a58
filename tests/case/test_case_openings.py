"""Openings of a fluid volume in a case: units, waveforms, what lies beyond outlets, and what is refused."""

import re

import pytest
from pxr import Sdf, Usd, UsdGeom

from sparselbm.case import Case, parts
from sparselbm.case.caps import conditions_of
from sparselbm.case.entry import converted
from sparselbm.case.record import settings_of
from sparselbm.errors import CaseError
from sparselbm.flows import FlowShareOutlet, LaminarInflow, Outlet, ResistanceOutlet, WindkesselOutlet, WomersleyInflow
from sparselbm.models import Waveform

IN = 'kind = "inlet"\nvelocity = 0.1\n'
OUT = 'kind = "outlet"\n'
MMHG = 133.322387415


def opened(tmp_path, inlet=IN, outlet=OUT, more="", **options):
    """The case of a TOML file with a fluid volume and two caps."""
    path = tmp_path / "case.toml"
    path.write_text(
        f'[scene]\nfile = "tube.usda"\n[obstacle."/Wall"]\nrole = "fluidVolume"\n[opening."/In"]\n{inlet}\n'
        f'[opening."/Out"]\n{outlet}\n{more}', encoding="utf-8",
    )
    return Case.open(path, **options)


def conditions(case):
    return conditions_of(case.opening, case.source)


@pytest.mark.parametrize(("outlet", "condition"), [
    ('pressure = "80 mmHg"', Outlet(pressure=80 * MMHG)), ("pressure = 12.5", Outlet(pressure=12.5)),
    ('resistance = "1 mmHg s/mL"\ndistalPressure = "5 mmHg"', ResistanceOutlet(resistance=1e6 * MMHG, distal_pressure=5 * MMHG)),
    ('proximalResistance = "100 dyn s/cm5"\ncompliance = "1 mL/mmHg"\ndistalResistance = 2e8',
     WindkesselOutlet(proximal_resistance=1e7, compliance=1e-6 / MMHG, distal_resistance=2e8)),
    ("flowShare = 0.5", FlowShareOutlet(share=0.5)),
])
def test_outlets_with_clinical_units(tmp_path, outlet, condition):
    found = conditions(opened(tmp_path, outlet=OUT + outlet, inlet='kind = "inlet"\nflowRate = "5 mL/s"\nprofile = "laminar"'))
    assert vars(found["/Out"]) == pytest.approx(vars(condition))
    assert type(found["/Out"]) is type(condition)
    assert found["/In"].flow_rate == pytest.approx(5e-6)
    assert found["/In"].profile == LaminarInflow()


def test_lengths_and_both_viscosities_take_units(tmp_path):
    fluid = 'density = "1.06 g/cm3"\ndynamicViscosity = "3.5 mPa s"'
    case = opened(tmp_path, more=f'[domain]\nvoxelSize = "0.2 mm"\n[fluid]\n{fluid}')
    assert case.domain.voxel_size == pytest.approx(2e-4)
    assert case.fluid.kinematic_viscosity == pytest.approx(3.5e-3 / 1060.0)
    assert case.internal_flow.viscosity == pytest.approx(3.5e-3 / 1060.0)


def test_every_number_whose_documentation_has_a_unit_takes_it_in_texts():
    """And refuses a unit of another kind; all parts of a case."""
    count = 0
    for part in parts.PARTS:
        for name, known in part.entries().items():
            unit = re.search(r"\[(m|m2|m3|s|m/s|m2/s|m3/s|kg/m3|Pa|Pa s|Pa s/m3|m3/Pa)\]", known.doc)
            if unit and known.kind.usd == "double" and not known.composed:
                count += 1
                assert known.unit == unit[1], (part.__name__, name)
                assert converted(known, f"3 {unit[1]}", name) == 3.0
                with pytest.raises(CaseError, match=f"{name} is '3 kg m': it is another quantity, but"):
                    converted(known, "3 kg m", name)
    assert count > 15


@pytest.mark.parametrize("local", [False, True])
def test_a_waveform_from_a_csv_file_with_its_period(tmp_path, local):
    (tmp_path / "flow.csv").write_text("# an artery\ntime [ms], flowRate [mL/s]\n0, 1\n200, 3\n200, 2\n600, 1\n")
    case = opened(
        tmp_path, 'kind = "inlet"\nwaveform = "flow.csv"\nperiod = 0.8\nprofile = "womersley"', local_files_only=local
    )
    inlet = conditions(case)["/In"]
    assert inlet.profile == WomersleyInflow()
    assert inlet.waveform.times == pytest.approx((0.0, 0.2, 0.2, 0.6))
    assert inlet.waveform.values == pytest.approx((1e-6, 3e-6, 2e-6, 1e-6))
    assert inlet.waveform.period == 0.8
    assert settings_of(case)["opening"]["/In"]["waveform"] == "flow.csv"


def test_time_samples_of_a_stage_are_a_waveform_in_its_time_codes(tmp_path):
    """In seconds since startTimeCode; the first sample holds before it, as in USD."""
    stage = Usd.Stage.CreateInMemory()
    stage.SetTimeCodesPerSecond(50.0)
    stage.SetStartTimeCode(10.0)
    for path, schema in (("/Wall", "Obstacle"), ("/In", "Opening"), ("/Out", "Opening")):
        UsdGeom.Mesh.Define(stage, path).GetPrim().AddAppliedSchema(f"Sparselbm{schema}API")
    stage.GetPrimAtPath("/Wall").CreateAttribute("sparselbm:obstacle:role", Sdf.ValueTypeNames.Token).Set("fluidVolume")
    for path, kind in (("/In", "inlet"), ("/Out", "outlet")):
        stage.GetPrimAtPath(path).CreateAttribute("sparselbm:opening:kind", Sdf.ValueTypeNames.Token).Set(kind)
    velocity = stage.GetPrimAtPath("/In").CreateAttribute("sparselbm:opening:velocity", Sdf.ValueTypeNames.Double)
    for code, value in ((15.0, 0.1), (20.0, 0.3), (40.0, 0.2)):
        velocity.Set(value, code)
    pressure = stage.GetPrimAtPath("/Out").CreateAttribute("sparselbm:opening:pressure", Sdf.ValueTypeNames.Double)
    pressure.Set(3.0, 12.0)
    stage.GetRootLayer().Export(str(tmp_path / "tube.usda"))
    case = Case.open(tmp_path / "tube.usda")
    assert case.opening["/In"].velocity == Waveform((0.0, 0.1, 0.2, 0.6), (0.1, 0.1, 0.3, 0.2))
    assert conditions(case)["/Out"] == Outlet(pressure=3.0)
    assert settings_of(case)["opening"]["/In"]["velocity"]["times"] == (0.0, 0.1, 0.2, 0.6)
    stage.GetPrimAtPath("/Wall").GetAttribute("sparselbm:obstacle:role").Set("fluidVolume", 1.0)
    stage.GetRootLayer().Export(str(tmp_path / "tube.usda"))
    with pytest.raises(CaseError, match="/Wall: sparselbm:obstacle:role varies in time: give it a single value"):
        Case.open(tmp_path / "tube.usda")


@pytest.mark.parametrize(("inlet", "outlet", "words"), [
    ('kind = "inlet"\nflowRate = "5 mmHg"', OUT, "flowRate is '5 mmHg': it is a pressure, but a flow rate is needed: give a "
     "text such as '5 mL/s', or a finite number in m3/s"),
    ('kind = "inlet"\nvelocity = "fast"', OUT, "velocity is 'fast': it must be a finite number in m/s, or a text with a unit"),
    ('kind = "inlet"\nvelocity = "2 furlong/s"', OUT, "'furlong' is no unit"),
    ('kind = "inlet"\nvelocity = "-2 m/s"', OUT, "velocity is -2: it must be above 0"),
    ('kind = "inlet"', OUT, "velocity is missing, and so are flowRate and waveform: give one of them"),
    (IN + "period = 0.8", OUT, "period is 0.8 s, but nothing varies in time here"),
    (IN + 'profile = "womersley"', OUT, "profile is womersley, which requires a periodic inflow"),
    (IN + 'waveform = "flow.csv"', OUT, 'case.toml: opening."/In".waveform and .*velocity contradict each other'),
    ('kind = "inlet"\nwaveform = "none.csv"', OUT, "waveform is 'none.csv': there is no file"),
    ('kind = "inlet"\nwaveform = "pressure.csv"', OUT, r"line 1 is .*: it must name both columns, as in time \[s\], vel"),
    ('kind = "inlet"\nwaveform = "words.csv"', OUT, "line 3 is '1, much': give a time and a value, separated by a comma"),
    ('kind = "inlet"\nwaveform = "empty.csv"', OUT, "has no lines: begin with time"),
    ('kind = "inlet"\nwaveform = "unit.csv"', OUT, r"line 1 is .*: it is a velocity, but a flow rate is needed"),
    ('kind = "inlet"\nwaveform = "bare.csv"', OUT, r"the column flowRate has no unit; .* such as flowRate \[mL/s\]"),
    ('kind = "inlet"\nwaveform = "untimed.csv"', OUT, r"line 1 is .*: the column time has no unit; .* such as time \[s\]"),
    ('kind = "inlet"\nwaveform = "flow.csv"\nperiod = 0.5', OUT, "the period of the waveform is 0.5, but its samples last 1"),
    ('kind = "inlet"\nwaveform = "zero.csv"', OUT, "flowRate is 0 at all times"),
    (IN, OUT + "compliance = 1e-9", "compliance is 1e-09, but proximalResistance and distalResistance is missing: a Windk"),
    (IN, OUT + "resistance = 1e8\npressure = 3.0", "resistance and .*pressure contradict each other"),
    (IN, OUT + "resistance = 1e8\ncompliance = 1e-9", "compliance and .*resistance contradict each other"),
    (IN, OUT + "flowShare = 0.5\ndistalPressure = 3.0", "flowShare and .*distalPressure contradict each other"),
    (IN, OUT + "flowShare = 1.5", r'"/Out".kind is outlet: FlowShareOutlet\(share=1.5\): it must be above 0 and at most 1'),
    (IN, OUT + "distalPressure = 3.0", "distalPressure is 3 Pa, but there is no resistance before it"),
    (IN + "resistance = 1e8", OUT, "resistance requires kind outlet"),
])
def test_openings_that_contradict_themselves_are_refused(tmp_path, inlet, outlet, words):
    for name, text in {
        "flow": "time [s], flowRate [mL/s]\n0, 1\n1, 2\n", "pressure": "time [s], pressure [Pa]\n0, 1\n1, 2\n",
        "empty": "# none\n", "words": "time [s], flowRate [m3/s]\n0, 1\n1, much\n",
        "unit": "time [s], flowRate [cm/s]\n0, 1\n1, 2\n",
        "zero": "time [s], flowRate [m3/s]\n0, 0\n1, 0\n", "bare": "time [s], flowRate\n0, 1\n1, 2\n",
        "untimed": "time, velocity [m/s]\n0, 1\n1, 2\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text)
    with pytest.raises(CaseError, match=words):
        opened(tmp_path, inlet, outlet)


def test_a_waveform_outside_of_the_folder_is_refused_where_files_have_to_be_local(tmp_path):
    (tmp_path / "flow.csv").write_text("time [s], velocity [m/s]\n0, 1\n1, 2\n")
    (tmp_path / "case").mkdir()
    opened(tmp_path / "case", 'kind = "inlet"\nwaveform = "../flow.csv"')
    with pytest.raises(CaseError, match=r"waveform refers to .*flow\.csv, outside of"):
        opened(tmp_path / "case", 'kind = "inlet"\nwaveform = "../flow.csv"', local_files_only=True)
