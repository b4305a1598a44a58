"""Names of results, from the files that they belong to."""

from pathlib import Path

import pytest

from sparselbm.files.names import is_plain, result_name_of


@pytest.mark.parametrize(("file", "name"), [
    ("2024 car.usda", "2024_car"), ("car(1).usda", "car_1_"), ("kugel groß.stl", "kugel_groß"), ("a/b c/v1.2-x.toml", "v1.2-x"),
    ("-car.usda", "_-car"), ("(1).usda", "_1_"), (".usda", "_.usda"), ("a@[b]%.usd", "a_b_"),
])
def test_what_cannot_name_results_is_replaced(file, name):
    assert result_name_of(Path(file)) == name
    assert is_plain(name)
