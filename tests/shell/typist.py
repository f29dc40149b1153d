"""Types into a shell on a terminal of its own.

Arguments: the shell and its arguments. Input: JSON, a list of [text to type, text to wait for]; what is waited for has
to appear after the text before it. Prints all that came, without escape sequences; ends with 1 if something never did.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ESCAPES = re.compile(r"\x1b\[[0-9;?>=<]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78]|[\x01\x02\x07\x0f]")
PATIENCE = 30

steps = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 250, 0, 0))

raw, over = b"", False


def clean():
    return ESCAPES.sub("", raw.decode("utf-8", "replace")).replace("\r", "")


def has_come(texts):
    """One after the other. From the start each time: half an escape sequence looks like text."""
    text, at = clean(), 0
    for wanted in texts:
        at = text.find(wanted, at)
        if at < 0:
            return False
        at += len(wanted)
    return True


def read(seconds):
    global raw, over
    if select.select([terminal], [], [], seconds)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            piece = b""
        over = over or not piece
        raw += piece


missing = None
for number, (typed, awaited) in enumerate(steps):
    os.write(terminal, typed.encode())
    deadline = time.monotonic() + PATIENCE
    while not has_come([text for _, text in steps[: number + 1]]):
        if over or time.monotonic() > deadline:
            missing = awaited
            break
        read(0.05)
    if missing is not None:
        break

try:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
except ProcessLookupError:
    pass
sys.stdout.write(clean())
if missing is not None:
    sys.stdout.write(f"\nnever came: {missing!r}\n")
    sys.exit(1)
