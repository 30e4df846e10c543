"""Question sets: what is read, and how a broken one is told."""

from __future__ import annotations

import gzip
import json
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from archive.ids import article_id, id_of_key
from archive.read import read
from archive.types import Article
from eval.corpus import contexts
from eval.errors import EvalError
from eval.questions import halves, load, missing_gold
from eval.types import EvalQuestion
from qa.reader.examples import normal
from qa.types import Turn

ROOT = Path(__file__).resolve().parents[2]
SETS = ROOT / "eval" / "sets"


def _write(path: Path, *lines: object) -> Path:
    path.write_text("".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in lines))
    return path


def test_a_question_with_everything(tmp_path: Path) -> None:
    row = {
        "id": "a",
        "question": "How many?",
        "as_of": "2022-01-02",
        "from": "2021-01-01",
        "to": "2021-12-31",
        "sources": ["Herald"],
        "answers": ["12", "twelve"],
        "gold": ["https://x.example/1", "0123456789abcdef"],
        "answerable": True,
        "history": [{"question": "Who?", "answer": "Them."}],
        "kind": "time",
        "parts": [["12"], ["twelve"]],
    }
    (question,) = load(_write(tmp_path / "q.jsonl", row)).questions
    assert question == EvalQuestion(
        "a",
        "How many?",
        ("12", "twelve"),
        (article_id("https://x.example/1", None, "", None), "0123456789abcdef"),
        True,
        date(2022, 1, 2),
        date(2021, 1, 1),
        date(2021, 12, 31),
        ("Herald",),
        (Turn("Who?", "Them."),),
        "time",
        (("12",), ("twelve",)),
    )


GOOD = {"id": "a", "question": "Who?", "answerable": False}


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("{not json", "not JSON"),
        ("[1]", "not a JSON object"),
        ({"id": "b"}, "'question' is missing"),
        ({"question": "Who?"}, "'id' is missing"),
        ({**GOOD, "id": "b", "question": "  "}, "the question is empty"),
        ({**GOOD, "id": "b", "answer": "x"}, "unknown field 'answer'"),
        ({**GOOD, "id": "b", "answerable": True}, "needs gold articles"),
        ({**GOOD, "id": "b", "answerable": "no"}, "must be true or false"),
        ({**GOOD, "id": "b", "gold": "https://x.example/1"}, "gold must be a list of strings"),
        ({**GOOD, "id": "b", "answers": [3]}, "answers must be a list of strings"),
        ({**GOOD, "id": "b", "as_of": "yesterday"}, "yesterday"),
        ({**GOOD, "id": "b", "history": [{"q": "x"}]}, "'question'"),
        (GOOD, "'a' is used twice"),
        ({"task_id": "t", "input": []}, "not an MTRAG turn"),
        ({"task_id": "t", "input": [{"speaker": "user", "text": "?"}], "contexts": []}, "needs contexts"),
    ],
)
def test_a_broken_line_is_named_with_its_number(tmp_path: Path, broken: object, told: str) -> None:
    with pytest.raises(EvalError) as raised:
        load(_write(tmp_path / "q.jsonl", GOOD, "", broken))
    assert "q.jsonl, line 3: " in str(raised.value)
    assert told in str(raised.value)


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(json.dumps(GOOD).encode() + b'\n{"id": "\xff"}\n')
    with pytest.raises(EvalError, match="line 2: not UTF-8"):
        load(path)


def test_an_empty_or_absent_set_or_half_a_gz_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="no question"):
        load(_write(tmp_path / "q.jsonl", ""))
    with pytest.raises(EvalError, match="cannot be read"):
        load(tmp_path / "absent.jsonl")
    cut = tmp_path / "q.jsonl.gz"
    cut.write_bytes(gzip.compress(json.dumps(GOOD).encode())[:-9])
    with pytest.raises(EvalError, match="cannot be read"):
        load(cut)


