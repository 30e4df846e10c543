"""Four readers and one writer for ten minutes: every answer must be right in form, and memory must not grow.

    python -m tests.reliability.soak HOME QUESTIONS.jsonl [--seconds 600] [--warm 120]

HOME is copied first. Prints one JSON object; exit status 1 when a floor of issue 8 is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from tests.reliability.running import Running, serving

GROWTH = 0.05  # of memory after warm-up, at most


class Soak:
    """The state that readers and the writer share: what was done and what went wrong."""

    def __init__(self, running: Running, questions: list[str], until: float, every: float) -> None:
        self._running = running
        self._questions = questions
        self._until = until
        self._every = every
        self._lock = threading.Lock()
        self.done: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.milliseconds: list[float] = []

    def read(self, seed: int) -> None:
        """Ask, stream, search and list until time is up; a citation is checked against its article."""
        chance = random.Random(seed)
        with httpx.Client(base_url=self._running.url, timeout=60) as http:
            while time.monotonic() < self._until:
                kind = chance.choices(("ask", "stream", "search", "list"), (6, 2, 3, 1))[0]
                began = time.perf_counter()
                wrong = self._try(http, kind, chance.choice(self._questions))
                self._note(kind, wrong, (time.perf_counter() - began) * 1000)

    def _try(self, http: httpx.Client, kind: str, question: str) -> str | None:
        """Do one thing; returns what was wrong with what came, if anything."""
        try:
            if kind == "search":
                response = http.get("/v1/search", params={"q": question})
                right = response.status_code == 200 and response.json()["hits"]
            elif kind == "list":
                response = http.get("/v1/articles", params={"limit": 20})
                right = response.status_code == 200 and response.json()["articles"]
            elif kind == "stream":
                response = http.post("/v1/ask", json={"question": question, "stream": True})
                right = response.text.rstrip().endswith("event: done\ndata: {}")
            else:
                response = http.post("/v1/ask", json={"question": question})
                right = response.status_code == 200 and _resolves(http, response.json())
        except (httpx.HTTPError, ValueError, KeyError) as error:
            return f"{kind} {type(error).__name__}: {error}"
        return None if right else f"{kind} {response.status_code} {response.text[-200:]}"

    def write(self) -> None:
        """Add an article, change it, delete it, one step every few seconds."""
        headers = {"Authorization": f"Bearer {self._running.key}"}
        number = 0
        with httpx.Client(base_url=self._running.url, headers=headers, timeout=120) as http:
            while time.monotonic() < self._until:
                number += 1
                article = {
                    "title": f"Soak {number}",
                    "url": f"https://soak.example/{number}",
                    "published": "2022-06-01",
                }
                for text in (f"The soak's article {number} is new.", f"The soak's article {number} was changed."):
                    response = self._change(http, "POST", "/v1/articles", {"articles": [{**article, "text": text}]})
                    self._rest()
                if response is not None:
                    self._change(http, "DELETE", f"/v1/articles/{response.json()['ids'][0]}", None)
                self._rest()

    def _rest(self) -> None:
        time.sleep(max(0.0, min(self._every, self._until - time.monotonic())))

    def _change(self, http: httpx.Client, method: str, path: str, body: object) -> httpx.Response | None:
        began = time.perf_counter()
        try:
            response = http.request(method, path, json=body)
            wrong = (
                None if response.status_code in (200, 204) else f"{method} {response.status_code} {response.text[:200]}"
            )
        except httpx.HTTPError as error:
            response, wrong = None, f"{method} {type(error).__name__}: {error}"
        self._note(method.lower(), wrong, (time.perf_counter() - began) * 1000)
        return response if wrong is None else None

    def _note(self, kind: str, wrong: str | None, spent: float) -> None:
        with self._lock:
            self.done[kind] += 1
            if kind == "ask":
                self.milliseconds.append(spent)
            if wrong is not None:
                self.errors[wrong] += 1


def _resolves(http: httpx.Client, answer: dict[str, Any]) -> bool:
    """Is the first citation of an answer exactly there? What the writer changes meanwhile is not looked at."""
    cited = next((each for each in answer["citations"] if "soak" not in (each["url"] or "")), None)
    if cited is None:
        return True
    text: str = http.get(f"/v1/articles/{cited['article_id']}").json()["text"]
    return text[cited["start"] : cited["end"]] == cited["quote"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--warm", type=float, default=120)
    parser.add_argument("--every", type=float, default=5, help="seconds between the writer's changes")
    given = parser.parse_args()
    questions = [json.loads(row)["question"] for row in given.questions.read_text().splitlines() if row.strip()]
    with TemporaryDirectory(prefix="askive-soak-") as place:
        home = Path(shutil.copytree(given.home, Path(place, "home"), symlinks=True))
        settings = {"ASKIVE_LIMITS__RATE_BY_ADDRESS": "", "ASKIVE_LIMITS__PATIENCE": "60"}
        with serving(home, Path(place, "log"), settings) as running:
            report = run(running, questions, given.seconds, given.warm, given.every)
    print(json.dumps(report, indent=1))
    return 0 if report["errors"] == 0 and report["growth"] < GROWTH else 1


def run(running: Running, questions: list[str], seconds: float, warm: float, every: float) -> dict[str, object]:
    """Return what was done, the errors, and the growth of memory: its last fifth after warm-up against its first."""
    began = time.monotonic()
    soak = Soak(running, questions, began + seconds, every)
    threads = [threading.Thread(target=soak.read, args=(seed,)) for seed in range(4)]
    threads.append(threading.Thread(target=soak.write))
    for thread in threads:
        thread.start()
    memory: list[int] = []
    while time.monotonic() < began + seconds:
        time.sleep(1)
        if time.monotonic() > began + warm:
            memory.append(running.memory())
    for thread in threads:
        thread.join()
    fifth = max(1, len(memory) // 5)
    first, last = fmean(memory[:fifth]), fmean(memory[-fifth:])
    times = sorted(soak.milliseconds)
    return {
        "seconds": seconds,
        "done": dict(soak.done),
        "errors": soak.errors.total(),
        "which": dict(soak.errors.most_common(5)),
        "ask_ms": {f"p{p}": round(times[int(len(times) * p / 100)]) for p in (50, 95)} if times else {},
        "memory_mb": [round(fmean(memory[at : at + fifth]) / 1e6, 1) for at in range(0, 5 * fifth, fifth)],
        "growth": round(last / first - 1, 4),
    }


if __name__ == "__main__":
    sys.exit(main())
