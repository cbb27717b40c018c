#!/usr/bin/env python3
"""Whether the service takes the codes of other programs: oathtool and pyotp, for seeds that were imported.

usage: bank/tests/tools.py PROGRAM [sqlite] [postgres]

Needs `oathtool` (Debian) and `pyotp` (PyPI).
"""

import base64
import hashlib
import subprocess
import sys

import pyotp

from bank import Bank, databases

HASHES = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
LENGTHS = {"SHA1": 20, "SHA256": 32, "SHA512": 64}


def main():
    program, names = sys.argv[1], sys.argv[2:] or ["sqlite", "postgres"]
    passed = failed = 0
    with databases(names) as made:
        for name, url in made:
            bank = Bank(program, url)
            try:
                bank.start()
                for what, wrong in judged(bank):
                    passed, failed = passed + (not wrong), failed + bool(wrong)
                    if wrong:
                        print(f"FAILED  {name}: {what}: {wrong}")
            finally:
                bank.remove()
            print(f"{name}: codes of oathtool and pyotp {'refused' if failed else 'accepted'}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def judged(bank):
    """Each case, and what is wrong with it, if anything."""
    for algorithm in HASHES:
        for digits in (6, 7, 8):
            for period in (30, 60):
                yield f"TOTP {algorithm} {digits} {period}", totp(bank, algorithm, digits, period)
        # oathtool makes counters' codes of SHA-1 alone, as RFC 4226 has them.
    for digits in (6, 7, 8):
        yield f"HOTP {digits}", hotp(bank, digits)


def totp(bank, algorithm, digits, period):
    seed = pyotp.random_base32(base32_length(algorithm))
    path = added(bank, seed, {"type": "totp", "algorithm": algorithm, "digits": digits, "period": period})
    now = bank.get("/v1/time")["now"] // 1000
    made = pyotp.TOTP(seed, digits=digits, digest=HASHES[algorithm], interval=period)

    def oathtool(at):
        return run("oathtool", f"--totp={algorithm.lower()}", f"--digits={digits}",
                   f"--time-step-size={period}s", f"--now=@{at}", "--base32", seed)

    if oathtool(now) != made.at(now):
        return "the tools do not agree"
    # The step before the present one, the present one, and the next: three codes in their order.
    steps = [("confirm", made.at(now - period)), ("verify", oathtool(now)), ("verify", made.at(now + period))]
    return all_accepted(bank, path, steps) or must_be(bank, path, oathtool(now), "replayed")


def hotp(bank, digits):
    seed = pyotp.random_base32(32)
    path = added(bank, seed, {"type": "hotp", "digits": digits, "counter": 5})
    made = pyotp.HOTP(seed, digits=digits)

    def oathtool(counter):
        return run("oathtool", "--hotp", f"--digits={digits}", f"--counter={counter}", "--base32", seed)

    if must_be(bank, path, made.at(4), "wrong", "confirm"):
        return "a counter before the first is taken"
    steps = [("confirm", oathtool(5)), ("verify", made.at(6)), ("verify", oathtool(9))]
    return all_accepted(bank, path, steps) or must_be(bank, path, made.at(9), "replayed")


def added(bank, seed, generator):
    id = bank.post("/v1/credentials", {"seed": seed, "generator": generator})["id"]
    return f"/v1/credentials/{id}"


def all_accepted(bank, path, steps):
    for call, code in steps:
        wrong = must_be(bank, path, code, "accepted", call)
        if wrong:
            return wrong
    return None


def must_be(bank, path, code, verdict, call="verify"):
    answer = bank.post(f"{path}/{call}", {"code": code})
    return None if answer["verdict"] == verdict else f"{call}: {answer} and not {verdict}"


def base32_length(algorithm):
    return len(base64.b32encode(bytes(LENGTHS[algorithm])).rstrip(b"="))


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
