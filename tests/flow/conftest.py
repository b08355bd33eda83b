"""Fixtures for tests of the real program against real peers."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from newsletter import Newsletter  # noqa: E402
from smtp_server import RecordingServer  # noqa: E402


@pytest.fixture
def newsletter(tmp_path):
    """A fresh newsletter: settings, key and database in a folder of its own."""
    return Newsletter(tmp_path / "newsletter")


@pytest.fixture
def server():
    """A real SMTP server on a free loopback port that records what it accepts."""
    with RecordingServer() as running:
        yield running
