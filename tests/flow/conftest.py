"""Fixtures for tests of the real program against real peers."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from fixtures import newsletter, quick, server  # noqa: E402,F401
