"""Run files: saved and loaded, without text, and compared."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.errors import EvalError
from eval.runs import against, compare, described, load, save, without_text
from qa.types import Answer
from tests.eval.conftest import QUESTIONS, Evaluate


def test_a_run_is_the_same_after_saving(tmp_path: Path, run_of: Evaluate, answers: dict[str, Answer]) -> None:
    run = run_of(answers, configuration={"set": "tiny"})
    save(run, tmp_path / "runs" / "a.json")
    again = load(tmp_path / "runs" / "a.json")
    assert again == run
    assert "outcomes" in json.loads((tmp_path / "runs" / "a.json").read_text())


def test_without_text_no_word_of_the_archive_is_left_and_every_figure_is(
    tmp_path: Path, run_of: Evaluate, answers: dict[str, Answer]
) -> None:
    run = run_of(answers)
    bare = without_text(run)
    save(bare, tmp_path / "a.json")
    held = (tmp_path / "a.json").read_text()
    assert not [word for word in ("Marrow", "ferry Ardent", "Petra", "homes", "Ferry returns") if word in held]
    assert bare.measures == run.measures
    assert compare(load(tmp_path / "a.json"), run) == compare(run, run)


@pytest.mark.parametrize("text", ["{", "[]", '{"name": 1}', '{"outcomes": [{}], "name": "x"}'])
def test_what_is_no_run_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(EvalError, match=r"x\.json: not a run file"):
        load(path)
    with pytest.raises(EvalError, match="cannot be read"):
        load(tmp_path / "absent.json")


def test_better_is_only_said_when_it_is_significant(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    """A change in one question of two is nothing to go by; the same change in forty is."""
    questions = tuple(replace(QUESTIONS[i % 2], id=f"q{i}") for i in range(40))
    silent = {q: replace(a, sentences=(), citations=(), text="") for q, a in answers.items()}
    few = compare(run_of(silent, QUESTIONS[:2]), run_of(answers, QUESTIONS[:2]))
    many = compare(run_of(silent, questions), run_of(answers, questions))
    said = {row["measure"]: row["verdict"] for row in few}, {row["measure"]: row["verdict"] for row in many}
    assert said[0]["right"] == "no significant difference"
    assert said[1]["right"] == "better"
    assert said[1]["MRR@10"] == "no significant difference"
    back = {row["measure"]: row for row in compare(run_of(answers, questions), run_of(silent, questions))}
    assert back["right"]["verdict"] == "worse"
    assert (back["right"]["a"], back["right"]["b"], back["right"]["change"]) == (1, 0, -1)


def test_sentences_from_gold_are_compared_where_both_runs_say_any(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    """Without answer strings; one run is silent where the other speaks."""
    asked = tuple(replace(question, answers=()) for question in QUESTIONS)
    first, second = (q.question for q in QUESTIONS[:2])
    silent = {q: replace(a, sentences=(), citations=(), text="") for q, a in answers.items()}
    a = run_of({**answers, first: silent[first]}, asked)
    astray = run_of({**answers, second: answers[QUESTIONS[2].question]}, asked)  # the ferry for the storm
    rows = {row["measure"]: row for row in compare(a, astray)}
    assert (rows["sentences from gold"]["a"], rows["sentences from gold"]["b"]) == (1, 0)  # of q2 alone
    assert (rows["gold articles told"]["a"], rows["gold articles told"]["b"]) == (0.5, 0.5)
    nothing = run_of({**answers, second: silent[second]}, asked)
    assert "sentences from gold" not in {row["measure"] for row in compare(a, nothing)}


def test_a_run_file_is_json_also_where_a_figure_cannot_be_had(
    tmp_path: Path, run_of: Evaluate, answers: dict[str, Answer]
) -> None:
    save(run_of(answers, QUESTIONS[:2]), tmp_path / "a.json")  # no unanswerable question, so no AUROC
    assert "NaN" not in (tmp_path / "a.json").read_text()


def test_runs_of_other_questions_or_other_gold_are_not_compared(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    with pytest.raises(EvalError, match="differ in questions: q4"):
        compare(run_of(answers), run_of(answers, QUESTIONS[:3]))
    with pytest.raises(EvalError, match="differ in what is gold: q1"):
        compare(run_of(answers), run_of(answers, (replace(QUESTIONS[0], gold=("storm",)), *QUESTIONS[1:])))


def test_askive_against_its_baselines(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    change, p = against(run_of(answers))["BM25"]
    assert change == 0  # 1 and 1/2 against 1/2 and 1
    assert p == 1


def test_a_run_tells_what_it_was_made_with() -> None:
    held = described(set="x")
    assert held["set"] == "x"
    assert {"commit", "python", "machine", "versions"} <= set(held)
    assert held["versions"]["numpy"]
