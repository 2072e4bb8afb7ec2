"""Tells the person who waits how far it is."""

import time

STARTED = time.monotonic()


def say(text, number=None, total=None):
    """One line: seconds so far, what, how many of how many."""
    count = "" if number is None else f": {number}" if total is None else f": {number} of {total}"
    print(f"[{time.monotonic() - STARTED:5.0f} s] {text}{count}", flush=True)
