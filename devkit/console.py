"""What `./dev` tells the person in front of it."""

import os
import sys
import threading
import time

# kept across the change of interpreter, so that the clock shows the whole call
STARTED = float(os.environ.setdefault("DEV_STARTED", repr(time.time())))

# processes that must not outlive this one
CHILDREN = []


class Missing(Exception):
    """Something cannot be had; the message is the one sentence the person reads."""


def say(message):
    """One line of progress, on stderr: stdout belongs to the results."""
    print(f"[dev {time.time() - STARTED:6.1f}s] {message}", file=sys.stderr, flush=True)


def megabytes(size):
    """120 MB, never 0 MB for something."""
    return f"{max(1, round(size / 1e6))} MB"


def folder_size(path):
    """Bytes in a folder that other processes may be changing."""
    total = 0
    for top, _dirs, files in os.walk(path):
        for name in files:
            try:
                total += os.lstat(os.path.join(top, name)).st_size
            except OSError:
                continue
    return total


class Ticker:
    """Says every few seconds how far a long step has come."""

    def __init__(self, text, every=10):
        self.text, self.every = text, every
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._tick, daemon=True)

    def _tick(self):
        while not self.done.wait(self.every):
            say("    " + self.text())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.done.set()
        self.thread.join()
