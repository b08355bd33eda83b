"""The preloaded shim of tests/fault/shim.c, built on first use."""

import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "fault" / "shim.c"


@functools.cache
def library() -> str:
    folder = tempfile.mkdtemp(prefix="shim-")
    path = pathlib.Path(folder) / "shim.so"
    compiler = shutil.which("cc") or "gcc"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-D_LARGEFILE64_SOURCE", "-o", str(path),
                    str(SOURCE), "-ldl"], check=True)
    return str(path)


def environment(**settings) -> dict[str, str]:
    """The environment that preloads the shim: environment(KILL_AT=3)."""
    asan = os.environ.get("ASAN_OPTIONS", "")
    env = {"LD_PRELOAD": library(), "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0".lstrip(":")}
    env.update({f"SHIM_{key}": str(value) for key, value in settings.items()})
    return env
