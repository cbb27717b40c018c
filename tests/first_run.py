#!/usr/bin/env python3
"""What a stranger sees first: `cargo run`, its codes checked by oathtool.

Runs the demo off a terminal and on one, reads the QR code that it drew, and computes each code that
it showed with an independent program. The seed is handed over on standard input, never as an argument.
"""

import base64
import datetime
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK = re.compile(r"^(\S+Z) +code (\d{6}) +(\d+) s left +next (\d{6})$")
PERIOD = 30
ROWS, COLUMNS = 24, 80
PATIENCE = 60

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


def registered(picture):
    """The seed in the demo's picture, in base32; nothing if that is not as it should be."""
    uri = cargo(
        "run", "--quiet", "--locked", "--package", "warifu-desktop", "--example", "read_qr", "--",
        str(picture),
    )
    if not check("its picture can be read", uri.returncode == 0, uri.stderr):
        return None
    parts = urllib.parse.urlsplit(uri.stdout)
    query = urllib.parse.parse_qs(parts.query)
    check("its picture is an otpauth URI", (parts.scheme, parts.netloc) == ("otpauth", "totp"))
    check("its issuer is the demo's bank", query.get("issuer") == ["Warifu Demo Bank"])
    (secret,) = query["secret"]
    check("its seed has 160 bits", len(secret) == 32)
    return secret


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
        secret = registered(picture)
        if not secret:
            return
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


class Screen:
    """A program on a terminal of its own: what it wrote, and what a person sees of it."""

    def __init__(self, *command):
        self.written = b""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(ROOT)
            os.environ.update(TERM="xterm-256color", LC_ALL="en_US.UTF-8")
            # Copied codes go to this terminal and not to the desktop of whoever runs the test.
            for desktop in "DISPLAY", "WAYLAND_DISPLAY":
                os.environ.pop(desktop, None)
            os.execvp(command[0], command)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def wait(self, is_there, patience=PATIENCE):
        """Reads until something is there, or the program or the patience is at its end."""
        end = time.monotonic() + patience
        while not is_there() and time.monotonic() < end:
            if not select.select([self.terminal], [], [], 0.2)[0]:
                continue
            try:
                self.written += os.read(self.terminal, 65536)
            except OSError:  # the program closed the terminal
                return is_there()
        return is_there()

    def press(self, key):
        # A person is slower than a paste, whose keys command nothing.
        time.sleep(0.2)
        os.write(self.terminal, key)

    def lines(self):
        """The cells of the screen: cursor moves and texts are all that it takes."""
        cells = [[" "] * COLUMNS for _ in range(ROWS)]
        row = column = 0
        text = re.sub(r"\x1b\][^\x07]*\x07", "", self.written.decode(errors="ignore"))
        for control, character in re.findall(r"(\x1b\[[0-9;?]*[A-Za-z])|(.)", text, re.DOTALL):
            move = re.fullmatch(r"\x1b\[(?:(\d+);(\d+))?H", control)
            if move:
                row, column = (int(at or 1) - 1 for at in move.groups())
            elif re.fullmatch(r"\x1b\[2?J", control):
                cells = [[" "] * COLUMNS for _ in range(ROWS)]
            elif character >= " " and row < ROWS and column < COLUMNS:
                cells[row][column] = character
                column += 1
        return ["".join(line) for line in cells]

    def end(self):
        """Its exit status; it is killed where it does not end."""
        gone = lambda: os.waitpid(self.process, os.WNOHANG)
        for _ in range(PATIENCE * 10):
            self.wait(lambda: False, 0.1)
            process, status = gone()
            if process:
                return os.waitstatus_to_exitcode(status)
        os.kill(self.process, 9)
        os.waitpid(self.process, 0)
        return None


def live_demo():
    """`cargo run` on a terminal: the live screen, with codes that oathtool confirms."""
    with tempfile.TemporaryDirectory() as folder:
        screen = Screen("cargo", "run", "--quiet", "--locked", "--", "--folder", folder, "--lang", "en")
        line = lambda: next((line for line in screen.lines() if "Next code" in line), "")
        shows = lambda: re.search(r"Next code +(\d{3} \d{3})", line())
        if not check("`cargo run` opens the live screen", screen.wait(shows, 1800), screen.written):
            screen.press(b"q")
            screen.end()
            return
        secret = registered(Path(folder) / "warifu-demo-qr.png")
        if not secret:
            screen.press(b"q")
            screen.end()
            return
        now = lambda: datetime.datetime.now(datetime.timezone.utc)
        step = datetime.timedelta(seconds=PERIOD)

        # The step may turn between two looks at the clock: a code of either is right.
        screen.wait(lambda: False, 1.5)
        before = now()
        screen.wait(lambda: False, 0.5)
        seen = shows()[1].replace(" ", "")
        expected = {oathtool(secret, before - step / 10 + step), oathtool(secret, now() + step)}
        check("oathtool confirms the next code on the screen", seen in expected, f"{seen} {expected}")
        before = now()
        screen.press(b"c")
        clipboard = lambda: re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", screen.written)
        if check("a key copies the code", screen.wait(clipboard), screen.written[-200:]):
            copied = base64.b64decode(clipboard()[1]).decode()
            expected = {oathtool(secret, before), oathtool(secret, now())}
            check("oathtool confirms the code that was copied", copied in expected, f"{copied} {expected}")
        check("the seed is drawn nowhere", secret.encode() not in screen.written)
        screen.press(b"q")
        check("q ends it with 0", screen.end() == 0)
        check("the screen is given back", b"\x1b[?1049l" in screen.written)


if __name__ == "__main__":
    kept_demo()
    plain_demo()
    live_demo()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
