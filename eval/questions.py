"""Question sets: our JSON Lines, BEIR folders, and MTRAG conversations."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from archive.ids import article_id, id_of_key
from eval.errors import EvalError
from eval.types import EvalQuestion, QuestionSet
from qa.types import Turn

_FIELDS = frozenset("id question as_of from to sources answers gold answerable history kind parts".split())


def load(path: Path) -> QuestionSet:
    """Read a question set: a BEIR folder, else JSON Lines (ours or MTRAG's, also .gz).

    Raises EvalError naming the file and line of what is broken; then nothing is to be scored.
    """
    found = _beir(path) if path.is_dir() else _lines(path)
    questions: dict[str, EvalQuestion] = {}
    for place, question in found:
        if question.id in questions:
            raise EvalError(f"{place}: the id {question.id!r} is used twice")
        questions[question.id] = question
    if not questions:
        raise EvalError(f"{path}: there is no question in it")
    return QuestionSet(path.name, tuple(questions.values()))


def missing_gold(questions: Iterable[EvalQuestion], known: Iterable[str]) -> dict[str, list[str]]:
    """Return the gold articles that the archive does not hold, by question id."""
    held = set(known)
    found = {q.id: [article for article in q.gold if article not in held] for q in questions}
    return {question: articles for question, articles in found.items() if articles}


def halves(questions: Iterable[EvalQuestion]) -> tuple[list[EvalQuestion], list[EvalQuestion]]:
    """Split a set for fitting and for reporting: answerable and not, each sorted by id and cut in the middle."""
    first: list[EvalQuestion] = []
    second: list[EvalQuestion] = []
    listed = sorted(questions, key=lambda q: q.id)
    for part in ([q for q in listed if q.answerable], [q for q in listed if not q.answerable]):
        first += part[: len(part) // 2]
        second += part[len(part) // 2 :]
    return first, second


def rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (place, object) of each line of a JSON Lines file, also .gz. Raises EvalError naming the broken line."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    place = f"{path}, line {number}"
                    yield place, _row(line, place)
    except (OSError, EOFError) as error:
        raise EvalError(f"{path}: cannot be read: {error}") from error


def _row(line: bytes, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise EvalError(f"{place}: not UTF-8: {error.reason}") from error
    except (ValueError, RecursionError) as error:
        raise EvalError(f"{place}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise EvalError(f"{place}: not a JSON object")
    return row


def _lines(path: Path) -> Iterator[tuple[str, EvalQuestion]]:
    for place, row in rows(path):
        yield place, _mtrag(row, place) if "task_id" in row else _question(row, place)


def _question(row: dict[str, Any], place: str) -> EvalQuestion:
    unknown = sorted(set(row) - _FIELDS)
    if unknown:
        raise EvalError(f"{place}: unknown field {unknown[0]!r}; known are {', '.join(sorted(_FIELDS))}")
    lost = [name for name in ("id", "question") if name not in row]
    if lost:
        raise EvalError(f"{place}: the field {lost[0]!r} is missing")
    if not isinstance(row["question"], str) or not row["question"].strip():
        raise EvalError(f"{place}: the question is empty")
    answerable = row.get("answerable", True)
    if not isinstance(answerable, bool):
        raise EvalError(f"{place}: answerable must be true or false")
    gold = tuple(_gold(each) for each in _strings(row, "gold", place))
    answers = _strings(row, "answers", place)
    if answerable and not gold:
        raise EvalError(f"{place}: an answerable question needs gold articles")
    try:
        return EvalQuestion(
            id=str(row["id"]),
            question=row["question"],
            answers=answers,
            gold=gold,
            answerable=answerable,
            as_of=_day(row.get("as_of")),
            published_from=_day(row.get("from")),
            published_to=_day(row.get("to")),
            sources=_strings(row, "sources", place),
            history=tuple(Turn(turn["question"], turn["answer"]) for turn in row.get("history", ())),
            kind=str(row.get("kind", "")),
            parts=tuple(_strings({"parts": part}, "parts", place) for part in row.get("parts", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EvalError(f"{place}: {type(error).__name__} {error}") from error


def _strings(row: dict[str, Any], name: str, place: str) -> tuple[str, ...]:
    values = row.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise EvalError(f"{place}: {name} must be a list of strings")
    return tuple(values)


def _gold(each: str) -> str:
    return article_id(each, None, "", None) if "://" in each else each


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _mtrag(row: dict[str, Any], place: str) -> EvalQuestion:
    """A turn of a conversation (Katsis et al. 2025); its contexts are its gold, its last user text the question."""
    try:
        texts = [(turn["speaker"], turn["text"]) for turn in row["input"]]
        turns = [
            Turn(texts[i][1], texts[i + 1][1] if i + 1 < len(texts) else "")
            for i in range(len(texts) - 1)
            if texts[i][0] == "user"
        ]
        kinds = row.get("Answerability") or row.get("answerability") or ["ANSWERABLE"]
        kind = kinds[0] if isinstance(kinds, list) else str(kinds)
        question = EvalQuestion(
            id=str(row["task_id"]),
            question=texts[-1][1],
            gold=tuple(dict.fromkeys(id_of_key(str(c["document_id"])) for c in row.get("contexts", ()))),
            answerable=kind in ("ANSWERABLE", "PARTIAL"),
            history=tuple(turns),
            kind=kind.lower(),
        )
    except (KeyError, IndexError, TypeError) as error:
        raise EvalError(f"{place}: not an MTRAG turn: {type(error).__name__} {error}") from error
    if question.answerable and not question.gold:
        raise EvalError(f"{place}: an answerable turn needs contexts")
    return question


def _beir(folder: Path) -> Iterator[tuple[str, EvalQuestion]]:
    """BEIR (Thakur et al. 2021): queries.jsonl with _id and text, qrels/test.tsv (or qrels.tsv) with a header.

    The set is the queries that the qrels judge; gold is what they score above 0.
    """
    table = next((p for p in (folder / "qrels" / "test.tsv", folder / "qrels.tsv") if p.is_file()), None)
    if table is None:
        raise EvalError(f"{folder}: neither qrels/test.tsv nor qrels.tsv is there")
    wanted: dict[str, list[str]] = {}
    for place, query, document, score in _qrels(table):
        found = wanted.setdefault(query, [])
        if score > 0:
            found.append(id_of_key(document))
        if not query or not document:
            raise EvalError(f"{place}: an id is empty")
    texts: dict[str, str] = {}
    for place, row in rows(folder / "queries.jsonl"):
        if not isinstance(row.get("_id"), str) or not isinstance(row.get("text"), str):
            raise EvalError(f"{place}: expected _id and text")
        texts[row["_id"]] = row["text"]
    lost = sorted(set(wanted) - set(texts))
    if lost:
        raise EvalError(f"{table}: the query {lost[0]!r} is not in queries.jsonl")
    for query, gold in wanted.items():
        yield str(table), EvalQuestion(query, texts[query], gold=tuple(gold), answerable=bool(gold), kind="beir")


def _qrels(table: Path) -> Iterator[tuple[str, str, str, int]]:
    try:
        lines = table.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"{table}: cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        cells = line.split("\t")
        if not line.strip() or (number == 1 and cells[0] == "query-id"):
            continue
        if len(cells) != 3 or not cells[2].strip().lstrip("-").isdigit():
            raise EvalError(f"{table}, line {number}: expected query-id, corpus-id, score")
        yield f"{table}, line {number}", cells[0], cells[1], int(cells[2])
