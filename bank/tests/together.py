#!/usr/bin/env python3
"""The two programs as they are handed out: `warifu` enrols with `warifu-bank` on loopback, and its codes are
judged there.

usage: bank/tests/together.py WARIFU-BANK WARIFU [sqlite] [postgres]
"""

import json
import os
import subprocess
import sys
import tempfile
import time

from bank import Bank, databases

PASSPHRASE = "correct horse battery"


def main():
    program, token, names = *sys.argv[1:3], sys.argv[3:] or ["sqlite", "postgres"]
    passed = failed = 0
    with databases(names) as made:
        for name, url in made:
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

    def __init__(self, program):
        self.program, self.folder = os.path.abspath(program), tempfile.TemporaryDirectory()

    def run(self, *arguments):
        options = ["--passphrase-fd", "0", "--new-passphrase-fd", "0"]
        vault = os.path.join(self.folder.name, "token.warifu")
        done = subprocess.run([self.program, *options, *arguments, "--json"], input=f"{PASSPHRASE}\n", text=True,
                              capture_output=True, timeout=120, env={"LANG": "en_US.UTF-8", "WARIFU_VAULT": vault})
        if done.returncode != 0:
            raise SystemExit(f"warifu {arguments[0]}: {done.stderr}")
        return json.loads(done.stdout)


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
