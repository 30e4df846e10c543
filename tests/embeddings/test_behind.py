"""Work behind another thread, stopped with it."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from embeddings.behind import Behind

# The system may hand a signal to any thread, and a wait without an end is only broken in the one that was handed it.
SIGNALLED = """
import signal, threading, time
from embeddings.behind import Behind

waiting, stopped = threading.Event(), threading.Event()

def work():
    waiting.wait()
    time.sleep(0.5)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
    print("stopped in time" if stopped.wait(20) else "never told", flush=True)

try:
    with Behind(work, stopped.set) as behind:
        waiting.set()
        behind.result()
except KeyboardInterrupt:
    print("and Ctrl-C went on")
"""


def test_ctrl_c_that_the_other_thread_was_handed_stops_the_work() -> None:
    run = subprocess.run([sys.executable, "-c", SIGNALLED], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["stopped in time", "and Ctrl-C went on"]


def test_what_the_work_returns_or_raises_is_the_result() -> None:
    with Behind(lambda: 7, lambda: None) as behind:
        assert behind.result() == 7
    with pytest.raises(ZeroDivisionError), Behind(lambda: 1 // 0, lambda: None) as failing:
        failing.result()


def test_an_error_in_the_block_stops_the_work_and_waits_for_it() -> None:
    stopped, ended = threading.Event(), threading.Event()

    def work() -> None:
        stopped.wait(20)
        ended.set()

    with pytest.raises(ValueError, match="no such thing"), Behind(work, stopped.set):
        raise ValueError("no such thing")
    assert stopped.is_set()
    assert ended.is_set()
