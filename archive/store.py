"""Where articles are kept: SQLAlchemy on SQLite (WAL) by default, PostgreSQL by URL."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from archive.database import forget, open_database, reason, shown
from archive.errors import CursorError, StoreError
from archive.postgres import writer_place
from archive.tables import ARTICLES, BANDS, REPLACED
from archive.types import Article
from archive.writing import known_hashes, set_aside, write

BATCH = 200  # articles a transaction: little is lost to a kill, little is spent on commits


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """Ids by what happened to them."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, newest first; `next_cursor` is None on the last."""

    articles: tuple[Article, ...]
    next_cursor: str | None


class ArticleStore:
    """Articles by id, with their content hash and the story each belongs to (near-duplicates share one)."""

    def __init__(self, location: str | Path) -> None:
        self._location = shown(location)
        self._engine = open_database(location)

    def writer_place(self) -> AbstractContextManager[bool]:
        """Hold the one writer's place of a database that several machines share; says whether it was free."""
        return writer_place(self._engine)

    @property
    def engine(self) -> sa.Engine:
        """The database, for tables that are kept beside the articles."""
        return self._engine

    def upsert(self, articles: Iterable[Article]) -> UpsertResult:
        """Add or replace articles, committed in batches; an article whose content is the same is left alone."""
        batches = [astuple(batch) for batch in self.upsert_batches(articles)]
        return UpsertResult(*(tuple(chain.from_iterable(ids)) for ids in zip(*batches, strict=True)))

    def upsert_batches(self, articles: Iterable[Article]) -> Iterator[UpsertResult]:
        """As `upsert`, telling of each batch when it is committed; what is not asked for is not read."""
        iterator = iter(articles)
        while batch := {a.id: a for a in islice(iterator, BATCH)}:
            added: list[str] = []
            updated: list[str] = []
            unchanged: list[str] = []
            try:
                with self._engine.begin() as connection:
                    known = known_hashes(connection, list(batch))
                    for article in batch.values():
                        digest = content_hash(article)
                        if known.get(article.id) == digest:
                            unchanged.append(article.id)
                            continue
                        if article.id in known:
                            set_aside(connection, article.id)
                        (updated if article.id in known else added).append(article.id)
                        write(connection, article, digest)
            except SQLAlchemyError as error:
                raise StoreError(f"{self._location}: articles cannot be written: {reason(error)}") from error
            yield UpsertResult(tuple(added), tuple(updated), tuple(unchanged))

    def delete(self, ids: Iterable[str]) -> int:
        """Delete articles, all or none, and overwrite where they stood; returns how many there were."""
        wanted = iter(list(ids))
        gone = 0
        try:
            with self._engine.begin() as connection:
                while part := list(islice(wanted, BATCH)):
                    connection.execute(sa.delete(BANDS).where(BANDS.c.article.in_(part)))
                    connection.execute(sa.delete(REPLACED).where(REPLACED.c.id.in_(part)))
                    gone += int(connection.execute(sa.delete(ARTICLES).where(ARTICLES.c.id.in_(part))).rowcount)
            forget(self._engine)
        except SQLAlchemyError as error:
            raise StoreError(f"{self._location}: articles cannot be deleted: {reason(error)}") from error
        return gone

    def get(self, article_id: str) -> Article | None:
        return self.get_many([article_id]).get(article_id)

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        rows = self._rows(sa.select(ARTICLES).where(ARTICLES.c.id.in_(list(ids))))
        return {row.id: _article(row) for row in rows}

    def versions(self, hashes: Mapping[str, str]) -> dict[str, Article]:
        """Return articles as they were at these content hashes (by id), as far as they are still kept."""
        found: dict[str, Article] = {}
        for table in (ARTICLES, REPLACED):
            rows = self._rows(sa.select(table).where(table.c.id.in_([i for i in hashes if i not in found])))
            found |= {row.id: _article(row) for row in rows if row.hash == hashes[row.id]}
            if len(found) == len(hashes):
                break
        return found

    def forget_replaced(self, keep: Mapping[str, str]) -> None:
        """Drop the versions that updates replaced, but those of these content hashes (by id)."""
        rows = self._rows(sa.select(REPLACED.c.id, REPLACED.c.hash))
        old = [(row.id, row.hash) for row in rows if keep.get(row.id) != row.hash]
        if old:
            try:
                with self._engine.begin() as connection:
                    one = sa.and_(REPLACED.c.id == sa.bindparam("i"), REPLACED.c.hash == sa.bindparam("h"))
                    connection.execute(sa.delete(REPLACED).where(one), [{"i": i, "h": h} for i, h in old])
            except SQLAlchemyError as error:
                raise StoreError(f"{self._location}: articles cannot be deleted: {reason(error)}") from error

    def hashes(self) -> dict[str, str]:
        """Return the content hash of every article by id."""
        return {row.id: row.hash for row in self._rows(sa.select(ARTICLES.c.id, ARTICLES.c.hash))}

    def iterate(self, ids: Iterable[str] | None = None, batch: int = BATCH) -> Iterator[Article]:
        """Yield articles (all, or those of `ids`) in order of id, a batch in memory at a time."""
        wanted = iter(sorted(ids) if ids is not None else sorted(self.hashes()))
        while part := list(islice(wanted, batch)):
            found = self.get_many(part)
            yield from (found[i] for i in part if i in found)

    def page(
        self,
        *,
        published_from: date | None = None,
        published_to: date | None = None,
        source: str | None = None,
        tag: str | None = None,
        undated: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """List articles newest first (undated last, or alone) after `cursor`; CursorError for one that is not ours."""
        query = sa.select(ARTICLES).order_by(sa.func.coalesce(ARTICLES.c.published, date.min).desc(), ARTICLES.c.id)
        if published_from:
            query = query.where(ARTICLES.c.published >= published_from)
        if published_to:
            query = query.where(ARTICLES.c.published <= published_to)
        if undated:
            query = query.where(ARTICLES.c.published.is_(None))
        if source:
            query = query.where(ARTICLES.c.source == source)
        if tag:
            tags = sa.cast(ARTICLES.c.tags, sa.Text)  # LIKE would find POLITICS where politics is asked, on SQLite
            query = query.where(sa.func.replace(tags, json.dumps(tag), "") != tags)
        if cursor:
            query = query.where(_after(cursor))
        rows = self._rows(query.limit(limit + 1))
        articles = tuple(_article(row) for row in rows[:limit])
        last = articles[-1] if articles else None
        more = len(rows) > limit and last is not None
        return Page(articles, f"{(last.published or date.min).toordinal()}_{last.id}" if more and last else None)

    def count(self) -> int:
        return int(self._rows(sa.select(sa.func.count()).select_from(ARTICLES))[0][0])

    def sources(self) -> list[str]:
        """Return the distinct sources, most frequent first."""
        count = sa.func.count().desc()
        query = sa.select(ARTICLES.c.source).where(ARTICLES.c.source.is_not(None)).group_by(ARTICLES.c.source)
        return [row.source for row in self._rows(query.order_by(count, ARTICLES.c.source))]

    def months(self) -> list[tuple[str, int]]:
        """Return ("YYYY-MM", how many articles), oldest first."""
        month = sa.func.substr(sa.cast(ARTICLES.c.published, sa.Text), 1, 7).label("month")
        query = sa.select(month, sa.func.count()).where(ARTICLES.c.published.is_not(None)).group_by(month)
        return [(row[0], int(row[1])) for row in self._rows(query.order_by(month))]

    def copies(self, article_id: str, as_of: date | None = None) -> list[Article]:
        """Return the other articles of the same story that were published by `as_of` (or at all), oldest first."""
        story = sa.select(ARTICLES.c.story).where(ARTICLES.c.id == article_id).scalar_subquery()
        query = sa.select(ARTICLES).where(ARTICLES.c.story == story, ARTICLES.c.id != article_id)
        if as_of is not None:
            query = query.where(ARTICLES.c.published <= as_of)
        return [_article(row) for row in self._rows(query.order_by(ARTICLES.c.published, ARTICLES.c.id))]

    def story(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the story of each article: the id of the first of its near-duplicates, or its own."""
        rows = self._rows(sa.select(ARTICLES.c.id, ARTICLES.c.story).where(ARTICLES.c.id.in_(list(ids))))
        return {row.id: row.story for row in rows}

    def close(self) -> None:
        self._engine.dispose()

    def _rows(self, query: Any) -> Sequence[Any]:
        try:
            with self._engine.connect() as connection:
                return connection.execute(query).all()
        except SQLAlchemyError as error:
            raise StoreError(f"{self._location}: the store cannot be read: {reason(error)}") from error


def content_hash(article: Article) -> str:
    """Return 32 hex digits of everything the article says; any change of it changes the hash."""
    parts = [article.url or "", article.title, article.text, str(article.published), article.source or ""]
    parts += [*article.authors, "\1", *article.tags, article.language or ""]
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _after(cursor: str) -> Any:
    """What comes after a cursor, which is a day as ordinal and an id."""
    day, _, last = cursor.partition("_")
    if not (day.isdecimal() and last):
        raise CursorError(f"{cursor!r} is no cursor of this listing")
    published = date.fromordinal(min(max(1, int(day[:8])), date.max.toordinal()))
    when = sa.func.coalesce(ARTICLES.c.published, date.min)
    return sa.or_(when < published, sa.and_(when == published, ARTICLES.c.id > last))


def _article(row: Any) -> Article:
    return Article(
        row.id,
        row.url,
        row.title,
        row.text,
        row.published,
        row.source,
        tuple(row.authors),
        tuple(row.tags),
        row.language,
    )
