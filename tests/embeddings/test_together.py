"""Calls that wait together run together: which, how many, and that each gets its own, from OpenVINO to the last bit."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embeddings import together as module
from embeddings.export import Export
from embeddings.runtimes import Feed, OnnxRuntime, OpenVinoRuntime, Outputs
from embeddings.together import Together


class Doubling:
    """Doubles its ids, notes the shapes it was given, and waits at the first call until it may go on."""

    name = "doubling"
    streams = 1

    def __init__(self, joins: bool) -> None:
        self.joins = joins
        self.shapes: list[tuple[int, ...]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, feed: Feed) -> Outputs:
        ids = feed["input_ids"]
        self.shapes.append(ids.shape)
        self.begun.set()
        assert self.go_on.wait(30)
        if (ids == 13).any():
            raise ValueError("thirteen")
        return [(ids * 2).astype(np.float32), ids[:, 0].astype(np.float32)]


def feed(number: int, width: int) -> Feed:
    return {"input_ids": np.full((1, width), number, dtype=np.int64)}


def waiting(runtime: Doubling, numbers: list[tuple[int, int]]) -> list[list[float]]:
    """Ask for one call, and while it runs for others; returns what each of these got: its first id, and its number."""
    runs = Together(runtime)
    first = runs.submit([feed(1, 2)])[0]
    assert runtime.begun.wait(30)
    futures = [runs.submit([feed(*each)])[0] for each in numbers]
    runtime.go_on.set()
    assert first.result(30)[1].tolist() == [1]
    return [[*found[0][:, 0].tolist(), *found[1].tolist()] for found in (future.result(30) for future in futures)]


def test_calls_of_one_width_that_wait_run_together_and_each_gets_its_own() -> None:
    runtime = Doubling(joins=True)
    found = waiting(runtime, [(3, 4), (5, 6), (7, 4), (8, 4), (9, 6), (10, 4)])
    assert found == [[6, 3], [10, 5], [14, 7], [16, 8], [18, 9], [20, 10]]
    # One stream takes half of the six at most: 3, 7 and 8; of the three left 5 alone; then 9, then 10.
    assert runtime.shapes == [(1, 2), (3, 4), (1, 6), (1, 6), (1, 4)]


def test_no_call_grows_past_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 8)
    runtime = Doubling(joins=True)
    assert waiting(runtime, [(n, 4) for n in range(2, 10)]) == [[2 * n, n] for n in range(2, 10)]
    assert max(rows * width for rows, width in runtime.shapes) == 8


def test_a_runtime_whose_rows_hang_on_others_gets_each_call_as_it_came() -> None:
    runtime = Doubling(joins=False)
    assert waiting(runtime, [(n, 4) for n in range(2, 10)]) == [[2 * n, n] for n in range(2, 10)]
    assert runtime.shapes == [(1, 2)] + [(1, 4)] * 8


def test_what_fails_is_told_to_all_it_was_run_for_and_the_next_is_run() -> None:
    runtime = Doubling(joins=True)
    runtime.go_on.set()
    runs = Together(runtime)
    for _ in range(2):
        failed = runs.submit([feed(13, 4)] * 3)
        for future in failed:
            with pytest.raises(ValueError, match="thirteen"):
                future.result(30)
    assert runs(feed(4, 4))[1].tolist() == [4]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [OpenVinoRuntime, OnnxRuntime])
def test_what_a_call_gets_does_not_hang_on_who_waits_with_it(
    kind: type[OpenVinoRuntime | OnnxRuntime], models: Path
) -> None:
    export = Export.inside(models)
    runtime = kind(export.openvino if kind is OpenVinoRuntime else export.onnx, 2)
    asked = [_sentence(number) for number in range(48)]
    alone = [runtime(each)[0] for each in asked]
    runs = Together(runtime)
    with ThreadPoolExecutor(8) as askers:
        found = list(askers.map(lambda few: runs.submit(few), [asked[at : at + 6] for at in range(0, 48, 6)]))
    for before, after in zip(alone, [each.result(60) for few in found for each in few], strict=True):
        np.testing.assert_array_equal(after[0], before)


def _sentence(number: int) -> Feed:
    """Noise of 16, 32, 48 or 208 word pieces, the last few of them padding."""
    chance = np.random.default_rng(number)
    width = (16, 32, 48, 208)[number % 4]
    mask = np.ones((1, width), dtype=np.int64)
    mask[0, width - number % 11 :] = 0 if number % 11 else 1
    ids = chance.integers(1000, 20000, (1, width))
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(mask)}
