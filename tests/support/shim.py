"""The preloaded shims of tests/fault, built on first use: shim.c for calls that write, memory_shim.c for
allocations, thread_shim.c for threads, held_shim.c for a TLS record that the socket does not take, network_shim.c
and linkless_shim.c for file systems, hasty_shim.c and leap_shim.c for time, names_shim.c for the addresses of names."""

import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

SOURCES = pathlib.Path(__file__).resolve().parents[1] / "fault"


@functools.cache
def library(source: str) -> str:
    folder = tempfile.mkdtemp(prefix="shim-")
    path = pathlib.Path(folder) / "shim.so"
    compiler = shutil.which("cc") or "gcc"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-fno-builtin", "-D_GNU_SOURCE", "-D_LARGEFILE64_SOURCE", "-o",
                    str(path), str(SOURCES / source), "-ldl"], check=True)
    return str(path)


def memory(**settings) -> dict[str, str]:
    """The environment in which an allocation fails: memory(FAIL_AT=3)."""
    return {"LD_PRELOAD": library("memory_shim.c"), **{f"SHIM_{key}": str(value) for key, value in settings.items()}}


def preloaded(source: str, settings: dict) -> dict[str, str]:
    asan = os.environ.get("ASAN_OPTIONS", "")
    env = {"LD_PRELOAD": library(source), "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0".lstrip(":")}
    env.update({f"SHIM_{key}": str(value) for key, value in settings.items()})
    return env


def threads(**settings) -> dict[str, str]:
    """The environment in which no thread can be had but the first ones: threads(THREADS=1)."""
    return preloaded("thread_shim.c", settings)


def held(**settings) -> dict[str, str]:
    """The environment in which a TLS record of so many bytes waits until its connection is closed, and a file
    tells of it: held(HELD=25, NOTE=path)."""
    return preloaded("held_shim.c", settings)


def network(**settings) -> dict[str, str]:
    """The environment in which a folder lies on a network file system: network(FOLDER=path)."""
    return preloaded("network_shim.c", settings)


def linkless(**settings) -> dict[str, str]:
    """The environment in which no file gets a second name: linkless(LINK_ERRNO=errno.EPERM)."""
    return preloaded("linkless_shim.c", settings)


def hasty(**settings) -> dict[str, str]:
    """The environment in which waiting passes faster: hasty(HASTE=200)."""
    return preloaded("hasty_shim.c", settings)


def leap(**settings) -> dict[str, str]:
    """The environment in which hours pass once a file is there: leap(WHEN=path, LEAP=3600)."""
    return preloaded("leap_shim.c", settings)


def names(**addresses) -> dict[str, str]:
    """The environment in which names have these addresses: names(**{"relay.example.org": ["127.0.0.1", "::1"]})."""
    listed = ";".join(f"{name}={','.join(several)}" for name, several in addresses.items())
    return preloaded("names_shim.c", {"NAMES": listed})


def environment(**settings) -> dict[str, str]:
    """The environment that preloads the shim: environment(KILL_AT=3). With HASTE=N waiting passes faster, too."""
    env = preloaded("shim.c", settings)
    return env | {"LD_PRELOAD": f"{env['LD_PRELOAD']} {library('hasty_shim.c')}"} if "HASTE" in settings else env
