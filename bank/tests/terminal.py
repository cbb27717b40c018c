#!/usr/bin/env python3
"""Types a password at a terminal of its own, and looks at what the program leaves behind.

usage: bank/tests/terminal.py PROGRAM

Whoever breaks off with Ctrl-C has a terminal that shows what is typed, and no contract. Nothing of the
password is ever shown. Needs a system with pseudo-terminals.
"""

import os
import pty
import select
import subprocess
import sys
import tempfile
import termios
import time

PASSWORD = b"a long password"
PATIENCE = 20


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        subprocess.run([program, "init"], check=True, stdout=subprocess.DEVNULL)
        shown, status, modes = type_into(program, [PASSWORD + b"\x03"])
        assert status != 0 and b"contract:" not in shown, shown
        assert modes & termios.ECHO and modes & termios.ISIG, "the terminal is not as it was"
        assert PASSWORD not in shown, shown
        shown, status, modes = type_into(program, [PASSWORD + b"\n", PASSWORD + b"\n"])
        assert status == 0 and b"contract: 0000000017" in shown, shown
        assert modes & termios.ECHO and PASSWORD not in shown, shown
    print("check terminal: passed")


def type_into(program, lines):
    """Answers each prompt with a line; gives what was shown, the status, and the terminal's local modes."""
    child, terminal = pty.fork()
    if child == 0:
        contract = ["contract", "add", "0000000017", "--name", "見本　花子"]
        os.execv(program, [program, *contract, "--address", "customer@mail.example"])
    shown = b""
    for line in lines:
        shown += read_until(terminal, b": ")
        assert not termios.tcgetattr(terminal)[3] & termios.ECHO, "what is typed is shown"
        os.write(terminal, line)
    deadline = time.monotonic() + PATIENCE
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        assert time.monotonic() < deadline, "the program does not end"
        time.sleep(0.02)
    modes = termios.tcgetattr(terminal)[3]
    shown += rest(terminal)
    os.close(terminal)
    return shown, os.waitstatus_to_exitcode(status), modes


def read_until(terminal, end):
    read = b""
    while not read.endswith(end):
        ready, _, _ = select.select([terminal], [], [], PATIENCE)
        assert ready, read
        read += os.read(terminal, 1024)
    return read


def rest(terminal):
    read = b""
    while select.select([terminal], [], [], 0)[0]:
        try:
            read += os.read(terminal, 1024)
        except OSError:
            # All who wrote to it are gone.
            break
    return read


main()
