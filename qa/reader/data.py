"""Training examples from the public reader sets: Natural Questions, XQuAD, CLAP NQ, and news of 2023."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from qa.reader.errors import TrainingDataError
from qa.reader.examples import Example, contains_any, normal, occurrences, pieces, window
from qa.reader.head import spoken

PASSAGE_CHARS = 850  # about 190 word pieces of news text: question, title and passage then fit 224 (news-2023)
MAX_SPAN_CHARS = 160  # longer "answers" of NQ are table rows and lists, no span to learn

_WORD = re.compile(r"\w+")


def load_examples(folder: Path) -> list[Example]:
    """Read every set under `folder` into answerable and (CLAP NQ, news) given unanswerable examples.

    Raises TrainingDataError naming the file that is missing or unreadable.
    """
    return [*_nq(folder), *_xquad(folder), *_clapnq(folder), *_news(folder)]


def load_archive_examples(questions: Path, articles: Iterable[tuple[str, str, date | None, str]]) -> list[Example]:
    """Read questions of the example archive: rows {question, article (title), answer, sentence, answerable}.

    `articles` are (title, source, published, text). A row whose sentence or answer is not in its article is an
    error: the two belong to one commit.
    """
    texts = {normal(title): (title, published, text) for title, _, published, text in articles}
    found = []
    for row in _lines(questions):
        if normal(row["article"]) not in texts:
            raise TrainingDataError(f"{questions}: no article is titled {row['article']!r}")
        title, published, text = texts[normal(row["article"])]
        found.append(_archive_example(row, title, published, text))
    return found


def _archive_example(row: dict[str, Any], title: str, published: date | None, text: str) -> Example:
    answer, sentence = row.get("answer") or "", row.get("sentence") or ""
    spans: list[tuple[int, int]] = []
    if row["answerable"]:
        at = text.find(sentence)
        inside = occurrences(sentence, answer)
        if at < 0:
            raise TrainingDataError(f"the sentence {sentence[:60]!r} is not in the article {title!r}")
        spans = [(at + a, at + b) for a, b in inside] or [(at, at + len(sentence))]
    kind = "gold" if row["answerable"] else "unanswerable"
    cut, inner = window(text, spans, PASSAGE_CHARS, lead=2)
    answers = (answer,) if answer else ()
    return Example(
        row["question"], title, spoken(published), cut, tuple(inner), answers, "archive", kind, normal(row["question"])
    )


def load_written_examples(questions: Path, folder: Path) -> list[Example]:
    """Read questions of our own on news of 2023, a passage a row: {url, start, end, questions: [{question, answer}]}.

    `start` and `end` cut the passage from the article's text, and `answer` the span from the passage ([start, end]; a
    list of them where the items of a list stand apart; null where the passage does not say): no text is kept.
    """
    articles = news_articles(folder)
    found = []
    for row in _lines(questions):
        article = articles.get(row["url"])
        if article is None:
            raise TrainingDataError(f"{questions}: no article of news-2023 has the url {row['url']!r}")
        text = article["text"][row["start"] : row["end"]]
        day = spoken(date.fromisoformat(article["date"][:10])) if article.get("date") else ""
        for asked in row["questions"]:
            spans = _spans(asked["answer"])
            answers = tuple(text[a:b] for a, b in spans)
            kind = "gold" if spans else "unanswerable"
            found.append(
                Example(asked["question"], article["title"], day, text, spans, answers, "written", kind, row["url"])
            )
    return found


def _spans(answer: Any) -> tuple[tuple[int, int], ...]:
    if not answer:
        return ()
    several = answer if isinstance(answer[0], list) else [answer]
    return tuple((start, end) for start, end in several)


def news_articles(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the articles of news-2023 (url, title, text, date) by URL."""
    return {a["url"]: a for row in _rows(folder, "news-2023") for a in row["positives"] + row["negatives"]}


def chunks(text: str, limit: int = PASSAGE_CHARS) -> list[tuple[int, int]]:
    """Cut an article into passages of at most `limit` characters at sentence ends; (start, end) of `text`."""
    cut: list[tuple[int, int]] = []
    for start, end in pieces(text):
        while end - start > limit:
            cut.append((start, start + limit))
            start += limit
        if cut and end - cut[-1][0] <= limit:
            cut[-1] = (cut[-1][0], end)
        else:
            cut.append((start, end))
    return cut


