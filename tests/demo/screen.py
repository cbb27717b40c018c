"""A terminal as a person sees it."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
import unicodedata

ROWS, COLUMNS = 24, 80
PATIENCE = 60


class Screen:
    """A program on a terminal of its own, run in a folder: what it wrote, and what a person sees of it."""

    def __init__(self, folder, *command):
        self.written = b""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
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

    def type(self, text):
        """Keys into a field, and meanwhile reads what they draw."""
        for key in text:
            os.write(self.terminal, key.encode())
            self.wait(lambda: False, 0.03)

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
                if unicodedata.east_asian_width(character) in "WF" and column < COLUMNS:
                    cells[row][column] = ""
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
            # A terminal that is closed is not waited for, and the program may have to end its bank yet.
            time.sleep(0.1)
        os.kill(self.process, 9)
        os.waitpid(self.process, 0)
        return None
