"""Shared options and fixtures: every test runs on the device given by --device."""

import pytest


def pytest_addoption(parser):
    parser.addoption("--device", default="cpu", help="Warp device the tests run on, such as cpu or cuda:0")


@pytest.fixture(scope="session")
def device(request):
    return request.config.getoption("--device")
