"""One article into the tables of the store, and what it replaces set aside; the store keeps the transaction."""

from __future__ import annotations

import sqlalchemy as sa

from archive.duplicates import THRESHOLD, Signature, bands, signature, similarity
from archive.tables import ARTICLES, BANDS, REPLACED
from archive.types import Article


def known_hashes(connection: sa.Connection, ids: list[str]) -> dict[str, str]:
    """Return the content hash of those articles that are stored, by id."""
    rows = connection.execute(sa.select(ARTICLES.c.id, ARTICLES.c.hash).where(ARTICLES.c.id.in_(ids)))
    return {row.id: row.hash for row in rows}


def set_aside(connection: sa.Connection, article_id: str) -> None:
    """Keep the present version of an article that is about to be replaced."""
    present = sa.select(*(ARTICLES.c[c.name] for c in REPLACED.columns)).where(ARTICLES.c.id == article_id)
    held = sa.select(ARTICLES.c.hash).where(ARTICLES.c.id == article_id).scalar_subquery()
    connection.execute(sa.delete(REPLACED).where(REPLACED.c.id == article_id, REPLACED.c.hash == held))
    connection.execute(sa.insert(REPLACED).from_select([c.name for c in REPLACED.columns], present))


def write(connection: sa.Connection, article: Article, digest: str) -> None:
    """Put an article in the place of what is stored under its id, with its story and the bands that find copies."""
    connection.execute(sa.delete(BANDS).where(BANDS.c.article == article.id))
    connection.execute(sa.delete(ARTICLES).where(ARTICLES.c.id == article.id))
    minhash = signature(article.text)
    keys = sorted(set(bands(minhash))) if minhash is not None else []
    story = _story(connection, minhash, keys)
    if story != article.id:
        _part(connection, article.id)
    values = {
        "id": article.id,
        "hash": digest,
        "url": article.url,
        "title": article.title,
        "text": article.text,
        "published": article.published,
        "source": article.source,
        "authors": list(article.authors),
        "tags": list(article.tags),
        "language": article.language,
        "story": story or article.id,
    }
    connection.execute(sa.insert(ARTICLES).values(values))
    if keys:
        connection.execute(sa.insert(BANDS), [{"band": key, "article": article.id} for key in keys])


def _story(connection: sa.Connection, minhash: Signature | None, keys: list[int]) -> str | None:
    """The story of the nearest known copy; None where there is no copy."""
    if minhash is None:
        return None
    likely = sa.select(BANDS.c.article).where(BANDS.c.band.in_(keys)).distinct().limit(20)
    rows = connection.execute(sa.select(ARTICLES.c.text, ARTICLES.c.story).where(ARTICLES.c.id.in_(likely))).all()
    best, story = THRESHOLD, None
    for row in rows:
        other = signature(row.text)
        if other is not None and similarity(minhash, other) >= best:
            best, story = similarity(minhash, other), row.story
    return story


def _part(connection: sa.Connection, name: str) -> None:
    """Name the story that a former version of an article began after another of its articles, if it has others."""
    heir = sa.select(sa.func.min(ARTICLES.c.id)).where(ARTICLES.c.story == name).scalar_subquery()
    connection.execute(sa.update(ARTICLES).where(ARTICLES.c.story == name).values(story=heir))
