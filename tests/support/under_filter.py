"""Runs a command with the system calls that a unit allows it, as systemd would: under_filter.py UNIT COMMAND...

The groups (@system-service) are expanded by systemd-analyze, the filter is loaded by libseccomp."""

import ctypes
import errno
import os
import pathlib
import subprocess
import sys

ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
PR_SET_NO_NEW_PRIVS = 38


def expand(group: str) -> set[str]:
    listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", group], capture_output=True, text=True,
                            check=True).stdout
    names = {line.strip() for line in listed.splitlines()[1:] if line.startswith("    ")}
    names -= {name for name in names if name.startswith("#")}
    inner = {name for name in names if name.startswith("@")}
    return (names - inner).union(*map(expand, inner))


def allowed(unit: pathlib.Path) -> set[str]:
    """Lines of SystemCallFilter one after the other: the first is an allow list, a ~ takes away."""
    calls: set[str] = set()
    for line in unit.read_text().splitlines():
        if line.startswith("SystemCallFilter="):
            words = line.partition("=")[2]
            named: set[str] = set()
            for word in words.removeprefix("~").split():
                named |= expand(word) if word.startswith("@") else {word}
            calls = calls - named if words.startswith("~") else calls | named
    return calls


def main() -> None:
    calls = allowed(pathlib.Path(sys.argv[1]))
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(REFUSE)))
    for name in calls | expand("@default"):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            added = library.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), number, 0)
            assert added == 0, name
    assert ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert library.seccomp_load(context) == 0
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
