"""A run of four questions, every figure worked by hand; and what is held against the archive."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from eval.run import _understood, evaluate, question_word
from eval.types import EvalQuestion, Run
from qa.types import Answer, Turn
from tests.eval.conftest import ARTICLES, QUESTIONS, Evaluate, Prepare, Prepared, Shelf


@pytest.fixture
def run(run_of: Evaluate, answers: dict[str, Answer]) -> Run:
    return run_of(answers)


def test_retrieval_of_every_method(run: Run) -> None:
    """Askive has the ferry first for q1 and second for q2; the baselines always have the storm first."""
    askive, bm25 = run.measures["retrieval, askive"], run.measures["retrieval, BM25"]
    assert askive["MRR@10"] == pytest.approx((1 + 1 / 2) / 2)
    assert bm25["MRR@10"] == pytest.approx((1 / 2 + 1) / 2)
    assert askive["nDCG@10"] == pytest.approx((1 + 1 / math.log2(3)) / 2)
    assert askive["hit@1"] == 0.5
    assert askive["answer recall@5"] == 1
    assert {"retrieval, dense", "retrieval, plain RRF"} <= set(run.measures)


def test_answers(run: Run) -> None:
    found = run.measures["answers"]
    assert found["right"] == found["right sentence first"] == found["answer sentence hit"] == 1
    assert found["span exact match"] == 0.5  # "1,200 homes" is not "1,200"
    assert found["span F1"] == pytest.approx((1 + 2 * (1 / 2) * 1 / (1 / 2 + 1)) / 2)  # of "1200 homes" one of two
    assert found["right of those answered"] == 1  # q1 alone
    assert found["right, or rightly silent"] == pytest.approx((1 + 0 + 1 + 0) / 4)


def test_abstention(run: Run) -> None:
    found = run.measures["abstention"]
    assert found["AUROC"] == pytest.approx((1 + 1 + 1 + 0) / 4)  # 0.9 above both, 0.4 above 0.2 alone
    assert found["AURC"] == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)
    assert found["calibration error"] == pytest.approx((0.1 + 0.6 + 0.2 + 0.8) / 4)
    assert found["coverage"] == 0.5
    assert found["wrong of those answered"] == 0.5
    assert found["answered, answerable"] == 0.5
    assert found["answered, unanswerable"] == 0.5
    assert found["AUROC low"] <= found["AUROC"] <= found["AUROC high"]


def test_speed_by_the_clock(run: Run) -> None:
    found = run.measures["speed"]
    assert [found[f"p{p}, ms"] for p in (50, 95, 99)] == pytest.approx([10, 10, 10])
    assert found["questions a second"] == pytest.approx(4 / 0.09)  # nine ticks of 10 ms between begin and end
    assert found["peak memory, MB"] > 10


def test_percentiles_are_interpolated(answers: dict[str, Answer]) -> None:
    ticks = iter([0.0, 0, 0.1, 0.1, 0.3, 0.3, 0.6, 0.6, 1.0, 1.0])  # 100, 200, 300 and 400 ms
    run = evaluate(
        Prepared(answers), Shelf(), ARTICLES.get, QUESTIONS, name="tiny", baselines={}, clock=lambda: next(ticks)
    )
    assert run.measures["speed"]["p50, ms"] == pytest.approx(250)
    assert run.measures["speed"]["p95, ms"] == pytest.approx(385)  # numpy's and R's default: 300 + 0.85 of 100


def test_citations_that_hold(run: Run) -> None:
    found = run.measures["citations"]
    assert found["recall"] == found["precision"] == found["verbatim"] == found["resolving"] == 1
    assert found["unresolved"] == found["sentences not grounded"] == 0
    assert found["from a gold article"] == 1


def test_a_quote_is_read_from_the_archive_and_not_from_the_citation(
    run_of: Evaluate, answers: dict[str, Answer], prepare: Prepare
) -> None:
    """The citation says what it says, but its offsets are three characters off."""
    off = prepare("ferry", "It carries 60 passengers.", confidence=0.9, shift=-3)
    found = run_of({**answers, QUESTIONS[0].question: off}).measures["citations"]
    assert found["unresolved"] == 1
    assert found["resolving"] == 0.75


def test_a_sentence_that_its_quote_does_not_carry_is_not_grounded(
    run_of: Evaluate, answers: dict[str, Answer], prepare: Prepare
) -> None:
    more = prepare("ferry", "It carries 60 passengers.", confidence=0.9, said="It carries 90 passengers to Norway.")
    found = run_of({**answers, QUESTIONS[0].question: more}).measures["citations"]
    assert found["recall"] == found["precision"] == 0.5  # of the two that are shown
    assert found["sentences not grounded"] == 1


def test_alce_of_a_sentence_with_two_citations(run_of: Evaluate, answers: dict[str, Answer], prepare: Prepare) -> None:
    """The first citation carries it alone, the second adds nothing: recall 1, precision a half."""
    one = prepare("ferry", "It carries 60 passengers.", confidence=0.9)
    second = replace(prepare("storm", "Nobody was hurt.", confidence=1).citations[0], number=2)
    both = replace(one, sentences=(replace(one.sentences[0], citations=(1, 2)),), citations=(*one.citations, second))
    run = run_of({**answers, QUESTIONS[0].question: both, QUESTIONS[3].question: replace(one, confidence=0.1)})
    assert run.measures["citations"]["recall"] == 1
    assert run.measures["citations"]["precision"] == 0.5


def test_what_is_later_than_the_day_asked_from_is_counted(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    early = tuple(replace(q, as_of=date(2024, 2, 1)) for q in QUESTIONS)
    found = run_of(answers, early).measures["time"]
    assert found["cited after as_of"] == 2  # the ferry of q1 and of q3
    assert found["shown after as_of"] == 3  # and q2 shows it


def test_what_has_no_day_counts_as_later(
    monkeypatch: pytest.MonkeyPatch, run_of: Evaluate, answers: dict[str, Answer]
) -> None:
    monkeypatch.setitem(ARTICLES, "ferry", replace(ARTICLES["ferry"], published=None))
    found = run_of(answers, QUESTIONS[:2], baselines={}).measures["time"]
    assert found["cited after as_of"] == 1  # the ferry of q1
    assert found["shown after as_of"] == 2  # and q2 shows it
    anytime = run_of(answers, QUESTIONS[2:], baselines={}).measures["time"]
    assert set(anytime.values()) == {0}


def test_a_figure_that_the_questions_do_not_give_is_left_out(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    found = run_of(answers, QUESTIONS[:2]).measures["abstention"]
    assert not [name for name in found if name.startswith("AUROC")]
    assert found["AURC"] == 0


def test_of_two_that_differ_the_best_reading_is_judged(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    newer, best = answers[QUESTIONS[2].question], answers[QUESTIONS[0].question]
    second = replace(best.sentences[0], citations=(2,), best=True)
    both = replace(
        best,
        sentences=(newer.sentences[0], second),
        citations=(newer.citations[0], replace(best.citations[0], number=2)),
    )
    (outcome,) = run_of({QUESTIONS[0].question: both}, QUESTIONS[:1]).outcomes
    assert (outcome.first, outcome.spans) == (1, ("Marrow Yards", "60"))
    assert outcome.scores["right sentence first"] == outcome.scores["span exact match"] == 1


def test_a_question_of_two_articles_is_worth_the_parts_that_are_said(
    run_of: Evaluate, answers: dict[str, Answer]
) -> None:
    parts = (("Marrow Yards",), ("60 passengers", "sixty"))
    asked = (replace(QUESTIONS[0], parts=parts), *QUESTIONS[1:])
    assert run_of(answers, asked).measures["answers"]["every part said"] == 0.5


def test_the_threshold_is_given_back_also_when_a_question_fails() -> None:
    pipeline = Prepared({}, threshold=0.7)
    with pytest.raises(KeyError):
        evaluate(pipeline, Shelf(), ARTICLES.get, QUESTIONS, name="tiny")
    assert pipeline.threshold == 0.7


def test_a_peer_is_asked_for_the_same_and_kept_inside_the_bounds(run_of: Evaluate, answers: dict[str, Answer]) -> None:
    class Later:
        def search(self, text: str, k: int) -> list[tuple[str, str]]:  # noqa: ARG002
            return [*((i, ARTICLES[i].text) for i in ("ferry", "storm")), ("gone", "")][:k]

    early = tuple(replace(q, as_of=date(2024, 2, 1)) for q in QUESTIONS)
    run = run_of(answers, early, peers={"later": Later})
    assert [o.rankings["later"].articles for o in run.outcomes] == [("storm",)] * 4
    assert run.measures["retrieval, later"]["MRR@10"] == 0.5
    assert run_of(answers, peers={"later": Later}).measures["retrieval, later"]["MRR@10"] == pytest.approx(0.75)


def test_a_follow_up_is_understood_as_a_conversation_would_have_it() -> None:
    history = (Turn("Who owns Klipp?", "Yunhe."), Turn("And how many users does it have?", "64 million."))
    question = _understood(EvalQuestion("f", "And in India?", history=history), ())
    assert question.history[0].question == "Who owns Klipp?"
    assert "Klipp" in question.history[1].question


@pytest.mark.parametrize(
    ("text", "word"),
    [("Which boat?", "which"), ("In how many days?", "how many"), ("The boat was named:", "none"), ("WHO?", "who")],
)
def test_question_words(text: str, word: str) -> None:
    assert question_word(text) == word
