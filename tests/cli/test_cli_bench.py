"""`sparselbm bench`: options are checked before anything is timed."""


def test_a_collision_that_is_not_timed_is_refused(in_process):
    code, _, said = in_process("bench", "--collision", "cumulants", "--size", "16")
    assert code == 2
    assert "cumulants" in said
    assert "all, trt, mrt" in said


def test_two_benches_at_once_are_refused(in_process):
    code, _, said = in_process("bench", "--collision", "all", "--gradient", "--size", "16")
    assert code == 2
    assert "--collision and --gradient exclude each other" in said


def test_registers_without_an_assembler_are_refused(in_process, monkeypatch):
    from sparselbm.bench import registers

    monkeypatch.setattr(registers, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    code, _, said = in_process("bench", "--registers")
    assert code == 2
    assert "pip install 'sparselbm[registers]'" in said
