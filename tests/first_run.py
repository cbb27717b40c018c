#!/usr/bin/env python3
"""What a stranger sees first: `cargo run`, its codes checked by oathtool.

Runs the demo off a terminal and on one, reads the QR code that it drew, opens the token that it enrolled
with an independent reader, and computes each code that it showed with an independent program. The seed
is handed over on standard input, never as an argument. Registers the token at the demo's pages, by what
stands on the screen, and lets the demo walk through all of them by itself.
"""

import base64
import datetime
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
sys.path.append(str(ROOT / "tests/reader"))
sys.path.append(str(ROOT / "tests/demo"))
from pages import Pages
from read_vault import open_vault
from screen import Screen

LINK = re.compile(r"http://127\.0\.0\.1:\d+/token#k=[A-Z2-7]{52}&c=(\d{16})")
TICK = re.compile(r"^(\S+Z) +code (\d{6}) +(\d+) s left +next (\d{6})$")
URL = re.compile(r"http://127\.0\.0\.1:\d+/")
CONTRACT, PASSWORD, PASSPHRASE = "0000000017", "demo-password", "warifu-demo"
STEPS = 18
PERIOD = 30
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


def link_of(picture):
    """The enrolment link in the demo's picture: its activation code; nothing if it is not as it should be."""
    link = cargo(
        "run", "--quiet", "--locked", "--package", "warifu-desktop", "--example", "read_qr", "--",
        str(picture),
    )
    if not check("its picture can be read", link.returncode == 0, link.stderr):
        return None
    found = LINK.fullmatch(link.stdout.strip())
    check("its picture is a link to the service on this machine", found)
    return found and found[1]


def seed_of(vault):
    """The seed that was enrolled, in base32, by an independent reader of the vault."""
    [entry] = open_vault(vault.read_bytes(), PASSPHRASE)[1]
    check("the bank's name came with it", entry["names"][0] == "Warifu Demo Bank", entry["names"])
    check("the keys by purpose came with it", sorted(entry["keys"]) == [1, 2, 3], sorted(entry["keys"]))
    check("its seed has 160 bits", len(entry["keys"][1]) == 20)
    return base64.b32encode(entry["keys"][1]).decode()


def kept_demo():
    """The demo with its files kept: every code is oathtool's."""
    with tempfile.TemporaryDirectory() as folder:
        run = cargo("run", "--quiet", "--locked", "--", "--folder", folder, "--lang", "en")
        if not check("the demo ends with 0", run.returncode == 0, run.stderr):
            return
        seen = ticks(run)
        check("it prints three ticks", len(seen) == 3, run.stdout)
        picture = Path(folder) / "warifu-demo-qr.png"
        check("it says where its picture is", str(picture) in run.stdout, run.stdout)
        for name in "demo.warifu", "warifu-bank.db", "warifu-bank.keys", "warifu-bank.api-key":
            mode = (Path(folder) / name).stat().st_mode & 0o777
            check(f"{name} is its owner's alone", mode == 0o600, oct(mode))
        secret = seed_of(Path(folder) / "demo.warifu")
        activation = link_of(picture)
        if not activation:
            return
        check("its seed is printed nowhere", secret not in run.stdout + run.stderr)
        check("its activation code is printed nowhere", activation not in run.stdout + run.stderr)
        seed = base64.b32decode(secret)
        database = b"".join(path.read_bytes() for path in Path(folder).glob("warifu-bank.*"))
        check("its seed is in no file of the service", seed not in database and secret.encode() not in database)
        step = datetime.timedelta(seconds=PERIOD)
        for instant, code, left, after in seen:
            check(f"oathtool confirms the code at {instant:%X}", code == oathtool(secret, instant))
            check(f"oathtool confirms the next code at {instant:%X}", after == oathtool(secret, instant + step))
            expected = PERIOD - int(instant.timestamp()) % PERIOD
            check(f"the seconds left at {instant:%X} are right", left == expected, f"{left} {expected}")


