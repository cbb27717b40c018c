#!/usr/bin/env python3
"""Holds every code of verifier/tests/cases.json against oathtool, which warifu has no part in.

usage: verifier/tests/case_codes.py          compare; status 1 if any differs
       verifier/tests/case_codes.py --fill   write oathtool's code where the table has "?"

A code that is `of` no step or counter is to be wrong: it must be the code of none that lies anywhere
near.
"""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("cases.json")
FAR = 1_100  # steps or counters; no window reaches further than 1,000


def main():
    text = TABLE.read_text(encoding="utf-8")
    table = json.loads(text)
    passed, wrong = 0, []
    for case in table["cases"]:
        key = table["keys"][case["key"]]
        for call in case["calls"]:
            codes = call.get("codes", [])
            for written, factor in zip(codes, call.get("of", [None] * len(codes)), strict=True):
                if factor is None:
                    near = codes_near(json.dumps(key), at(key, call))
                    right = "another" if written in near else written
                else:
                    right = code_of(json.dumps(key), factor)
                if written == "?" and "--fill" in sys.argv[1:]:
                    text = text.replace('"?"', f'"{right}"', 1)
                elif written != right:
                    wrong.append(f"{case['name']}: the table has {written}, oathtool says {right}")
                else:
                    passed += 1
    if "--fill" in sys.argv[1:]:
        TABLE.write_text(text, encoding="utf-8")
    for line in wrong:
        print(line)
    assert passed or "--fill" in sys.argv[1:], "the table has no code"
    print(f"{passed} passed, {len(wrong)} failed")
    sys.exit(1 if wrong else 0)


def at(key, call):
    """The step that a call is made in, from the key's base; of a counter, where the key begins."""
    return call["at_ms"] // (key["period"] * 1000) if key["type"] == "totp" else 0


@cache
def code_of(key, factor):
    return oathtool(json.loads(key), factor)[0]


@cache
def codes_near(key, factor):
    key = json.loads(key)
    if key["type"] == "totp":
        first = max(factor - FAR, -key["base"])
        return set(oathtool(key, first, f"--window={2 * FAR}"))
    return set(oathtool(key, max(key["counter"] - FAR, 0), f"--window={2 * FAR}"))


def oathtool(key, factor, *more):
    command = ["oathtool", f"--digits={key['digits']}", *more]
    if key["type"] == "totp":
        seconds = key["t0"] + (key["base"] + factor) * key["period"]
        command += [
            f"--totp={key['algorithm']}",
            f"--time-step-size={key['period']}s",
            f"--start-time=@{key['t0']}",
            f"--now=@{seconds}",
        ]
    elif key["algorithm"] == "sha1":
        command += ["--hotp", f"--counter={factor}"]
    else:
        # oathtool has HOTP with SHA-1 alone. A step of a second makes the time the counter.
        command += [f"--totp={key['algorithm']}", "--time-step-size=1s", f"--now=@{factor}"]
    command.append(key["key_hex"])
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


if __name__ == "__main__":
    main()
