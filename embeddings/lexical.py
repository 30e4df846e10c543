"""The lexical half of an index: BM25 by tantivy, with every filter inside the query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy

from archive.types import Article
from embeddings.types import Filters, Passage
from embeddings.words import STOPWORDS

TITLE_BOOST = 0.5  # a title's words are in most of its passages too; chosen on the first half of news-2022
# Of two words of meaning side by side in the question, as a phrase ("Jack Ma", "test kits"). On the first half of
# news-2022 MRR@10 is 0.801 with it and 0.797 without where `as_of` is withheld, 0.797 and 0.795 where it is told.
PAIR_BOOST = 0.25
# A stop word in more than this share of the passages is left out of a question: "the" among a million passages is
# most of the time of a search and next to none of its scores (docs/decisions/0057-words-left-out.md).
COMMON = 0.6
_WORD = re.compile(r"[^\W_]+")
_MAX_WORDS = 64  # a question has at most 2,000 characters; more words only slow the search
_WRITER_BYTES = 64 << 20


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name="en_stem")
    builder.add_text_field("body", tokenizer_name="en_stem")
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("tags", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    return builder.build()


SCHEMA = _schema()
# What the schema's `en_stem` does to a field, for queries that are not parsed.
STEMMER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    .filter(tantivy.Filter.remove_long(40))
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)


class LexicalChange:
    """What is to be changed, in order: what is removed before it is added anew stays."""

    def __init__(self, writer: tantivy.IndexWriter) -> None:
        self._writer = writer

    def remove(self, articles: Iterable[str]) -> None:
        """Remove all passages of articles that were added before."""
        for article_id in articles:
            self._writer.delete_documents_by_term("article", article_id)

    def add(self, article: Article, passages: Iterable[Passage]) -> None:
        for passage in passages:
            self._writer.add_document(_document(passage, article))

    def commit(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()


class LexicalIndex:
    """Passages by their words. `folder` must exist; an empty one becomes an empty index."""

    def __init__(self, folder: Path) -> None:
        try:
            self._index = tantivy.Index(SCHEMA, path=str(folder))
        except ValueError:  # the folder may only be read: no lock file can be put into it
            self._linked = _linked(folder)
            self._index = tantivy.Index(SCHEMA, path=self._linked.name)
        self._searcher = self._index.searcher()

    @contextmanager
    def changing(self) -> Iterator[LexicalChange]:
        """Change passages; all changes are committed at once at the end of the block. Raises OSError."""
        try:
            change = LexicalChange(self._index.writer(_WRITER_BYTES, 1))
            yield change
            change.commit()
        except ValueError as error:  # how tantivy says that a file cannot be written
            raise OSError(f"the lexical index: {error}") from error
        self._index.reload()
        self._searcher = self._index.searcher()

    def count(self) -> int:
        """Return how many passages it holds."""
        return int(self._searcher.num_docs)

    def search(
        self,
        text: str,
        k: int,
        filters: Filters,
        title_boost: float = TITLE_BOOST,
        pair_boost: float = 0.0,
    ) -> list[tuple[int, float]]:
        """Return (passage id, BM25) of at most k passages, best first. No text is ever read as query syntax.

        With `pair_boost` the BM25 of every two neighbouring words of the text as a phrase is added, times the boost.
        """
        words = [word.lower() for word in _WORD.findall(text)[:_MAX_WORDS]]
        if not words:
            return []
        said = [word for word in words if not self._says_nothing(word)] or words
        asked = self._index.parse_query(" ".join(said), ["body", "title"], field_boosts={"title": title_boost})
        parts = [(tantivy.Occur.Should, asked)]
        if pair_boost:
            parts += [(tantivy.Occur.Should, tantivy.Query.boost_query(pair, pair_boost)) for pair in _pairs(words)]
        wanted = [(tantivy.Occur.Must, tantivy.Query.boolean_query(parts))]
        wanted += [(tantivy.Occur.Must, part) for part in _conditions(filters)]
        hits = self._searcher.search(tantivy.Query.boolean_query(wanted), k, count=False).hits
        return [(self._searcher.doc(address)["id"][0], float(score)) for score, address in hits]

    def _says_nothing(self, word: str) -> bool:
        if word not in STOPWORDS:
            return False
        return self._searcher.doc_freq("body", STEMMER.analyze(word)[0]) > COMMON * self.count()


def _pairs(words: list[str]) -> Iterator[tantivy.Query]:
    """Phrase queries of neighbouring words that both carry meaning."""
    for left, right in pairwise(words):
        if left not in STOPWORDS and right not in STOPWORDS:
            terms: list[str | tuple[int, str]] = [*STEMMER.analyze(f"{left} {right}")]
            if len(terms) == 2:
                yield tantivy.Query.phrase_query(SCHEMA, "body", terms)


def _linked(folder: Path) -> TemporaryDirectory[str]:
    """A folder of links to an index that may only be read, for tantivy's lock file to be beside them."""
    place = TemporaryDirectory(prefix="askive-lexical-")
    for file in (file for file in folder.iterdir() if file.suffix != ".lock"):
        Path(place.name, file.name).symlink_to(file.resolve())
    return place


def _document(passage: Passage, article: Article) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("id", passage.id)
    document.add_text("article", article.id)
    document.add_text("title", article.title)
    document.add_text("body", passage.text)
    if article.source:
        document.add_text("source", article.source)
    for tag in article.tags:
        document.add_text("tags", tag)
    if article.published:
        document.add_integer("published", article.published.toordinal())
    return document


def _conditions(filters: Filters) -> Iterable[tantivy.Query]:
    if filters.published_from or filters.published_to:
        first = filters.published_from.toordinal() if filters.published_from else 0
        last = filters.published_to.toordinal() if filters.published_to else 4_000_000
        yield tantivy.Query.range_query(SCHEMA, "published", tantivy.FieldType.Integer, first, last)
    for field, values in (("source", filters.sources), ("tags", filters.tags)):
        if values:
            terms = [(tantivy.Occur.Should, tantivy.Query.term_query(SCHEMA, field, value)) for value in values]
            yield tantivy.Query.boolean_query(terms)
