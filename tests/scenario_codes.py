#!/usr/bin/env python3
"""Holds every code of tests/scenarios.json against oathtool, which warifu has no part in.

usage: tests/scenario_codes.py          compare; status 1 if any differs
       tests/scenario_codes.py --fill   write oathtool's code where the table has "?"

The steps are followed as far as a code needs it: what the clock says, which link an entry came from,
or that a token service issued it, and which presses of a button have spent a counter.
"""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

TABLE = Path(__file__).with_name("scenarios.json")

# What the scenarios' token service issues: RFC 6238's key.
ISSUED = "otpauth://totp/Bank:0001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def main():
    text = TABLE.read_text(encoding="utf-8")
    table = json.loads(text)
    found = []
    for scenario in table["scenarios"]:
        Replay(scenario["name"], found).run(scenario["steps"])
    if "--fill" in sys.argv[1:]:
        for right in (right for written, right, _ in found if written == "?"):
            text = text.replace('"?"', f'"{right}"', 1)
        TABLE.write_text(text, encoding="utf-8")
        return
    wrong = [case for case in found if case[0] != case[1]]
    for written, right, where in wrong:
        print(f"{where}: the table has {written}, oathtool gives {right}")
    assert found, "the table has no code"
    print(f"{len(found) - len(wrong)} passed, {len(wrong)} failed")
    sys.exit(1 if wrong else 0)


class Replay:
    """One scenario, read for its codes. Those are collected in the order in which they stand."""

    def __init__(self, name, found):
        self.name, self.found = name, found
        self.wall_ms = 2_000_000_010_000
        self.links, self.counters, self.last_request = {}, {}, {}
        self.ops = {
            "clock": self.clock,
            "add": self.add,
            "enrol": self.add,
            "resume_enrolment": self.add,
            "remove": self.remove,
            "advance": self.advance,
            "screen": self.screen,
            "repeat": self.repeat,
            "at_once": self.at_once,
        }

    def run(self, steps):
        for step in steps:
            follow = self.ops.get(step["op"])
            if follow:
                follow(step)

    def clock(self, step):
        self.wall_ms = step.get("wall_ms", self.wall_ms) + step.get("advance_ms", 0)

    def add(self, step):
        if "as" in step and "error" not in step:
            self.links[step["as"]] = link = Link(step.get("uri", ISSUED))
            self.counters[step["as"]] = link.counter

    def repeat(self, step):
        for n in range(step["count"]):
            self.run([numbered(inner, n) for inner in step["steps"]])

    def at_once(self, step):
        """In some order: only what all of them give alike can be known."""
        for n in range(step["count"]):
            at = n % len(step["steps"])
            inner = numbered(step["steps"][at], n)
            if n != at:
                assert "code" not in inner.get("expect", {}) or inner == step["steps"][at]
                inner.pop("expect", None)
            self.run([inner])

    def advance(self, step):
        if "error" in step:
            return
        entry = step["entry"]
        if self.last_request.get(entry) != step["request"]:
            self.last_request[entry] = step["request"]
            self.counters[entry] += 1
        if "expect" in step:
            code = self.links[entry].hotp(self.counters[entry] - 1)
            self.compare(step["expect"], code=code, grouped=grouped(code))

    def screen(self, step):
        cards = step.get("expect", {}).get("cards", [])
        shown = step.get("only") or list(self.links)
        for card, name in zip(cards, shown):
            name = card.get("entry", name)
            if not {"code", "grouped", "next"} & card.keys():
                continue
            # The codes of a synchronised token are not those of the phone's own clock.
            now_ms = card.get("valid_from_ms", self.wall_ms)
            now, period = now_ms // 1000, self.links[name].period
            code = self.links[name].totp(now)
            after = self.links[name].totp(now + period)
            self.compare(card, code=code, grouped=grouped(code), next=after)

    def remove(self, step):
        if "error" not in step:
            del self.links[step["entry"]]

    def compare(self, expected, **right):
        """In the order of the table, which `--fill` relies on."""
        for key, written in expected.items():
            if key in right:
                self.found.append((written, right[key], f"{self.name}: {key}"))


class Link:
    """What oathtool needs of an otpauth URI."""

    def __init__(self, uri):
        parts = urlsplit(uri.strip())
        self.parameters = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.counter = int(self.parameters.get("counter", "0"))
        self.period = int(self.parameters.get("period", "30"))
        self.digits = self.parameters.get("digits", "6")
        self.algorithm = self.parameters.get("algorithm", "SHA1").lower()
        self.secret = self.parameters.get("secret", "").upper().rstrip("=")

    def hotp(self, counter):
        return oathtool("--hotp", f"--digits={self.digits}", f"--counter={counter}", self.secret)

    def totp(self, now):
        return oathtool(
            f"--totp={self.algorithm}",
            f"--digits={self.digits}",
            f"--time-step-size={self.period}s",
            f"--now=@{now}",
            self.secret,
        )


@cache
def oathtool(*arguments):
    command = ["oathtool", "--base32", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def grouped(code):
    """123 456, 123 4567, 1234 5678, 123 456 789, 123 456 7890."""
    cuts = {6: [3], 7: [3], 8: [4]}.get(len(code), [3, 6])
    return " ".join(code[a:b] for a, b in zip([0, *cuts], [*cuts, len(code)]))


def numbered(step, n):
    """As docs/scenarios.md says of `{n}`."""
    letters = "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{n:03}")
    return json.loads(json.dumps(step).replace("{n}", letters))


if __name__ == "__main__":
    main()
