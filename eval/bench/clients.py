"""A service as its readers meet it: one client, then several at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.bench.process import Served, serving
from eval.bench.record import Round, spread
from eval.types import EvalQuestion

WARM = 10  # questions asked before any is timed


def one_client(home: Path, questions: Sequence[EvalQuestion], options: Sequence[str] = ()) -> Round:
    """Return when the service is ready, what it holds then and after, and the times of /v1/ask and /v1/search."""
    with serving(home, *options) as served:
        ready = served.memory()
        for each in questions[:WARM]:
            _ask(served, each)
        asked = [_ask(served, each) for each in questions]
        searched = [_search(served, each) for each in questions]
        return {
            "questions": len(questions),
            "ready_seconds": served.ready_seconds,
            "memory_ready": ready,
            "memory_after": served.memory(),
            "ask": spread(asked),
            "search": spread(searched),
        }


def many_clients(
    home: Path, questions: Sequence[EvalQuestion], clients: int, seconds: float, options: Sequence[str] = ()
) -> Round:
    """Return answers a second, their times and what was no answer, of clients that each ask one after the other."""
    milliseconds: list[float] = []
    statuses: Counter[str] = Counter()
    lock = threading.Lock()
    with serving(home, *options) as served:
        for each in questions[:WARM]:
            _ask(served, each)
        began = time.monotonic()

        def client(number: int) -> None:
            at = number * 37
            while time.monotonic() < began + seconds:
                each = questions[at % len(questions)]
                at += 1
                try:
                    status, _, spent = served.ask("/v1/ask", _body(each))
                except OSError as error:
                    status, spent = type(error).__name__, 0.0  # type: ignore[assignment]  # counted by its name
                with lock:
                    statuses[str(status)] += 1
                    if status == 200:
                        milliseconds.append(spent)

        threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        return {
            "clients": clients,
            "seconds": round(took, 1),
            "options": list(options),
            "rate": round(len(milliseconds) / took, 2),
            "errors": sum(count for status, count in statuses.items() if status != "200"),
            "statuses": dict(statuses),
            "ask": spread(milliseconds),
            "memory": served.memory(),
        }


def _body(each: EvalQuestion) -> dict[str, Any]:
    return {"question": each.question, "as_of": each.as_of.isoformat() if each.as_of else None}


def _ask(served: Served, each: EvalQuestion) -> float:
    status, told, spent = served.ask("/v1/ask", _body(each))
    if status != 200:
        raise OSError(f"{each.id}: {status} {told}")
    return spent


def _search(served: Served, each: EvalQuestion) -> float:
    from urllib.parse import urlencode

    asked = {"q": each.question, "k": 10} | ({"as_of": each.as_of.isoformat()} if each.as_of else {})
    return served.ask(f"/v1/search?{urlencode(asked)}")[2]
