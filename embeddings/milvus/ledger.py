"""Which version of which article a collection holds, kept beside the articles: a change is seen whole or not at all.

Milvus has no transactions. New versions are noted here as not live, then their passages are put there, then the ledger
switches to them in one transaction, then the old ones are taken out. A search leaves out what the ledger does not call
live, so it never sees half a change. What a kill can leave in Milvus is named here before it is there: the next writer
takes passages out that are not live, drops a collection that serves no more, and goes on with one that is half filled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from archive.database import reason
from archive.errors import StoreError
from archive.store import ArticleStore
from archive.tables import ARTICLES, REPLACED

_META = sa.MetaData()
_INDEXES = sa.Table(
    "indexes",
    _META,
    sa.Column("name", sa.String(64)),
    sa.Column("collection", sa.String(128)),
    sa.Column("model", sa.Text),
    sa.Column("chunking", sa.Text),
    sa.Column("generation", sa.BigInteger),
)
_INDEXED = sa.Table(
    "indexed",
    _META,
    sa.Column("collection", sa.String(128)),
    sa.Column("article", sa.String(16)),
    sa.Column("hash", sa.String(32)),
    sa.Column("passages", sa.Integer),
    sa.Column("live", sa.Boolean),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A collection that serves under a name, or is to; `generation` counts the changes to what serves."""

    collection: str
    model: str
    chunking: str
    generation: int


@dataclass(frozen=True, slots=True)
class Version:
    """An article as a collection holds it: its content hash and in how many passages."""

    article: str
    hash: str
    passages: int


