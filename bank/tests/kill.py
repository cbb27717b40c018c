#!/usr/bin/env python3
"""Kills the bank at random under load, again and again, and holds it to what it has told.

usage: bank/tests/kill.py PROGRAM [--kills N] [sqlite] [postgres]

Two loads run at once against the real program: codes over the API (`load_codes.py`), and customers who log in
at the pages and transfer money (`load_transfers.py`). What those must find in the database in the end is in
`books.py`.
"""

import argparse
import random
import sys
import time

sys.dont_write_bytecode = True

from bank import Bank, databases
from load_codes import LIMIT, Codes
from load_transfers import OPTIONS, Transfers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgres"])
    arguments = parser.parse_intermixed_args()
    failed = 0
    with databases(arguments.databases) as made:
        for name, url in made:
            failed += not run(name, url, arguments)
    print(f"{len(arguments.databases) - failed} passed, {failed} failed")
    return 1 if failed else 0


def run(name, url, arguments):
    bank = Bank(arguments.program, url, "--no-waits", "--failures-until-locked", str(LIMIT), *OPTIONS)
    try:
        randomness = random.Random(arguments.seed)
        codes, transfers = Codes(bank, randomness), Transfers(bank, randomness)
        bank.start()
        transfers.sign_up()
        codes.begin()
        transfers.begin()
        began = time.monotonic()
        for kill in range(1, arguments.kills + 1):
            if kill % 10 == 1:
                longest = settled(transfers, 3)
            # From the first instant after the start to well into the load.
            time.sleep(randomness.random() ** 3 * longest)
            bank.kill()
            bank.start()
            if kill % 25 == 0:
                print(f"{name}: {kill} kills, {codes.accepted()} codes accepted, {codes.failed} wrong, "
                      f"{codes.acted} acts, {transfers.booked()} transfers, {time.monotonic() - began:.0f} s")
        booked = transfers.booked()
        codes.end()
        transfers.end()
        wrong = codes.judge() + transfers.judge()
        if booked < arguments.kills // 5:
            wrong.append(f"only {booked} transfers between {arguments.kills} kills are no load")
    finally:
        bank.remove()
    for line in wrong:
        print(f"{name}: {line}")
    print(f"{'FAILED' if wrong else 'ok'}  {name}: {arguments.kills} kills, {codes.accepted()} codes accepted, "
          f"{len(codes.steps)} steps of a clock, {codes.lost} exchanges cut, {codes.repeated} answers repeated under "
          f"their key; {transfers.summary()} (--seed {arguments.seed})")
    return not wrong


def settled(transfers, more):
    """Waits until so many more transfers are booked. Gives how long the bank may live at the most from now on, in
    seconds: where the machine is slow, or busy, nothing is done in a short life."""
    began, goal = time.monotonic(), transfers.booked() + more
    while transfers.booked() < goal and time.monotonic() < began + 30:
        time.sleep(0.01)
    return min(0.4 + time.monotonic() - began, 3)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main())