def walk():
    """`cargo run -- --walk`: each step told, in both languages."""
    for lang, last in ("en", "All done."), ("ja", "すべて終わりました。"):
        run = cargo("run", "--quiet", "--locked", "--", "--walk", "--lang", lang)
        lines = run.stdout.splitlines()
        check(f"the walk ends with 0 ({lang})", run.returncode == 0, run.stderr)
        numbers = [line.split()[0] for line in lines[1:-1]]
        expected = [str(step) for step in range(1, STEPS + 1)]
        check(f"it tells its {STEPS} steps ({lang})", numbers == expected, run.stdout)
        check(f"it says that it is done ({lang})", lines[-1:] == [last], run.stdout)


def walk_that_fails():
    """The walk beside somebody who holds the bank's database: it names the step that failed."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["cargo", "run", "--quiet", "--locked", "--", "--walk", "--folder", folder, "--lang", "en"]
        run = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        told = [run.stdout.readline(), run.stdout.readline()]
        database = sqlite3.connect(Path(folder) / "warifu-bank.db", timeout=PATIENCE, isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        rest, errors = run.communicate(timeout=PATIENCE)
        database.close()
        done = len((told[1] + rest).splitlines())
        named = re.search(r"^Failed at: +(\d+) \S", errors, re.MULTILINE)
        check("a walk that fails ends with 1", run.returncode == 1, f"{run.returncode} {errors}")
        check("it names the step that failed", named and int(named[1]) == done + 1, f"{done} {errors}")


def plain_demo():
    """`cargo run` with nothing else."""
    run = cargo("run", "--locked")
    check("plain `cargo run` ends with 0", run.returncode == 0, run.stderr)
    lines = run.stdout.splitlines()
    check("plain `cargo run` prints its ID, three ticks and where the bank is", len(lines) == 6, run.stdout)
    shown = URL.search(run.stdout) and CONTRACT in run.stdout and PASSWORD in run.stdout
    check("URL, contract ID and password are in it", shown, run.stdout)
    check("nothing steers a terminal that is not there", "\x1b" not in run.stdout)
    picture = re.search(r"(/\S+\.png)", run.stdout)
    check("nothing is left behind", picture and not Path(picture[1]).parent.exists())


def tells_where(screen):
    """The URL on the screen, if contract ID and password stand beside it."""
    line = next((line for line in screen.lines() if URL.search(line)), "")
    return URL.search(line)[0] if CONTRACT in line and PASSWORD in line else None


def register(url, credential, code):
    """Registers the token at the bank's pages; says what the last page says."""
    pages = Pages(url)
    check("the bank's login page answers there", 'action="/login"' in pages.get("/"), pages.page)
    pages.get("/registration")
    pages.post("/registration", contract=CONTRACT, password=PASSWORD)
    pages.post("/registration/token", credential=credential, code=code, code_at_login="yes")
    check("the bank registers the token by what is on the screen", "is registered" in pages.page, pages.page)
    pages.get("/")
    pages.post("/login", contract=CONTRACT, password=PASSWORD)
    again = pages.post("/login/code", code=code)
    check("it takes the code once", "was used already" in again, again)