def _beir(folder: Path, *qrels: str) -> Path:
    (folder / "qrels").mkdir(parents=True)
    _write(
        folder / "corpus.jsonl", {"_id": "d1", "title": "", "text": "One."}, {"_id": "d2", "title": "", "text": "Two."}
    )
    _write(folder / "queries.jsonl", {"_id": "q1", "text": "one?"}, {"_id": "q2", "text": "unjudged"})
    (folder / "qrels" / "test.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *qrels]) + "\n")
    return folder


def test_beir_gold_is_what_ingesting_its_corpus_gives(tmp_path: Path) -> None:
    folder = _beir(tmp_path / "tiny", "q1\td2\t1", "q1\td1\t0")
    found = load(folder)
    assert found.name == "tiny"
    assert [(q.id, q.question, q.gold) for q in found.questions] == [("q1", "one?", (id_of_key("d2"),))]
    ids = {a.text: a.id for a in read(folder / "corpus.jsonl") if isinstance(a, Article)}
    assert ids == {"One.": id_of_key("d1"), "Two.": id_of_key("d2")}


@pytest.mark.parametrize(("line", "told"), [("q1\td1", "line 3: expected"), ("q9\td1\t1", "'q9' is not in queries")])
def test_broken_qrels_are_told(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(EvalError, match=told):
        load(_beir(tmp_path / "tiny", "q1\td1\t1", line))


def test_a_conversation_of_mtrag(tmp_path: Path) -> None:
    said = [("user", "Who built it?"), ("agent", "Marrow."), ("user", "And when?")]
    row = {
        "task_id": "c<::>2",
        "input": [{"speaker": who, "text": text} for who, text in said],
        "contexts": [{"document_id": "d", "text": "In 2024."}],
        "answerability": ["PARTIAL"],
    }
    path = _write(tmp_path / "m.jsonl", row)
    (question,) = load(path).questions
    assert question.question == "And when?"
    assert question.history == (Turn("Who built it?", "Marrow."),)
    assert (question.gold, question.answerable, question.kind) == ((id_of_key("d"),), True, "partial")
    _write(tmp_path / "articles.jsonl", *contexts(path))
    (article,) = [a for a in read(tmp_path / "articles.jsonl") if isinstance(a, Article)]
    assert (article.id, article.text) == (id_of_key("d"), "In 2024.")


def test_missing_gold_is_found_and_halves_split_both_kinds() -> None:
    questions = [EvalQuestion(str(i), "?", gold=("g",) if i % 2 else (), answerable=bool(i % 2)) for i in range(8)]
    assert missing_gold(questions, ["h"]) == {str(i): ["g"] for i in (1, 3, 5, 7)}
    assert missing_gold(questions, ["g"]) == {}
    first, second = halves(questions)
    assert [q.id for q in first] == ["1", "3", "0", "2"]
    assert [q.id for q in second] == ["5", "7", "4", "6"]


def test_our_own_set_is_what_it_says() -> None:
    questions = load(SETS / "own.jsonl").questions
    unanswerable = [q for q in questions if not q.answerable]
    assert len(questions) >= 150
    assert len(unanswerable) >= len(questions) / 3
    kinds = {q.kind for q in questions}
    assert {"near miss", "time", "source", "two articles", "follow-up"} <= kinds
    assert all(len(q.gold) > 1 for q in questions if q.parts)


@pytest.mark.parametrize("name", ["own", "strangers", "chat"])
def test_every_accepted_answer_stands_in_an_article_that_is_right(name: str, archive_page: Path) -> None:
    stored = chain(read(ROOT / "examples" / "archive"), read(archive_page))
    texts = {a.id: normal(f"{a.title} {a.text}") for a in stored if isinstance(a, Article)}
    questions = load(SETS / f"{name}.jsonl").questions
    assert missing_gold(questions, texts) == {}
    for question in questions:
        assert question.answerable == bool(question.gold), question.id
        for answer in question.answers:
            assert any(normal(answer) in texts[article] for article in question.gold), (question.id, answer)
