"""Training sets made by hand in the form of the shared ones, and the shared ones where they are."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qa.reader.data import (
    PASSAGE_CHARS,
    chunks,
    load_archive_examples,
    load_examples,
    load_written_examples,
    overlap,
    untokenised,
)
from qa.reader.errors import TrainingDataError
from qa.reader.examples import contains_any, split_of
from qa.reader.head import spoken

WRITTEN = Path(__file__).resolve().parents[3] / "examples" / "questions" / "news-2023.jsonl"
SETS = ("nq-oracle", "xquad-en", "clapnq-answerable", "clapnq-unanswerable", "news-2023")


def write(folder: Path, **sets: list[dict[str, Any]]) -> Path:
    for name in SETS:
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in sets.get(name.replace("-", "_"), []))
    return folder


def test_every_occurrence_of_a_natural_questions_answer_is_a_span(tmp_path: Path) -> None:
    row = {"question": "who won", "answers": ["Bob"], "title": "Cup", "text": "Bob won. Bobby lost. It was Bob."}
    (found,) = load_examples(write(tmp_path, nq_oracle=[row]))
    assert [found.text[a:b] for a, b in found.spans] == ["Bob", "Bob"]


def test_an_xquad_passage_is_cut_around_its_answer(tmp_path: Path) -> None:
    text = "Filler stands here. " * 100 + "The tower is 300 metres high. " + "More filler. " * 100
    row = {"question": "How high?", "answers": ["300 metres"], "answer_start": text.index("300"), "text": text}
    (found,) = load_examples(write(tmp_path, xquad_en=[row]))
    assert len(found.text) <= PASSAGE_CHARS
    assert [found.text[a:b] for a, b in found.spans] == ["300 metres"]
    assert found.key == text


def test_news_passages_are_found_by_the_answer_and_the_rest_are_not_answers(tmp_path: Path) -> None:
    body = "Amazon shares fell on Friday. " * 20
    text = body + "\n\nMicrosoft said it would lay off 10,000 employees this week. " + "It employs many. " * 30
    row = {
        "question": "Which tech company confirmed this week that it was laying off 10,000 of its employees?",
        "answers": ["Microsoft"],
        "positives": [{"title": "Tech jobs", "text": text, "date": "2023-01-18"}],
        "negatives": [{"title": "Shares", "text": body, "date": "2023-01-10"}],
    }
    found = load_examples(write(tmp_path, news_2023=[row]))
    golds = [e for e in found if e.spans]
    assert [(e.date, e.text[slice(*e.spans[0])]) for e in golds] == [("January 18, 2023", "Microsoft")]
    others = [e for e in found if not e.spans]
    assert others
    assert not any(contains_any(e.text, ("Microsoft",)) for e in others)


def test_clapnq_answers_are_whole_sentences(tmp_path: Path) -> None:
    passage = {"title": "Cats", "text": "Cats sleep . The cat 's coat is `` soft '' ."}
    row = {
        "input": "what is the coat",
        "passages": [passage],
        "output": [{"selected_sentences": ["The cat 's coat is `` soft '' ."]}],
    }
    bare = {"input": "who", "passages": [passage], "output": [{"selected_sentences": []}]}
    found = load_examples(write(tmp_path, clapnq_answerable=[row], clapnq_unanswerable=[bare]))
    assert found[0].text[slice(*found[0].spans[0])] == 'The cat\'s coat is "soft".'
    assert found[1].spans == ()
    assert found[1].kind == "unanswerable"


def test_a_missing_or_broken_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="nq-oracle"):
        load_examples(tmp_path)
    write(tmp_path)
    with gzip.open(tmp_path / "news-2023.jsonl.gz", "wt") as file:
        file.write("not json")
    with pytest.raises(TrainingDataError, match="news-2023"):
        load_examples(tmp_path)


def test_archive_questions_point_into_their_articles(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    sentence = "The pier was built in 1883 by Jane Roe."
    rows = [
        {
            "question": "who built it",
            "article": "The pier",
            "answer": "Jane Roe",
            "sentence": sentence,
            "answerable": True,
        },
        {"question": "who sold it", "article": "The pier", "answer": None, "sentence": None, "answerable": False},
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    article = ("The pier", "", date(2020, 3, 1), f"It rained. {sentence} It stands.")
    gold, near = load_archive_examples(path, [article])
    assert gold.text[slice(*gold.spans[0])] == "Jane Roe"
    assert gold.date == "March 1, 2020"
    assert near.spans == ()
    with pytest.raises(TrainingDataError, match="no article is titled"):
        load_archive_examples(path, [("Another", "", None, "x")])
    with pytest.raises(TrainingDataError, match="is not in the article"):
        load_archive_examples(path, [("The pier", "", None, "Something else.")])


def test_written_questions_are_places_in_the_news(tmp_path: Path) -> None:
    article = {"url": "u", "title": "Pier", "date": "2023-05-02T10:00:00", "text": "Ads. Ann Lee paid $5. It rained."}
    news = {"question": "q", "answers": [], "positives": [article], "negatives": []}
    folder = write(tmp_path, news_2023=[news])
    asked = [
        {"question": "Who paid?", "answer": [0, 7]},
        {"question": "Who was paid?", "answer": None},
        {"question": "What happened?", "answer": [[8, 15], [17, 26]]},
    ]
    path = tmp_path / "written.jsonl"
    path.write_text(json.dumps({"url": "u", "start": 5, "end": 32, "questions": asked}) + "\n")
    paid, near, happened = load_written_examples(path, folder)
    assert (paid.text, paid.answers, paid.date, paid.kind) == (
        "Ann Lee paid $5. It rained.",
        ("Ann Lee",),
        "May 2, 2023",
        "gold",
    )
    assert happened.answers == ("paid $5", "It rained")
    assert (near.text, near.spans, near.kind) == (paid.text, (), "unanswerable")
    path.write_text('{"url": "elsewhere", "start": 0, "end": 1, "questions": []}\n')
    with pytest.raises(TrainingDataError, match="elsewhere"):
        load_written_examples(path, folder)


def test_small_parts_by_hand() -> None:
    assert spoken(date(2019, 7, 4)) == "July 4, 2019"
    assert spoken(None) == ""
    assert untokenised("( `` a '' , it 's $ 5 )") == '("a", it\'s $5)'
    assert overlap("Which firm bought Acme?", "acme was bought") == pytest.approx(2 / 4)
    text = "One two. Three four. " + "x" * 25
    assert [text[a:b] for a, b in chunks(text, 20)] == ["One two. Three four.", "x" * 20, "x" * 5]


def test_every_span_of_the_shared_sets_is_an_answer(shared: Path) -> None:
    folder = shared / "data" / "reader"
    if not (folder / "news-2023.jsonl.gz").is_file():
        pytest.skip("shared/data/reader is absent")
    found = load_examples(folder)
    assert len({e.source for e in found}) == 4
    for example in found:
        assert all(0 <= a < b <= len(example.text) for a, b in example.spans)
        if example.answers and example.spans:
            assert contains_any(example.text, example.answers) or example.source == "xquad"
        if example.kind == "news":
            assert not contains_any(example.text, example.answers)


def test_every_written_answer_is_whole_words_of_its_passage(shared: Path) -> None:
    folder = shared / "data" / "reader"
    if not (folder / "news-2023.jsonl.gz").is_file():
        pytest.skip("shared/data/reader is absent")
    found = load_written_examples(WRITTEN, folder)
    for example in found:
        for start, end in example.spans:
            answer, around = example.text[start:end], f" {example.text} "[start : end + 2]
            assert answer
            assert answer == answer.strip()
            assert not (around[0].isalnum() and answer[0].isalnum()), example.question
            assert not (around[-1].isalnum() and answer[-1].isalnum()), example.question
    assert {split_of(e) for e in found} == {"train", "calibration", "test"}
    # What asks "how many" must not by that alone be a question that is not answered.
    many = [bool(e.spans) for e in found if e.question.lower().startswith("how many")]
    assert 0.4 < sum(many) / len(many) < 0.6
