"""Calls of the operating system, and what takes their place where it has none of them."""

import mmap
import os
import sys

import pytest

from sparselbm import system


@pytest.fixture(params=["Linux", "macOS", "Windows"])
def like(request, monkeypatch):
    """The system's calls, without those that another one lacks."""
    if request.param != "Linux":
        monkeypatch.delattr(os, "sched_getaffinity", raising=False)
        monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    if request.param == "Windows":
        monkeypatch.setattr(os, "name", "nt")
        for name in ("MAP_PRIVATE", "MAP_ANONYMOUS", "MADV_FREE"):
            monkeypatch.delattr(mmap, name, raising=False)
    return request.param


def test_every_call_works_on_every_system(like, tmp_path):
    assert 1 <= system.core_count() <= os.cpu_count()
    pages = system.new_pages(3 * system.HUGE_PAGE)
    assert len(pages) == 3 * system.HUGE_PAGE
    assert not any(pages[:1000])
    pages[:4] = b"word"
    system.lend_pages(pages)
    file = f"{tmp_path}/file"
    with open(file, "wb") as written:
        written.write(b"contents")
    system.sync_file(file)
    system.sync_folder(tmp_path)
    with open(file, "rb") as read:
        assert read.read() == b"contents"


def test_only_the_warning_about_the_driver_is_removed(capfd):
    with system.without_driver_warning():
        os.write(2, b"Warp CUDA warning: Could not find or load the NVIDIA CUDA driver. GPU ...\nanother message\n")
    print("after", file=sys.stderr)
    assert capfd.readouterr().err == "another message\nafter\n"
