"""Ask every question of a set, with the threshold left out, and hold what came of it against the archive."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from archive.types import Article
from embeddings.sentences import sentence_spans
from embeddings.types import Filters, Hit
from eval.answers import contains
from eval.citations import Lookup, hold, past
from eval.measure import measure
from eval.scores import parts_said, scores
from eval.types import EvalQuestion, GoldPlace, Outcome, Ranking, Run
from qa.followup import standalone
from qa.question import understand
from qa.types import Answer, Question, Turn
from qa.when import until

BASELINES = {"BM25": "lexical", "dense": "dense", "plain RRF": "rrf"}
OURS = "askive"
DEPTH = 30  # passages a method returns, as many as an answer comes with
MAX_RANKED = 10  # articles kept of each ranking: no measure looks further
PLACES = 3  # gold articles shown beside a wrong answer
_WORD = re.compile(r"\b(how (?:many|much|long|old|far)|who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)


class Pipeline(Protocol):
    threshold: float

    def ask(self, question: Question) -> Answer: ...


class Searcher(Protocol):
    def search(self, text: str, k: int, filters: Filters = ..., mode: Any = ...) -> list[Hit]: ...


class Peer(Protocol):
    """Another system with the same articles: passages as (article id, text), best first."""

    def search(self, text: str, k: int) -> list[tuple[str, str]]: ...


Progress = Callable[[str, int, int], None]
Clock = Callable[[], float]


def evaluate(
    pipeline: Pipeline,
    searcher: Searcher,
    article: Lookup,
    questions: Sequence[EvalQuestion],
    *,
    name: str,
    known_sources: Sequence[str] = (),
    baselines: Mapping[str, str] = BASELINES,
    peers: Mapping[str, Callable[[], Peer]] | None = None,
    configuration: Mapping[str, Any] | None = None,
    progress: Progress = lambda *_: None,
    clock: Clock = time.perf_counter,
) -> Run:
    """Return a run of the questions. Answers are given at threshold 0; the pipeline's own is applied in measuring.

    `article` looks an article up by id, so that citations are checked against the archive and not against themselves.
    Askive is asked first and alone, so that speed and memory are its own; then the baselines; then each peer is
    made and asked, with what lies outside a question's bounds left out of what it returns.
    """
    understood = [_understood(each, known_sources) for each in questions]
    threshold, pipeline.threshold = pipeline.threshold, 0.0
    outcomes: list[Outcome] = []
    began = clock()
    try:
        for number, (each, question) in enumerate(zip(questions, understood, strict=True), 1):
            outcomes.append(_asked(pipeline, article, each, question, clock))
            progress("ask", number, len(questions))
    finally:
        pipeline.threshold = threshold
    cost = {"seconds": clock() - began, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    for method, mode in baselines.items():
        ways = _Baseline(searcher, mode)
        outcomes = _ranked(method, ways.search, outcomes, questions, understood, progress, clock)
    for method, make in (peers or {}).items():
        bounded = _Bounded(make(), article)
        outcomes = _ranked(method, bounded.search, outcomes, questions, understood, progress, clock)
    held = {**(configuration or {}), "cost": cost}
    return Run(name, threshold, tuple(outcomes), measure(outcomes, threshold, cost), held)


def at_threshold(run: Run, threshold: float) -> Run:
    """Return the same run measured at another threshold."""
    figures = measure(run.outcomes, threshold, run.configuration.get("cost", {}))
    return replace(run, threshold=threshold, measures=figures)


def _understood(each: EvalQuestion, known_sources: Sequence[str]) -> Question:
    """The question as a conversation would have it: every earlier one as it was understood in its turn."""
    turns: list[Turn] = []
    for turn in each.history:
        turns.append(Turn(standalone(turn.question, turns), turn.answer))
    return understand(
        each.question,
        history=turns,
        as_of=each.as_of,
        published_from=each.published_from,
        published_to=each.published_to,
        sources=each.sources,
        known_sources=known_sources,
    )


def _asked(pipeline: Pipeline, article: Lookup, each: EvalQuestion, question: Question, clock: Clock) -> Outcome:
    began = clock()
    answer = pipeline.ask(question)
    spent = (clock() - began) * 1000
    said = hold(answer, article, each.as_of)
    marked = [i for i, sentence in enumerate(answer.sentences) if sentence.marks]
    marked.sort(key=lambda i: not answer.sentences[i].best)  # the best reading's first, wherever it is told
    outcome = Outcome(
        id=each.id,
        kind=each.kind,
        word=question_word(question.standalone),
        question=each.question,
        asked_as=question.standalone,
        answerable=each.answerable,
        as_of=each.as_of.isoformat() if each.as_of else None,
        gold=each.gold,
        answers=each.answers,
        said=said,
        first=marked[0] if marked else 0,
        spans=tuple(answer.sentences[i].text[a:b] for i in marked for a, b in answer.sentences[i].marks),
        confidence=answer.confidence,
        rankings={OURS: _ranking([(h.article.id, h.passage.text) for h in answer.hits], each, spent)},
        late=sum(_after(article(hit.article.id), each.as_of) for hit in answer.hits),
        places=tuple(_place(found, each) for i in each.gold[:PLACES] if (found := article(i)) is not None),
    )
    values = scores(outcome)
    if each.parts:
        values["every part said"] = parts_said(outcome.text, each.parts)
    return replace(outcome, scores=values)


def _ranked(
    method: str,
    search: Callable[[str, Filters], list[tuple[str, str]]],
    outcomes: Sequence[Outcome],
    questions: Sequence[EvalQuestion],
    understood: Sequence[Question],
    progress: Progress,
    clock: Clock,
) -> list[Outcome]:
    """The outcomes with one more ranking: what the method finds for each question as it was understood."""
    found = []
    for number, (outcome, each, question) in enumerate(zip(outcomes, questions, understood, strict=True), 1):
        bounds = until(each.as_of, Filters(each.published_from, each.published_to, each.sources))
        began = clock()
        passages = search(question.standalone, bounds)
        ranking = _ranking(passages, each, (clock() - began) * 1000)
        found.append(replace(outcome, rankings={**outcome.rankings, method: ranking}))
        progress(method, number, len(outcomes))
    return found


class _Baseline:
    """One mode of our own index, filtered inside it."""

    def __init__(self, searcher: Searcher, mode: str) -> None:
        self._searcher = searcher
        self._mode = mode

    def search(self, text: str, bounds: Filters) -> list[tuple[str, str]]:
        return [(h.article.id, h.passage.text) for h in self._searcher.search(text, DEPTH, bounds, self._mode)]


class _Bounded:
    """A peer that is asked for ten times as much, and of that keeps what the question allows."""

    def __init__(self, peer: Peer, article: Lookup) -> None:
        self._peer = peer
        self._article = article

    def search(self, text: str, bounds: Filters) -> list[tuple[str, str]]:
        found = self._peer.search(text, 10 * DEPTH)
        return [each for each in found if _inside(self._article(each[0]), bounds)][:DEPTH]


def _inside(article: Article | None, bounds: Filters) -> bool:
    if article is None or (bounds.sources and article.source not in bounds.sources):
        return False
    if bounds.published_from is None and bounds.published_to is None:
        return True
    day = article.published
    after = day is not None and (bounds.published_from is None or day >= bounds.published_from)
    return after and day is not None and (bounds.published_to is None or day <= bounds.published_to)


def _ranking(passages: Sequence[tuple[str, str]], each: EvalQuestion, spent: float) -> Ranking:
    articles = tuple(dict.fromkeys(article for article, _ in passages))[:MAX_RANKED]
    return Ranking(articles, tuple(contains(text, each.answers) for _, text in passages[:DEPTH]), spent)


def _after(article: Article | None, as_of: date | None) -> bool:
    return article is not None and past(article.published, as_of)


def _place(article: Article, each: EvalQuestion) -> GoldPlace:
    cuts = (article.text[a:b] for a, b in sentence_spans(article.text))
    quote = next((cut for cut in cuts if contains(cut, each.answers)), "")
    day = article.published.isoformat() if article.published else None
    return GoldPlace(article.id, article.title, article.source, day, quote)


def question_word(text: str) -> str:
    """Return the first question word of a text, in lower case; "none" where it has none."""
    found = _WORD.search(text)
    return found.group(1).lower() if found else "none"
