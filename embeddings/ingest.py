"""Sources into the store and, meanwhile, the store into the index; again adds nothing, and a killed run goes on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import SourceError
from archive.fetch import Fetching
from archive.types import Article, ReadFailure
from embeddings.placement import HERE, Placement, writing
from embeddings.refresh import Progress, refresh_index
from embeddings.types import Encoder


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, in articles but for `passages`; `articles` and `passages` are what the index now holds."""

    articles: int
    passages: int
    added: int
    updated: int
    unchanged: int
    removed: int
    failed: tuple[ReadFailure, ...]
    undated: int
    seconds: float


def ingest(
    sources: Iterable[str | Path],
    home: Path,
    *,
    encoder: Encoder,
    format: str | None = None,
    fields: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    fetching: Fetching = Fetching(),  # noqa: B008
    placement: Placement = HERE,
) -> IngestReport:
    """Read sources into the home's store (or the one of `placement`), then bring its index up to date.

    An article is committed before it is indexed, and indexed while others are still being read. The index is compared
    with the store each time: what a killed run had stored but not indexed is indexed by the next one. A source that
    cannot be read is a failure in the report; the others are kept. Raises StoreError, IndexLockedError,
    IndexMismatchError, IndexWriteError.
    """
    began = time.monotonic()
    report = progress or (lambda *_: None)
    failed: list[ReadFailure] = []
    undated = 0
    seen: set[str] = set()

    def articles() -> Iterator[Article]:
        nonlocal undated
        for number, item in enumerate(_all(sources, format, fields, fetching), 1):
            report("read", number, 0)
            if isinstance(item, ReadFailure):
                failed.append(item)
                continue
            if item.id in seen:  # one id twice in one ingest: the first is kept, or each run would replace it again
                continue
            seen.add(item.id)
            undated += item.published is None
            yield item

    with writing(home, placement) as store:
        done = refresh_index(home, store, encoder, report, placement, articles())
    return IngestReport(
        done.index.article_count if done.index else 0,
        done.index.passages if done.index else 0,
        done.added,
        done.updated,
        done.unchanged,
        done.removed,
        tuple(failed),
        undated,
        round(time.monotonic() - began, 3),
    )


def _all(
    sources: Iterable[str | Path], format: str | None, fields: Mapping[str, str] | None, fetching: Fetching
) -> Iterator[Article | ReadFailure]:
    from archive.read import read  # the parsers of every format, which a service never needs

    for source in sources:
        try:
            yield from read(source, format, fields, fetching)
        except SourceError as error:
            yield ReadFailure(str(source), str(error))
