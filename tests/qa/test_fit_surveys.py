"""The fit of what a digest is chosen by, on numbers that are known, and the file it is fitted on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qa.assemble import DEFAULT_THRESHOLD
from qa.calibration import logit
from qa.fit_surveys import IN_VAIN, Topic, _fit

JUDGED = Path(__file__).resolve().parents[2] / "examples" / "questions" / "surveys-2022.jsonl"


def topics() -> list[Topic]:
    """Forty that are told of and forty that are not: only the reader's odds tell, and not always."""
    rng = np.random.default_rng(3)
    found = []
    for n in range(80):
        told = np.array([2.0, 2.0, 0.0, 0.0]) if n % 2 else np.zeros(4)
        odds = rng.normal(np.where(told == 2, 2.0, -2.0), 1.5)
        words = rng.uniform(size=(4, 2))
        rows = np.column_stack([np.ones(4), odds, words, np.zeros(4)])
        found.append(Topic(rows, told, bool(n % 2), ()))
    return found


def test_what_tells_is_weighed_and_what_does_not_is_not() -> None:
    weights, _ = _fit(topics())
    assert weights[1] > 0.8  # log-odds of two normals of deviation 1.5, 4 apart: 4 / 1.5 ** 2 = 1.8, less the prior
    assert np.abs(weights[2:]).max() < weights[1] / 2
    assert weights[4] == pytest.approx(0)


def test_at_the_default_threshold_no_more_than_a_tenth_is_told_of_in_vain() -> None:
    read = topics()
    weights, line = _fit(read)
    sure = np.array([line[0] + line[1] * (topic.rows @ weights).max() for topic in read])
    yes = np.array([topic.answerable for topic in read])
    shown = sure > logit(DEFAULT_THRESHOLD) + 1e-9  # the next after the tenth lies on it
    assert shown[~yes].mean() <= IN_VAIN
    assert shown[yes].mean() > 0.5


def test_the_judged_passages_are_places() -> None:
    rows = [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    assert (len(rows), sum(row["answerable"] for row in rows)) == (225, 147)
    assert len({row["id"] for row in rows}) == 225
    for row in rows:
        assert row["topic"]
        assert row["kind"] in ("digest", "timeline")
        assert row["answerable"] or "judged" not in row
        for each in row.get("judged", ()):
            assert each["told"] in (0, 1, 2)
            assert all(each["start"] <= a < b <= each["end"] for a, b in each["sentences"])
