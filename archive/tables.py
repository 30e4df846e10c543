"""The tables of the store; `archive/migrations` makes them."""

from __future__ import annotations

import sqlalchemy as sa

_META = sa.MetaData()
ARTICLES = sa.Table(
    "articles",
    _META,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("hash", sa.String(32)),
    sa.Column("url", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("published", sa.Date),
    sa.Column("source", sa.Text),
    sa.Column("authors", sa.JSON),
    sa.Column("tags", sa.JSON),
    sa.Column("language", sa.String(16)),
    sa.Column("story", sa.String(16)),
)
# What ARTICLES held before an update, for readers of an index that was built on it.
REPLACED = sa.Table("replaced", _META, *(sa.Column(c.name, c.type) for c in ARTICLES.columns if c.name != "story"))
BANDS = sa.Table("bands", _META, sa.Column("band", sa.BigInteger), sa.Column("article", sa.String(16)))
