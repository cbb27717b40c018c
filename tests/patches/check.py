#!/usr/bin/env python3
"""Whether the tests would notice: each patch here breaks one promise, and the test it names must fail.

usage: tests/patches/check.py [NUMBER...]

A patch is a unified diff against `src/`, `verifier/src/` or `bank/src/` with a head:

    Breaks: what it breaks
    Test: what `cargo test` is given, a target and one test's whole name

The tree is copied into cargo's target folder, and built there apart. There each named test is first
seen to pass. Then each patch is applied, its test is run alone, which must fail as a test does, and
the patch is taken back.
"""

import contextlib
import fcntl
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIMIT = 600  # seconds for one test and its build

# Between two patches little changes; and a repository around us is not the copy's.
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
# Nothing here is debugged.
ENVIRONMENT |= {"CARGO_INCREMENTAL": "1", "CARGO_PROFILE_DEV_DEBUG": "0", "CARGO_TERM_COLOR": "never", "NO_COLOR": "1"}
# To optimise takes five times as long as all the rest of a build, and one test alone runs soon enough.
UNOPTIMISED = [
    option
    for package in ("warifu", "warifu-verifier")
    for option in ("--config", f"profile.dev.package.{package}.opt-level=0")
]


def main():
    patches = [Patch(path) for path in chosen(sys.argv[1:])]
    target = Path(target_folder())
    folder = target / "patches"
    folder.mkdir(parents=True, exist_ok=True)
    with only_one_at_a_time(folder / "lock"):
        copy = Copy(folder.resolve() / "tree", folder.resolve() / "target")
        copy.refresh()
        green = {}
        for patch in patches:
            if patch.test not in green:
                green[patch.test] = copy.run(patch.test)
        failed = sum(not judge(patch, copy, green[patch.test]) for patch in patches)
    print(f"{len(patches) - failed} passed, {failed} failed")
    return 1 if failed or not patches else 0


def judge(patch, copy, green):
    """Prints how it went with one patch; true if its test noticed it."""
    begin = time.monotonic()
    why, output = outcome(patch, copy, green)
    took = f"{time.monotonic() - begin:.0f} s"
    if why is None:
        print(f"ok      {patch.name}: {patch.test.split()[-1]} ({took})")
        return True
    print(f"FAILED  {patch.name}: {why} ({took})")
    for line in output.splitlines()[-30:]:
        print(f"        {line}")
    return False


def outcome(patch, copy, green):
    """Why the patch is not held off, or `None`, and what was printed."""
    if not patch.breaks or len(patch.test.split()) < 2:
        return "its head has no `Breaks:`, or no `Test:` with a target and a test", ""
    result, output = green
    if result != "ok":
        return f"without the patch, `{patch.test}` {SAYS[result]}", output
    applied, output = copy.apply(patch)
    if not applied:
        return "it no longer applies; make it anew", output
    try:
        result, output = copy.run(patch.test)
    finally:
        copy.take_back(patch)
    if result == "FAILED":
        return None, output
    return f"with the patch, `{patch.test}` {SAYS[result]}", output


SAYS = {
    "ok": "passes",
    "FAILED": "fails",
    "not built": "is not built",
    "not run": "names no test that ran",
    "died": "ended before its test did",
    "late": f"takes more than {LIMIT} s",
}


class Patch:
    """A diff, what it breaks, and the test that must notice."""

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        head = dict(re.findall(r"^(Breaks|Test): *(.+)$", path.read_text(), re.MULTILINE))
        self.breaks = head.get("Breaks", "")
        self.test = head.get("Test", "")


class Copy:
    """The tree in a folder of its own. Only what differs is written, so that cargo builds little.

    What it builds is its own too: cargo tells two copies of a workspace that share a target folder
    apart by their files' times alone, and would take a patched build for a whole one.
    """

    def __init__(self, folder, target):
        self.folder = folder
        # Else git would take the copy for a folder of the repository around it.
        ceiling = {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
        self.environment = ENVIRONMENT | {"CARGO_TARGET_DIR": str(target)} | ceiling

    def refresh(self):
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE)
        names = {name for name in os.fsdecode(listed.stdout).split("\0") if (ROOT / name).is_file()}
        for old in self.folder.rglob("*"):
            if old.is_file() and str(old.relative_to(self.folder)) not in names:
                old.unlink()
        for name in names:
            new, contents = self.folder / name, (ROOT / name).read_bytes()
            if not new.is_file() or new.read_bytes() != contents:
                new.parent.mkdir(parents=True, exist_ok=True)
                new.write_bytes(contents)

    def apply(self, patch):
        applied = self.tool(["git", "apply", str(patch.path)])
        return applied.returncode == 0, applied.stdout

    def take_back(self, patch):
        taken_back = self.tool(["git", "apply", "--reverse", str(patch.path)])
        if taken_back.returncode != 0:
            sys.exit(f"{patch.name} could not be taken back:\n{taken_back.stdout}")

    def run(self, test):
        """How the one test ended, a key of `SAYS`, and what was printed."""
        *target, name = test.split() or [""]
        build = ["cargo", "test", "--locked", "--quiet", *UNOPTIMISED, *target]
        try:
            built = self.tool([*build, "--no-run"])
            if built.returncode != 0:
                return "not built", built.stdout
            run = self.tool([*build, "--", "--exact", name, "--test-threads=1", "--format=pretty"])
        except subprocess.TimeoutExpired:
            return "late", ""
        result = re.search(
            r"^test result: (ok|FAILED)\. (\d+) passed; (\d+) failed;", run.stdout, re.MULTILINE
        )
        if result is None:
            return "died", run.stdout
        verdict, passed, failures = result.groups()
        # What the test prints may stand between its name and its end, so the two are looked for apart.
        if int(passed) + int(failures) != 1 or f"test {name} ..." not in run.stdout:
            return "not run", run.stdout
        return verdict, run.stdout

    def tool(self, command):
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=LIMIT,
        )


def chosen(numbers):
    patches = sorted(HERE.glob("*.patch"))
    if not numbers:
        return patches
    return [path for path in patches if path.name.split("-")[0] in numbers]


def target_folder():
    command = ["cargo", "metadata", "--no-deps", "--locked", "--format-version", "1"]
    metadata = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(metadata.stdout)["target_directory"]


@contextlib.contextmanager
def only_one_at_a_time(path):
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main())
