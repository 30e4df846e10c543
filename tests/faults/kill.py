"""kill -9 at random moments of everything that writes: `python -m tests.faults.kill --points 200`.

A child process ingests, deletes, compacts (rebuilds the index), backs up or restores, over and over, and says on a pipe
what it begins and what is done. The parent kills it at a random moment and holds the home to what the child had said.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faiss

from tests.faults.worlds import ENCODER, State, ingest, name, source, stored, verify

KINDS = ("ingest", "delete", "compaction", "backup", "restore")
SIZE = 120  # articles in a home to begin with
BATCH = 12  # articles changed by a step
Step = tuple[State, Callable[[], object]]  # what it changes, and how


@dataclass
class World:
    """A home under attack, and what is known of it."""

    kind: str
    place: Path
    certain: State = field(default_factory=lambda: dict.fromkeys(range(SIZE), 0))
    steps: int = 0

    @property
    def home(self) -> Path:
        return self.place / "home"

    def step(self, number: int) -> Step:
        """The step of this number: what it makes of which articles, and the work."""
        from api.backup import backup
        from api.restore import restore
        from embeddings.delete import delete_articles
        from embeddings.rebuild import rebuild

        home = self.home
        old = [(number * 7 + i * 11) % SIZE for i in range(BATCH // 2)]
        new = [SIZE + (number * BATCH + i) % (4 * SIZE) for i in range(BATCH // 2)]
        changed: State = dict.fromkeys([*old, *new], number + 1)
        sourced = self.place / "step.jsonl"
        if self.kind == "delete" and number % 2:
            gone: State = dict.fromkeys(changed, None)
            return gone, lambda: delete_articles([name(n) for n in gone], home, encoder=ENCODER)
        if self.kind == "compaction" and number % 2:
            return {}, lambda: rebuild(home, encoder=ENCODER)
        if self.kind == "backup" and number % 2:
            return {}, lambda: backup(home, self.place / "out" / f"{number}.tar")
        if self.kind == "restore" and number % 2:
            everything: State = dict.fromkeys(range(5 * SIZE), None)
            return {**everything, **dict.fromkeys(range(SIZE), 0)}, lambda: restore(self.place / "zero.tar", home)
        return changed, lambda: ingest([source(sourced, changed)], home, encoder=ENCODER)


def forked(work: Callable[[], Any]) -> Any:
    """Run work in a process of its own; its value comes back as JSON. Raises AssertionError with its traceback."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        faiss.omp_set_num_threads(1)  # OpenMP's threads of the parent are not here
        try:
            told = {"value": work()}
        except BaseException:
            told = {"error": traceback.format_exc()}
        with os.fdopen(into, "w") as pipe:
            json.dump(told, pipe)
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    told = json.loads(text or '{"error": "the child died"}')
    assert "error" not in told, told["error"]
    return told["value"]


def begin(kind: str, place: Path) -> World:
    """Make the home that a kind of kill is tried on."""
    world = World(kind, place)
    world.place.mkdir(parents=True)

    def work() -> None:
        from api.backup import backup

        first = source(place / "first.jsonl", world.certain)
        ingest([first], world.home, encoder=ENCODER)
        backup(world.home, place / "zero.tar")

    forked(work)
    return world


def killed(world: World, after: float, patience: float = 60.0) -> tuple[list[int], list[int]]:
    """Let a child work and kill it `after` seconds; return the numbers of the steps it began and of those it did."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        faiss.omp_set_num_threads(1)
        try:
            for number in range(world.steps, world.steps + 1000):
                os.write(into, f"begin {number}\n".encode())
                world.step(number)[1]()
                os.write(into, f"done {number}\n".encode())
        except BaseException:
            os.write(into, ("failed " + traceback.format_exc().replace("\n", "|") + "\n").encode())
        os._exit(0)
    os.close(into)
    time.sleep(min(after, patience))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(out) as pipe:
        lines = pipe.read().splitlines()
    failed = [line for line in lines if line.startswith("failed")]
    assert not failed, failed[0].replace("|", "\n")
    numbers = {word: [int(line.split()[1]) for line in lines if line.startswith(word)] for word in ("begin", "done")}
    return numbers["begin"], numbers["done"]


def point(world: World, after: float) -> None:
    """One kill and everything that must be true afterwards."""
    began, done = killed(world, after)
    for number in done:
        world.certain.update(world.step(number)[0])
    under_way = [number for number in began if number not in done]
    pending = world.step(under_way[0])[0] if under_way else {}
    told = forked(lambda: [*verify(world.home, world.certain, pending).items()])
    world.certain = dict(told)
    world.steps = (max(began) + 1) if began else world.steps
    for left in (world.place / "out").glob("*.tar") if world.kind == "backup" else ():
        forked(lambda left=left: _whole(left, world.place / "elsewhere"))
        left.unlink()


def _whole(file: Path, elsewhere: Path) -> int:
    """A backup that is there is whole: it restores, and nothing is wrong with what it gives."""
    from api.check import check_home
    from api.restore import restore

    shutil.rmtree(elsewhere, ignore_errors=True)
    restore(file, elsewhere)
    assert check_home(elsewhere, ENCODER) == []
    return len(stored(elsewhere, range(5 * SIZE)))


def paced(world: World) -> float:
    """How long two steps take here, in seconds: the span that kills are spread over."""
    began = time.monotonic()

    def work() -> None:
        for number in (world.steps, world.steps + 1):
            world.step(number)[1]()

    forked(work)
    for number in (world.steps, world.steps + 1):
        world.certain.update(world.step(number)[0])
    world.steps += 2
    return time.monotonic() - began


def attack(points: int, seed: int, place: Path, tell: Callable[[str], None]) -> int:
    """Kill at `points` random moments, in turn of each kind of work; return how many were survived."""
    random_ = random.Random(seed)
    survived = 0
    for number, kind in enumerate(KINDS):
        share = points // len(KINDS) + (number < points % len(KINDS))
        world = begin(kind, place / kind)
        span = paced(world)
        held = 0
        for _ in range(share):
            try:
                point(world, random_.uniform(0, span))
                held += 1
            except AssertionError as error:
                tell(f"{kind}: {error}")
                kept = place / f"{kind}-failed-{world.steps}"
                shutil.copytree(world.home, kept, dirs_exist_ok=True)
                shutil.rmtree(world.place)
                world = begin(kind, world.place)
        tell(f"{kind}: {held} of {share} kills survived, over {span:.2f} s of work each")
        survived += held
    return survived


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20240229)
    given = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="askive-kill-"))
    survived = attack(given.points, given.seed, place, lambda text: print(text, flush=True))
    print(f"{survived} of {given.points} kills survived with nothing acknowledged lost and nothing twice")
    if survived == given.points:
        shutil.rmtree(place)
    sys.exit(survived != given.points)


if __name__ == "__main__":
    main()
