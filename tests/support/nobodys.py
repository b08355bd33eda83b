"""A newsletter of somebody who is not root, in tests that root runs."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

from newsletter import NOW, ROOT, VERDICTS, Newsletter

NOBODY = pwd.getpwnam("nobody")
AS_ROOT = os.geteuid() == 0


def install(folder: pathlib.Path, program: pathlib.Path) -> pathlib.Path:
    """The program with its share directory, as `cmake --install` lays them out: a checkout below /root is
    for nobody else to read."""
    (folder / "bin").mkdir()
    for content in ("templates", "subscribers"):
        shutil.copytree(ROOT / content, folder / "share" / "verdicts" / content)
    installed = pathlib.Path(shutil.copy(program, folder / "bin"))
    for path in (installed, *(folder / "share").rglob("*")):
        path.chmod(0o755)
    return installed


class Nobodys:
    """A newsletter that belongs to nobody, and a program, in a folder that nobody can reach."""

    def __init__(self, program: pathlib.Path = VERDICTS) -> None:
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="verdicts-"))
        self.base.chmod(0o755)
        self.letter = Newsletter(self.base / "n")
        self.letter.program = install(self.base, program)
        self.counts = self.base / "counts"
        self.counts.mkdir()
        self.counts.chmod(0o777)
        self.letter.settings["smtp.url"] = "null:"
        self.letter.import_samples()
        self.letter.add_readers(3)
        self.give()

    def give(self) -> None:
        """What the folder has by now is nobody's."""
        if AS_ROOT:
            for path in [self.letter.folder, *self.letter.folder.rglob("*")]:
                os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)

    def remove(self) -> None:
        for path in [self.base, *self.base.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(self.base)

    def command(self, *words: str) -> list[str]:
        if not AS_ROOT:
            return list(words)
        # A build for coverage writes its counts when it ends, and says on stderr where it may not.
        return ["setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups",
                "env", f"GCOV_PREFIX={self.counts}", *words]

    def run(self, *words: str, now: str = NOW):
        return subprocess.run(self.command(*self.letter.command(*words, now=now)), capture_output=True, text=True,
                              check=False, timeout=120, cwd="/")