def exchange(screen, url, picture, spent):
    """Enrols another token beside the first from its picture, and exchanges the first for it at the pages."""
    line = lambda label: next((line for line in screen.lines() if label in line), "")
    row = re.compile(r"^  [> ] Warifu Demo Bank +(\d{3} \d{3})")
    rows = lambda: [found[1].replace(" ", "") for found in map(row.match, screen.lines()) if found]
    card = lambda: re.search(r"[A-Z]{4} \d{4} \d{4}", line("Credential ID"))
    first = card()[0]
    screen.press(b"a")
    check("a key takes another link or picture", screen.wait(lambda: line("Picture file, or link")), screen.lines())
    screen.type(str(picture))
    screen.press(b"\r")
    check("it asks before it enrols", screen.wait(lambda: line("Enrol with")), screen.lines())
    screen.press(b"\r")
    check("the second picture enrols another token", screen.wait(lambda: len(rows()) == 2), screen.lines())
    check("URL, contract ID and password stand below both", tells_where(screen) == url, screen.lines())
    second = card()[0]
    screen.press(b"k")
    fresh = lambda: re.search(r"Next code +(\d{3} \d{3})", line("Next code"))[1].replace(" ", "")
    ready = screen.wait(lambda: card() and card()[0] == first and fresh() != spent)
    check("the first one shows a code that is not spent", ready and first != second, screen.lines())
    pages = Pages(url)
    pages.get("/registration")
    pages.post("/registration", contract=CONTRACT, password=PASSWORD)
    said = pages.post("/registration/token", credential=second, code=rows()[1], old_code=fresh(), reset_code="")
    check("the bank exchanges the first for it", "is exchanged" in said, said)


def live_demo():
    """`cargo run` on a terminal: the live screen, with codes that oathtool confirms."""
    with tempfile.TemporaryDirectory() as folder:
        screen = Screen(ROOT, "cargo", "run", "--quiet", "--locked", "--", "--folder", folder, "--lang", "en")
        line = lambda label: next((line for line in screen.lines() if label in line), "")
        shows = lambda: re.search(r"Next code +(\d{3} \d{3})", line("Next code"))
        if not check("`cargo run` opens the live screen", screen.wait(shows, 1800), screen.written):
            screen.press(b"q")
            screen.end()
            return
        secret = seed_of(Path(folder) / "demo.warifu")
        credential = re.search(r"[A-Z]{4} \d{4} \d{4}", line("Credential ID"))
        check("the credential ID is on its card", credential, screen.lines())
        url = tells_where(screen)
        check("URL, contract ID and password stand below", url, screen.lines())
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
        if url and credential:
            register(url, credential[0], seen)
        check("the seed is drawn nowhere", secret.encode() not in screen.written)
        # Nobody has read what it drew meanwhile, and a program whose terminal is full reads no key.
        screen.wait(lambda: False, 0.5)
        screen.press(b"l")
        locked = screen.wait(lambda: line("Locked"))
        check("a key locks it", locked and not shows(), screen.lines())
        check("it says by which passphrase it opens", PASSPHRASE in line("Passphrase that opens"), screen.lines())
        check("URL, contract ID and password stay there", tells_where(screen) == url, screen.lines())
        screen.type(PASSPHRASE)
        screen.press(b"\r")
        check("that passphrase opens it", screen.wait(shows), screen.lines())
        check("URL, contract ID and password are there again", tells_where(screen) == url, screen.lines())
        if url and credential:
            exchange(screen, url, Path(folder) / "warifu-demo-second-qr.png", seen)
        screen.press(b"q")
        status = screen.end()
        check("q ends it with 0", status == 0, f"but with {status}")
        check("the screen is given back", b"\x1b[?1049l" in screen.written)


def live_demo_in_japanese():
    """The same screen in Japanese, whose lines are the longest."""
    screen = Screen(ROOT, "cargo", "run", "--quiet", "--locked", "--", "--lang", "ja")
    told = screen.wait(lambda: tells_where(screen), 1800)
    check("URL, contract ID and password stand below in Japanese too", told, screen.lines())
    last = lambda: any(line.rstrip().endswith(f": {PASSPHRASE}") for line in screen.lines())
    check("the last of these lines is on the screen, to its end", screen.wait(last), screen.lines())
    screen.wait(lambda: False, 0.5)
    screen.press(b"q")
    check("q ends that too", screen.end() == 0)


if __name__ == "__main__":
    kept_demo()
    walk()
    walk_that_fails()
    plain_demo()
    live_demo()
    live_demo_in_japanese()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
