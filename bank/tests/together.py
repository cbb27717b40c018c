#!/usr/bin/env python3
"""The two programs as they are handed out: `warifu` enrols with `warifu-bank` on loopback, and its codes are
judged there; also where their clocks are two hours apart, which `libfaketime` sees to.

usage: bank/tests/together.py WARIFU-BANK WARIFU [sqlite] [postgres]
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import pyotp

from bank import Bank, databases

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests/reader"))
from read_vault import open_vault

PASSPHRASE = "correct horse battery"


def main():
    program, token, names = *sys.argv[1:3], sys.argv[3:] or ["sqlite", "postgres"]
    passed = failed = 0
    with databases(names) as made:
        for name, url in made:
            for test in (apart, demanding):
                wrong = test(program, token, url)
                passed, failed = passed + (not wrong), failed + bool(wrong)
                print(f"{'FAILED' if wrong else 'ok'}  {name}: {test.__doc__}{f': {wrong}' if wrong else ''}")
            for how in ("a link with its code", "a link and --activation", "an open link"):
                bank = Bank(program, url)
                try:
                    bank.start()
                    wrong = lives_with(bank, Token(token), how)
                finally:
                    bank.remove()
                passed, failed = passed + (not wrong), failed + bool(wrong)
                print(f"{'FAILED' if wrong else 'ok'}  {name}: {how}{f': {wrong}' if wrong else ''}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


class Token:
    """The real `warifu` on a vault of its own, which its first command makes."""

    def __init__(self, program, environment=None):
        self.program, self.folder = os.path.abspath(program), tempfile.TemporaryDirectory()
        self.vault = os.path.join(self.folder.name, "token.warifu")
        self.environment = {"LANG": "en_US.UTF-8", "WARIFU_VAULT": self.vault, **(environment or {})}

    def run(self, *arguments):
        options = ["--passphrase-fd", "0", "--new-passphrase-fd", "0"]
        done = subprocess.run([self.program, *options, *arguments, "--json"], input=f"{PASSPHRASE}\n", text=True,
                              capture_output=True, timeout=120, env=self.environment)
        if done.returncode != 0:
            raise SystemExit(f"warifu {arguments[0]}: {done.stderr}")
        return json.loads(done.stdout)


def shifted(seconds):
    """Moves the wall clock of a process, and no other clock of it."""
    library = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if not library:
        raise SystemExit("libfaketime is missing: apt-get install faketime")
    return {"LD_PRELOAD": str(library), "FAKETIME": f"{seconds:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def apart(program, token, url):
    """the service an hour ahead, the token an hour behind"""
    hour = 3600
    bank, token = Bank(program, url, environment=shifted(hour)), Token(token, shifted(-hour))
    try:
        bank.start()
        id = token.run("enrol", bank.post("/v1/activations", {})["link"])["credential_id"]
        judge = lambda code: bank.post(f"/v1/credentials/{id}/verify", {"code": code})["verdict"]
        read = token.run("code", id)["code"]
        verdicts = judge(read), judge(later(token, id, read))
        if verdicts != ("accepted", "accepted"):
            return f"its codes were {verdicts}"
        clock = token.run("clock")
        off = clock["ahead_ms"] / 1000 + 2 * hour
        if (clock["certainty"], clock["notice"]) != ("sure", "behind") or abs(off) > 30:
            return f"the token says {clock}"
        if abs(token.run("clock", "sync")["ahead_ms"] / 1000 + 2 * hour) > 1:
            return "after a synchronisation it is no closer"
        # A plain token with the same seed, on the same phone, makes a code that the service refuses.
        vault = open_vault(pathlib.Path(token.vault).read_bytes(), PASSPHRASE)
        [entry] = vault[1]
        plain = pyotp.TOTP(pyotp.random_base32())
        plain.byte_secret = lambda: entry["keys"][1]
        verdict = judge(plain.at(time.time() - hour))
        if verdict in ("accepted", "replayed"):
            return f"the plain token's code was {verdict}"
        # The seed is the same: at the service's time its code is one that was taken already.
        verdict = judge(plain.at(time.time() + hour))
        return None if verdict == "replayed" else f"at the service's time its code was {verdict}"
    finally:
        bank.remove()


def demanding(program, token, url):
    """a credential whose codes want the service's time"""
    bank, token = Bank(program, url, "--synced-clock"), Token(token)
    try:
        bank.start()
        wrong = lives_with(bank, token, "an open link")
        [entry] = open_vault(pathlib.Path(token.vault).read_bytes(), PASSPHRASE)[1]
        return wrong or (None if entry["synced"] else "the demand did not arrive")
    finally:
        bank.remove()


def lives_with(bank, token, how):
    """What is wrong, if anything."""
    activation = bank.post("/v1/activations", {"account_ref": "c-17"})
    link, code = activation["link"], activation["link"].partition("&c=")[2]
    if how == "a link with its code":
        enrolled = token.run("enrol", link)
    elif how == "a link and --activation":
        enrolled = token.run("enrol", link.partition("&c=")[0], "--activation", code)
    else:
        enrolled = token.run("enrol", link.partition("&c=")[0])
    id = enrolled["credential_id"]
    view = bank.get(f"/v1/credentials/{id}")
    if view["status"] != "active":
        return f"the credential is {view['status']}"
    if (view.get("account_ref") == "c-17") != (how != "an open link"):
        return f"it is bound to {view.get('account_ref')}"

    read = token.run("code", id)["code"]
    verdict = bank.post(f"/v1/credentials/{id}/verify", {"code": read})["verdict"]
    again = bank.post(f"/v1/credentials/{id}/verify", {"code": read})["verdict"]
    if (verdict, again) != ("accepted", "replayed"):
        return f"the code was {verdict}, and then {again}"

    bank.kill()
    bank.start()
    read = later(token, id, read)
    verdict = bank.post(f"/v1/credentials/{id}/verify", {"code": read})["verdict"]
    return None if verdict == "accepted" else f"after a restart the next code was {verdict}"


def later(token, id, before):
    """The code after this one, which the service takes a step early."""
    for _ in range(3):
        read = token.run("code", id, "--next")["code"]
        if read != before:
            return read
        time.sleep(1)
    raise SystemExit("the code stays")


if __name__ == "__main__":
    sys.exit(main())
