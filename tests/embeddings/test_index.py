"""One index over both halves: against brute force, inside filters, across changes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import faiss
import numpy as np
import pytest
from fakes import HashedEncoder

from archive.types import Article
from embeddings.chunk import embedded_text, split
from embeddings.errors import IndexMismatchError, IndexMissingError, IndexWriteError
from embeddings.index import Index, Match
from embeddings.types import Filters
from embeddings.update import update_index

ENCODER = HashedEncoder()


def places(matches: list[Match]) -> list[tuple[str, int, int]]:
    return [(match.article_id, match.start, match.end) for match in matches]


def long_archive(make: object, count: int = 40) -> list[Article]:
    words = "ferry mask flight rome market harbour fine airline doctor school river bank".split()
    random = np.random.default_rng(3)
    texts = [" ".join(random.choice(words, 30)).capitalize() + "." for _ in range(count * 12)]
    return [
        make(f"x{n}", "\n\n".join(texts[n * 12 : n * 12 + 12]), f"Title {n}", date(2022, 1 + n % 12, 1))  # type: ignore[operator]
        for n in range(count)
    ]


def test_dense_is_brute_force_cosine(tmp_path: Path, make: object) -> None:
    articles = long_archive(make)
    index = update_index(tmp_path, ENCODER, articles, [])
    rows = [(a.id, *span, embedded_text(a, a.text[slice(*span)])) for a in articles for span in split(a)]
    assert index.passages == len(rows) > 40
    for query in ("ferry harbour", "rome flight doctor", "bank"):
        cosines = ENCODER.encode([row[3] for row in rows]) @ ENCODER.encode([query])[0]
        found = index.search(query, 10, mode="dense")
        expected = np.sort(cosines)[::-1][:10]
        np.testing.assert_allclose([match.score for match in found], expected, atol=1e-5)  # ties may swap places
        own = {(row[0], row[1], row[2]): cosine for row, cosine in zip(rows, cosines, strict=True)}
        np.testing.assert_allclose([own[place] for place in places(found)], expected, atol=1e-5)


@pytest.mark.parametrize("mode", ["fused", "rrf", "dense", "lexical"])
@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (Filters(), set("abcde")),
        (Filters(published_from=date(2020, 3, 20)), set("bce")),
        (Filters(published_to=date(2020, 3, 20)), set("ab")),
        (Filters(published_from=date(2020, 3, 17), published_to=date(2021, 1, 5)), set("bc")),
        (Filters(sources=("BBC",)), set("ad")),
        (Filters(tags=("italy", "trade")), set("bce")),
        (Filters(sources=("Reuters",), tags=("aid",)), set("b")),
        (Filters(sources=("Nobody",)), set()),
    ],
)
def test_filters_hold_in_every_mode(
    tmp_path: Path, news: list[Article], mode: str, filters: Filters, allowed: set[str]
) -> None:
    index = update_index(tmp_path, ENCODER, news, [])
    found = {match.article_id for match in index.search("masks ferry", 10, filters, mode)}  # type: ignore[arg-type]
    assert found == allowed  # each article holds one of the two words


def test_filters_are_inside_the_search_not_after_it(tmp_path: Path, make: object) -> None:
    near = [make(f"n{n}", f"Ferry ferry ferry number {n}.", day=date(2022, 1, 1)) for n in range(150)]  # type: ignore[operator]
    far = [make(f"f{n}", f"A long way from any ferry, item {n}.", day=date(2021, 1, 1)) for n in range(5)]  # type: ignore[operator]
    index = update_index(tmp_path, ENCODER, [*near, *far], [])
    for mode in ("dense", "lexical", "rrf", "fused"):
        found = index.search("ferry ferry ferry", 5, Filters(published_to=date(2021, 12, 31)), mode)  # type: ignore[arg-type]
        assert {match.article_id for match in found} == {f"f{n}" for n in range(5)}, mode


def test_ranks_tell_each_retrievers_place(tmp_path: Path, news: list[Article]) -> None:
    index = update_index(tmp_path, ENCODER, news, [])
    lexical = [match.passage_id for match in index.search("ferry fine", 10, mode="lexical")]
    dense = [match.passage_id for match in index.search("ferry fine", 10, mode="dense")]
    for match in index.search("ferry fine", 10):
        assert match.ranks.get("lexical") == (
            lexical.index(match.passage_id) + 1 if match.passage_id in lexical else None
        )
        assert match.ranks.get("dense") == dense.index(match.passage_id) + 1


def test_changes_one_by_one_equal_a_build_at_once(tmp_path: Path, make: object) -> None:
    articles = long_archive(make, 30)
    changed = replace(articles[3], text=articles[4].text)
    whole = update_index(tmp_path / "whole", ENCODER, [*articles[:3], changed, *articles[5:]], [])
    update_index(tmp_path / "steps", ENCODER, articles[:10], [])
    update_index(tmp_path / "steps", ENCODER, articles[10:], [articles[4].id])
    steps = update_index(tmp_path / "steps", ENCODER, [changed], [])
    assert steps.articles() == whole.articles()
    assert steps.passages == whole.passages
    for query in ("ferry harbour rome", "school doctor"):
        for mode in ("dense", "rrf", "fused"):
            one, other = whole.search(query, 400, mode=mode), steps.search(query, 400, mode=mode)  # type: ignore[arg-type]
            assert set(places(one)) == set(places(other))
        dense = [
            dict(
                zip(
                    places(i.search(query, 400, mode="dense")),
                    (m.score for m in i.search(query, 400, mode="dense")),
                    strict=True,
                )
            )
            for i in (whole, steps)
        ]
        assert dense[0] == pytest.approx(dense[1], abs=1e-6)


def test_a_deleted_article_is_found_by_neither_half(tmp_path: Path, news: list[Article]) -> None:
    update_index(tmp_path, ENCODER, news, [])
    index = update_index(tmp_path, ENCODER, [], ["d", "nobody"])
    assert index.passages == 4
    for mode in ("dense", "lexical", "rrf", "fused"):
        found = {match.article_id for match in index.search("ferry sank dawn", 10, mode=mode)}  # type: ignore[arg-type]
        assert "d" not in found
        assert "e" in found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ""),
        ("?!", ""),
        ("\0", ""),
        ('title:"ferry', "title ferry"),
        ("a AND (ferry OR", "a and ferry or"),
        ("+ferry -fine", "ferry fine"),
        ("id:1 OR * NOT masks", "id 1 or not masks"),
        ("published:[0 TO 9] IN [x", "published 0 to 9 in x"),
        ("x" * 2000, ""),
    ],
)
def test_no_query_is_syntax(tmp_path: Path, news: list[Article], query: str, words: str) -> None:
    index = update_index(tmp_path, ENCODER, news, [])
    assert len(index.search(query, 10)) == 5
    assert index.search(query, 10, mode="lexical") == index.search(words, 10, mode="lexical")


def test_an_index_of_another_model_is_refused_with_what_to_do(tmp_path: Path, news: list[Article]) -> None:
    update_index(tmp_path, ENCODER, news, [])
    with pytest.raises(IndexMismatchError, match=r"hashed-256.*hashed-64.*rebuild"):
        Index.open(tmp_path, HashedEncoder(64))
    with pytest.raises(IndexMismatchError):
        update_index(tmp_path, HashedEncoder(64), news, [])


def test_an_empty_folder_holds_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="askive ingest"):
        Index.open(tmp_path, ENCODER)


def test_an_index_of_nothing_answers_with_nothing(tmp_path: Path) -> None:
    index = update_index(tmp_path, ENCODER, [], [])
    assert index.passages == 0
    assert index.search("anything", 5, Filters(sources=("BBC",))) == []


def test_a_dense_half_that_cannot_be_written_is_a_typed_error(
    tmp_path: Path, news: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_index: object, path: str) -> None:
        faiss_write(faiss.IndexFlatIP(2), f"{path}/not/a/folder")

    faiss_write = faiss.write_index
    monkeypatch.setattr(faiss, "write_index", refuse)
    with pytest.raises(IndexWriteError, match=r"dense\.faiss"):
        update_index(tmp_path, ENCODER, news, [])


def test_searching_needs_no_torch() -> None:
    code = "import sys, embeddings.ingest, embeddings.search, embeddings.encoder; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
