"""Fixtures that the folders of tests share."""

import pytest

from newsletter import RELEASE, Newsletter
from smtp_server import RecordingServer


@pytest.fixture
def newsletter(tmp_path):
    """A fresh newsletter: settings, key and database in a folder of its own."""
    return Newsletter(tmp_path / "newsletter")


@pytest.fixture
def quick(newsletter):
    """The build that people run: ten thousand of something take seconds, and memory is the program's own."""
    if not RELEASE.exists():
        pytest.skip("needs the release build")
    newsletter.program = RELEASE
    return newsletter


@pytest.fixture
def server():
    """A real SMTP server on a free loopback port that records what it accepts."""
    with RecordingServer() as running:
        yield running
