#!/usr/bin/env python3
"""Whether other programs agree with the service: the codes of oathtool and pyotp are accepted, for seeds
that were imported; and a token in a page of Python enrols, whose package python-pskc reads, and asks for the time.

usage: bank/tests/tools.py PROGRAM [sqlite] [postgres]

Needs `oathtool` (Debian), and `pyotp`, `python-pskc` and `cryptography` (PyPI).
"""

import base64
import hashlib
import io
import pathlib
import secrets
import struct
import subprocess
import sys
import time

import pskc
import pyotp

from bank import Bank, databases

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "reader"))
import enrolment  # noqa: E402

HASHES = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
LENGTHS = {"SHA1": 20, "SHA256": 32, "SHA512": 64}


def main():
    program, names = sys.argv[1], sys.argv[2:] or ["sqlite", "postgres"]
    passed = failed = 0
    with databases(names) as made:
        for name, url in made:
            for options, cases in (([], imported), *OFFERS):
                bank = Bank(program, url, *options)
                try:
                    bank.start()
                    for what, wrong in cases(bank):
                        passed, failed = passed + (not wrong), failed + bool(wrong)
                        print(f"{'FAILED' if wrong else 'ok'}  {name}: {what}{f': {wrong}' if wrong else ''}")
                finally:
                    bank.remove()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def imported(bank):
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


def enrolled(bank, algorithm="SHA1", digits=6, period=30, signing=False):
    """A token that knows of the service nothing but `docs/enrolment.md`."""
    activation = bank.post("/v1/activations", {"account_ref": "c-17"})
    base, _, parameters = activation["link"].partition("#")
    parameters = dict(parameter.split("=") for parameter in parameters.split("&"))
    service = base64.b32decode(parameters["k"] + "====")
    app_private, app_public = enrolment.derive_key_pair(secrets.token_bytes(32))
    enrolment_id = secrets.token_bytes(16)
    plaintext = enrolment.request_plaintext(enrolment_id, app_public, 1, parameters["c"].encode())
    request, psk = enrolment.make_request(service, secrets.token_bytes(32), plaintext)
    answer = bank.octets("/token/enrol", request)
    package = enrolment.open_answer(app_private, request, psk, enrolment_id, answer)

    keys = {key.policy.key_usage[0]: key for key in pskc.PSKC(io.BytesIO(package)).keys}
    code, device = keys["OTP"], keys["Integrity"]
    view = bank.get(f"/v1/credentials/{code.id}")
    read = (code.id, code.serial, code.issuer, code.algorithm_suite or "HMAC-SHA1", code.response_length,
            code.time_interval, device.id, device.serial, len(device.secret), "CR" in keys)
    suite = f"HMAC-{algorithm}"
    wanted = (view["id"], view["id"], "warifu", suite, digits, period, f"{view['id']}.device", view["id"], 32,
              signing)
    if read != wanted:
        return f"python-pskc reads {read} and not {wanted}"

    made = pyotp.TOTP(base64.b32encode(code.secret).decode().rstrip("="), digits=digits,
                      digest=HASHES[algorithm], interval=period)
    now = bank.get("/v1/time")["now"] // 1000
    message = enrolment.make_confirmation(device.secret, enrolment_id, request, secrets.token_bytes(16),
                                          made.at(now - period).encode())
    verdict = bank.octets("/token/confirm", message)
    stamp = int.from_bytes(verdict[2:10], "big", signed=True)
    if verdict != enrolment.make_verdict(device.secret, message, 1, stamp):
        return f"the verdict is {verdict.hex()}"
    if abs(stamp // 1000 - now) > 60:
        return f"the service's time is {stamp}"
    return asked_the_time(bank, code.id, device.secret) or must_be(bank, f"/v1/credentials/{code.id}", made.at(now), "accepted")


def asked_the_time(bank, id, device_key):
    """By the same page; nothing if it was told, between two readings of the clock here."""
    message = enrolment.make_time_query(device_key, id.encode(), secrets.token_bytes(16))
    before = time.time_ns() // 1_000_000
    answer = bank.octets("/token/time", message)
    after = time.time_ns() // 1_000_000
    received, sent = struct.unpack(">qq", answer[1:17])
    if answer != enrolment.make_time_answer(device_key, message, received, sent):
        return f"the answer on the time is {answer.hex()}"
    if not before <= received <= sent <= after:
        return f"the time is {received} and {sent}, asked at {before} and {after}"


def offer(**demands):
    """A service's options, and the case of a token that enrols with it."""
    options = [f"--{option}={value}" for option, value in demands.items() if option != "signing"]
    options = [option.replace("--algorithm=SHA", "--hash=sha") for option in options]
    options += ["--signing"] * demands.get("signing", False)
    return options, lambda bank: [(f"enrolment {demands}", enrolled(bank, **demands))]


OFFERS = [
    offer(),
    offer(algorithm="SHA256", digits=8, period=60),
    offer(algorithm="SHA512", digits=7, signing=True),
]


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