def overlap(question: str, text: str) -> float:
    """Return the share of the question's longer words that stand in the text."""
    words = {w for w in _WORD.findall(question.lower()) if len(w) > 3}
    return len(words & set(_WORD.findall(text.lower()))) / max(1, len(words))


def _nq(folder: Path) -> Iterator[Example]:
    for row in _rows(folder, "nq-oracle"):
        answers = tuple(row["answers"])
        spans = sorted({s for a in answers for s in occurrences(row["text"], a) if s[1] - s[0] <= MAX_SPAN_CHARS})
        if spans:
            text, inside = window(row["text"], spans, PASSAGE_CHARS, lead=2)
            key = normal(row["question"])
            yield Example(row["question"], row["title"], "", text, tuple(inside), answers, "nq", "gold", key)


def _xquad(folder: Path) -> Iterator[Example]:
    for row in _rows(folder, "xquad-en"):
        start, answers = row["answer_start"], tuple(row["answers"])
        span = (start, start + len(answers[0]))
        text, inside = window(row["text"], [span], PASSAGE_CHARS, lead=3)
        yield Example(row["question"], "", "", text, tuple(inside), answers, "xquad", "gold", row["text"])


def _clapnq(folder: Path) -> Iterator[Example]:
    for name in ("clapnq-answerable", "clapnq-unanswerable"):
        for row in _rows(folder, name):
            passage = row["passages"][0]
            text = untokenised(passage["text"])
            chosen = [untokenised(s) for s in row["output"][0]["selected_sentences"]]
            starts = [(text.find(s), len(s)) for s in chosen]
            spans = sorted((at, at + n) for at, n in starts if at >= 0)
            if name.endswith("-answerable") and not spans:
                continue
            kind = "gold" if spans else "unanswerable"
            text, inside = window(text, spans, PASSAGE_CHARS, lead=1)
            inside = inside if inside or not spans else [(0, len(text))]
            key = normal(row["input"])
            yield Example(row["input"], passage["title"], "", text, tuple(inside), (), "clapnq", kind, key)


def _news(folder: Path) -> Iterator[Example]:
    """Find the passages of positive articles that hold the answer; the best other passages are unanswerable."""
    for row in _rows(folder, "news-2023"):
        question, answers = row["question"], tuple(row["answers"])
        kinds = [("positive", a) for a in row["positives"]] + [("negative", a) for a in row["negatives"]]
        for kind, article in kinds:
            yield from _news_article(question, answers, kind, article)


def _news_article(question: str, answers: tuple[str, ...], kind: str, article: dict[str, Any]) -> Iterator[Example]:
    text, key = article["text"], normal(question)
    day = spoken(date.fromisoformat(article["date"][:10])) if article.get("date") else ""
    ranked = sorted(chunks(text), key=lambda c: -overlap(question, text[c[0] : c[1]]))
    holding = [c for c in ranked if contains_any(text[c[0] : c[1]], answers)]
    if kind == "positive" and holding:
        cut = text[holding[0][0] : holding[0][1]]
        spans = sorted({s for a in answers for s in occurrences(cut, a)})
        if overlap(question, cut + article["title"]) >= 0.3:  # below, the string stands there by chance (read by eye)
            yield Example(question, article["title"], day, cut, tuple(spans), answers, "news", "gold", key)
    if contains_any(article["title"], answers):
        return
    for start, end in [c for c in ranked if c not in holding][:2]:
        yield Example(question, article["title"], day, text[start:end], (), answers, "news", "news", key)


def untokenised(text: str) -> str:
    """Undo the Penn tokenisation of CLAP NQ ("Smith 's", "`` so ''") into ordinary text."""
    text = text.replace("`` ", '"').replace("``", '"').replace(" ''", '"').replace("''", '"')
    text = re.sub(r" ([,.;:?!%)\]])", r"\1", text)
    text = re.sub(r"([(\[$]) ", r"\1", text)
    text = re.sub(r" ('s|n't|'re|'ve|'ll|'d|'m)\b", r"\1", text)
    return " ".join(text.replace(" -- ", " – ").replace(" - ", "-").split())


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    yield from _lines(folder / f"{name}.jsonl.gz")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)
    except (OSError, json.JSONDecodeError) as error:
        raise TrainingDataError(f"{path} cannot be read as JSON lines: {error}") from error
