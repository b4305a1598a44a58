"""Hostile stages, meshes, images and cases are refused within 5 s and 500 MB, before they are read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from other_files import (
    OTHERS,
    gltf_of_1e9_points_without_data,
    gltf_of_a_million_nodes,
    keys_100_000_deep,
    vtp_that_unpacks_to_2_gb,
)
from stages import (
    STAGES,
    clips_of_1e12_files,
    copies_of_copies,
    crate_with_1e9_entries_as_a_payload,
    crate_with_1e9_entries_in_a_package,
    polygon_of_200_000_corners,
    subdivided_six_times,
    sublayers_in_a_row,
    sublayers_that_double,
)

from sparselbm.case import Case
from sparselbm.errors import CaseError, SceneError
from sparselbm.scene.usd import Scene

SECONDS, MEGABYTES = 5.0, 500.0
REFUSED = {
    sublayers_that_double: "sublayers are [0-9,]+ layers.* above the limit of 1,000",
    sublayers_in_a_row: "above the limit of 1,000",
    clips_of_1e12_files: "stand for 1e[+]12 files, from 0 to 1e[+]09 in steps of 0.001",
    polygon_of_200_000_corners: "face 0 is concave and has 200,000 corners.*export triangles",
    copies_of_copies: "1,000,000 prims and copies", crate_with_1e9_entries_as_a_payload: "PATHS states 1,073,741,824 entries",
    crate_with_1e9_entries_in_a_package: "PATHS states 1,073,741,824 entries",
    gltf_of_1e9_points_without_data: "states 1,000,000,000 points", gltf_of_a_million_nodes: "300,001 nodes, above the limit",
    vtp_that_unpacks_to_2_gb: "states 2,147,483,648 bytes",
}


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__)
def test_the_refusal_names_the_value_and_the_limit(make, tmp_path):
    with pytest.raises(SceneError, match=REFUSED[make]):
        Scene.open(make(tmp_path))


def test_the_refusal_of_cases_names_them_too(tmp_path):
    with pytest.raises(CaseError, match="a key in line 1 has 100,000 parts, above the limit of 100"):
        Case.open(keys_100_000_deep(tmp_path))
    with pytest.raises(SceneError, match="163,840,000 points, above the limit of 50,000,000"):
        Case.open(subdivided_six_times(tmp_path)).read_scene()


@pytest.mark.validate
def test_all_kinds_are_refused_within_the_limits(tmp_path):
    command = [sys.executable, str(Path(__file__).parent / "measure.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(found) == len(STAGES) + len(OTHERS) >= 60
    for each in found:
        print(f"{each['name']}: {each['seconds']:.1f} s, {each['megabytes']:.0f} MB")
    assert [each for each in found if each["code"] != 2 or each["seconds"] > SECONDS or each["megabytes"] > MEGABYTES] == []