class Ledger:
    """The ledger of a store's database. Every method raises StoreError when that cannot be reached."""

    def __init__(self, store: ArticleStore) -> None:
        self._engine = store.engine

    def entry(self, name: str) -> Entry | None:
        """Return the collection that serves under a name."""
        with self._reaching() as connection:
            return _entry(connection, name)

    def filling(self, name: str) -> Entry | None:
        """Return the collection that is to serve under a name when it is whole."""
        with self._reaching() as connection:
            return _entry(connection, _beside(name, "filling"))

    def outgoing(self, name: str) -> Entry | None:
        """Return the collection that served under a name and is to be dropped."""
        with self._reaching() as connection:
            return _entry(connection, _beside(name, "outgoing"))

    def begin(self, name: str, entry: Entry) -> None:
        """Note the collection that is filled from now on, as empty, in place of another that was."""
        with self._reaching() as connection:
            connection.execute(sa.delete(_INDEXED).where(_INDEXED.c.collection == entry.collection))
            connection.execute(sa.delete(_INDEXES).where(_INDEXES.c.name == _beside(name, "filling")))
            connection.execute(sa.insert(_INDEXES).values(name=_beside(name, "filling"), **asdict(entry)))

    def publish(self, name: str, entry: Entry) -> None:
        """Let a collection serve under a name, filling no more, and note the one that did until now as outgoing."""
        with self._reaching() as connection:
            before = _entry(connection, name)
            same = sa.or_(_INDEXES.c.name == name, _INDEXES.c.collection == entry.collection)
            connection.execute(sa.delete(_INDEXES).where(same))
            connection.execute(sa.insert(_INDEXES).values(name=name, **asdict(entry)))
            if before is not None and before.collection != entry.collection:
                connection.execute(sa.insert(_INDEXES).values(name=_beside(name, "outgoing"), **asdict(before)))

    def forget(self, collection: str) -> None:
        """Drop all that is written about a collection."""
        with self._reaching() as connection:
            for table in (_INDEXED, _INDEXES):
                connection.execute(sa.delete(table).where(table.c.collection == collection))

    def counts(self, collection: str) -> tuple[int, int]:
        """Return how many articles and passages are live."""
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_INDEXED.c.passages), 0))
        with self._reaching() as connection:
            articles, passages = connection.execute(query.where(_live(collection))).one()
        return int(articles), int(passages)

    def hashes(self, collection: str, articles: Iterable[str] | None = None) -> dict[str, str]:
        """Return the content hash of each article that is live, all or those named."""
        query = sa.select(_INDEXED.c.article, _INDEXED.c.hash).where(_live(collection))
        if articles is not None:
            query = query.where(_INDEXED.c.article.in_(list(articles)))
        with self._reaching() as connection:
            return {row.article: row.hash for row in connection.execute(query)}

    def replaced(self, collection: str) -> dict[str, str]:
        """Return the hash of what is live of the articles whose replaced versions are kept."""
        query = sa.select(_INDEXED.c.article, _INDEXED.c.hash).where(_live(collection))
        with self._reaching() as connection:
            rows = connection.execute(query.where(_INDEXED.c.article.in_(sa.select(REPLACED.c.id))))
            return {row.article: row.hash for row in rows}

    def stale(self, collection: str, limit: int, after: str = "") -> list[str]:
        """Return the ids, after one, of at most `limit` stored articles that are not live as they are stored."""
        query = sa.select(ARTICLES.c.id).where(ARTICLES.c.id > after, _stale(collection))
        query = query.order_by(ARTICLES.c.id).limit(limit)
        with self._reaching() as connection:
            return list(connection.scalars(query))

    def stale_count(self, collection: str) -> int:
        query = sa.select(sa.func.count()).select_from(ARTICLES).where(_stale(collection))
        with self._reaching() as connection:
            return connection.scalar(query) or 0

    def gone(self, collection: str, limit: int) -> list[str]:
        """Return at most `limit` ids that are live but stored no more."""
        missing = ~sa.exists().where(ARTICLES.c.id == _INDEXED.c.article)
        query = sa.select(_INDEXED.c.article).where(_live(collection), missing).limit(limit)
        with self._reaching() as connection:
            return list(connection.scalars(query))

    def note(self, collection: str, versions: Iterable[Version]) -> None:
        """Write versions down as not live, before their passages are put: a killed writer leaves none unnamed."""
        noted = {(v.article, v.hash): v for v in versions}
        with self._reaching() as connection:
            of = sa.and_(
                _INDEXED.c.collection == collection, _INDEXED.c.article.in_({v.article for v in noted.values()})
            )
            for row in connection.execute(sa.select(_INDEXED.c.article, _INDEXED.c.hash).where(of)):
                noted.pop((row.article, row.hash), None)
            if noted:
                values = {"collection": collection, "live": False}
                connection.execute(sa.insert(_INDEXED), [{**values, **asdict(v)} for v in noted.values()])

    def switch(self, collection: str, removed: Iterable[str], added: Iterable[Version] = ()) -> None:
        """Call versions live, and every other of the same articles and of those removed dead, in one transaction."""
        added = list(added)
        articles = [*removed, *(version.article for version in added)]
        with self._reaching() as connection:
            of = sa.and_(_INDEXED.c.collection == collection, _INDEXED.c.article.in_(articles))
            connection.execute(sa.update(_INDEXED).where(of).values(live=False))
            for version in added:
                one = sa.and_(of, _INDEXED.c.article == version.article, _INDEXED.c.hash == version.hash)
                connection.execute(sa.delete(_INDEXED).where(one))
            if added:
                values = {"collection": collection, "live": True}
                connection.execute(sa.insert(_INDEXED), [{**values, **asdict(version)} for version in added])

    def dead(self, collection: str, limit: int) -> list[Version]:
        """Return at most `limit` versions whose passages are to be taken out of the collection."""
        query = sa.select(_INDEXED).where(_INDEXED.c.collection == collection, _INDEXED.c.live.is_(False)).limit(limit)
        with self._reaching() as connection:
            return [Version(row.article, row.hash, row.passages) for row in connection.execute(query)]

    def bury(self, collection: str, versions: Iterable[Version]) -> None:
        """Forget dead versions whose passages are out."""
        with self._reaching() as connection:
            for version in versions:
                one = (_INDEXED.c.article == version.article, _INDEXED.c.hash == version.hash)
                query = sa.delete(_INDEXED).where(_INDEXED.c.collection == collection, *one)
                connection.execute(query.where(_INDEXED.c.live.is_(False)))

    @contextmanager
    def _reaching(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"what is indexed cannot be looked up or written: {reason(error)}") from error


def _entry(connection: sa.Connection, name: str) -> Entry | None:
    row = connection.execute(sa.select(_INDEXES).where(_INDEXES.c.name == name)).first()
    return Entry(row.collection, row.model, row.chunking, row.generation) if row else None


def _beside(name: str, role: str) -> str:
    """Return the key of a row beside that of a name: none that an index may have, and no longer than the column."""
    return f"{role}:{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"


def _stale(collection: str) -> Any:
    same = sa.and_(_INDEXED.c.article == ARTICLES.c.id, _INDEXED.c.hash == ARTICLES.c.hash)
    return ~sa.exists().where(_live(collection), same)


def _live(collection: str) -> Any:
    return sa.and_(_INDEXED.c.collection == collection, _INDEXED.c.live.is_(True))
