#!/usr/bin/env python3
"""What a stranger sees first: `cargo run`, its codes checked by oathtool.

Runs the demo off a terminal, reads the QR code that it drew, and computes each code that it printed
with an independent program. The seed is handed over on standard input, never as an argument.
"""

import datetime
import re
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK = re.compile(r"^(\S+Z) +code (\d{6}) +(\d+) s left +next (\d{6})$")
PERIOD = 30

passed = 0
failed = 0


def check(name, holds, detail=""):
    """Counts one test and says how it ended."""
    global passed, failed
    if holds:
        passed += 1
        print(f"ok      {name}")
    else:
        failed += 1
        print(f"FAILED  {name} {detail}")
    return holds


def cargo(*arguments):
    """Runs cargo in the project, off a terminal."""
    return subprocess.run(
        ["cargo", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=1800,
    )


def oathtool(secret, at):
    """The code that oathtool makes of a base32 secret, at an instant."""
    now = at.strftime("%Y-%m-%d %H:%M:%S UTC")
    run = subprocess.run(
        ["oathtool", "--totp", "--base32", f"--now={now}", "-"],
        input=secret + "\n",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def ticks(run):
    """The three lines of the demo: instant, code, seconds left, next code."""
    lines = [TICK.match(line) for line in run.stdout.splitlines()]
    return [
        (datetime.datetime.fromisoformat(line[1].replace("Z", "+00:00")), line[2], int(line[3]), line[4])
        for line in lines
        if line
    ]


def kept_demo():
    """The demo with its picture kept: every code is oathtool's."""
    with tempfile.TemporaryDirectory() as folder:
        run = cargo("run", "--quiet", "--locked", "--", "--folder", folder, "--lang", "en")
        if not check("the demo ends with 0", run.returncode == 0, run.stderr):
            return
        seen = ticks(run)
        check("it prints three ticks", len(seen) == 3, run.stdout)
        picture = Path(folder) / "warifu-demo-qr.png"
        check("it says where its picture is", str(picture) in run.stdout, run.stdout)
        vault = Path(folder) / "demo.warifu"
        check("its vault is its owner's alone", vault.stat().st_mode & 0o777 == 0o600)
        uri = cargo(
            "run", "--quiet", "--locked", "--package", "warifu-desktop", "--example", "read_qr", "--",
            str(picture),
        )
        if not check("its picture can be read", uri.returncode == 0, uri.stderr):
            return
        parts = urllib.parse.urlsplit(uri.stdout)
        query = urllib.parse.parse_qs(parts.query)
        check("its picture is an otpauth URI", (parts.scheme, parts.netloc) == ("otpauth", "totp"))
        check("its issuer is the demo's bank", query.get("issuer") == ["Warifu Demo Bank"])
        (secret,) = query["secret"]
        check("its seed has 160 bits", len(secret) == 32)
        check("its seed is printed nowhere", secret not in run.stdout + run.stderr)
        step = datetime.timedelta(seconds=PERIOD)
        for instant, code, left, after in seen:
            check(f"oathtool confirms the code at {instant:%X}", code == oathtool(secret, instant))
            check(f"oathtool confirms the next code at {instant:%X}", after == oathtool(secret, instant + step))
            expected = PERIOD - int(instant.timestamp()) % PERIOD
            check(f"the seconds left at {instant:%X} are right", left == expected, f"{left} {expected}")


def plain_demo():
    """`cargo run` with nothing else."""
    run = cargo("run", "--locked")
    check("plain `cargo run` ends with 0", run.returncode == 0, run.stderr)
    lines = run.stdout.splitlines()
    check("plain `cargo run` prints a picture's place and three ticks", len(lines) == 4, run.stdout)
    check("nothing steers a terminal that is not there", "\x1b" not in run.stdout)
    picture = re.search(r"(/\S+\.png)", run.stdout)
    check("nothing is left behind", picture and not Path(picture[1]).parent.exists())


if __name__ == "__main__":
    kept_demo()
    plain_demo()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
