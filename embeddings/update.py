"""A new generation of an index out of the one before and what changed, as a stream: articles are cut ahead in a thread
while passages are encoded, and what is encoded is handed to both halves at once, so that no archive is held in memory.
"""

from __future__ import annotations

import json
import shutil
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np

from archive.store import content_hash
from archive.types import Article
from embeddings import generation as gen
from embeddings.ahead import ahead
from embeddings.chunk import CHUNKING, embedded_text, split
from embeddings.dense import DenseWriter
from embeddings.errors import IndexMissingError, IndexWriteError
from embeddings.index import LAYOUT, Index, check_match
from embeddings.lexical import LexicalIndex
from embeddings.table import COLUMNS, Row, Table
from embeddings.types import Encoder, Passage, Vectors

WINDOW = 2048  # passages that are encoded together: sorted by length, little of them is padding
FIRST_WINDOW = 256  # encoding begins after so many; each window after is twice the one before
Encode = Callable[[list[str], int], Vectors]  # texts, and of how many articles they are all the passages
Cut = tuple[Article, list[Passage], list[str]]  # of one article; what is encoded of each passage


def update_index(
    folder: Path,
    encoder: Encoder,
    added: Iterable[Article],
    removed: Iterable[str],
    encode: Encode | None = None,
    *,
    anew: bool = False,
) -> Index:
    """Write a new generation with articles added (or replaced) and removed, switch to it, and open it.

    The old generation's vectors and words are kept, so the cost is that of the change and of copying files.
    `encode` embeds the texts of whole articles (default: by the encoder alone), for progress and a cache of vectors.
    `anew` builds on nothing instead of on the generation that serves.
    """
    old: Path | None = None
    if not anew:
        with suppress(IndexMissingError):
            old = gen.current(folder)
    fresh = gen.next_folder(folder)
    try:
        _build(old, fresh, encoder, added, set(removed), encode or (lambda texts, _: encoder.encode(texts)))
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise IndexWriteError(f"{folder}: the index cannot be written: {error.strerror or error}") from error
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return Index(fresh, encoder)


def _build(
    old: Path | None, fresh: Path, encoder: Encoder, added: Iterable[Article], gone: set[str], encode: Encode
) -> None:
    if old is None:
        table = Table.empty()
        (fresh / "lexical").mkdir()
    else:
        check_match(json.loads((old / gen.MANIFEST).read_text()), encoder, old)
        table = Table.load(old)
        shutil.copytree(old / "lexical", fresh / "lexical", ignore=shutil.ignore_patterns("*.lock"))
    dense = DenseWriter(fresh, encoder.dimension, old)
    rows: list[Row] = []
    columns = {name: array("q") for name in COLUMNS}
    first = int(table.ids[-1]) + 1 if len(table.ids) else 1
    with LexicalIndex(fresh / "lexical").changing() as lexical:
        lexical.remove(gone)
        for window in _windows(ahead(_cut(added, first))):
            passages = [passage for _, cut, _ in window for passage in cut]
            if passages:
                vectors = encode([text for _, _, texts in window for text in texts], len(window))
                dense.add(np.array([p.id for p in passages], dtype=np.int64), vectors)
            for article, cut, _ in window:
                gone.add(article.id)
                lexical.remove([article.id])
                lexical.add(article, cut)
                for passage in cut:
                    for name, value in zip(COLUMNS, (passage.id, len(rows), passage.start, passage.end), strict=True):
                        columns[name].append(value)
                rows.append(_row(article))
    dense.remove(table.ids[~table.kept(gone)[table.rows]])
    table = table.changed(gone, rows, columns)
    kind = dense.write()
    table.save(fresh)
    versions = {name: version(name) for name in ("faiss-cpu", "tantivy", "numpy")}
    manifest = {"layout": LAYOUT, "model": encoder.name, "chunking": CHUNKING, "versions": versions, "dense": kind}
    gen.publish(fresh, {**manifest, "articles": len(table), "passages": len(table.ids)}, old)


def _cut(articles: Iterable[Article], first: int) -> Iterator[Cut]:
    """Yield articles with their passages, numbered from `first`, and what is encoded of each."""
    for article in articles:
        passages = [
            Passage(first + number, article.id, article.text[start:end], start, end)
            for number, (start, end) in enumerate(split(article))
        ]
        first += len(passages)
        yield article, passages, [embedded_text(article, passage.text) for passage in passages]


def _windows(cuts: Iterable[Cut]) -> Iterator[list[Cut]]:
    """Yield whole articles, of at least FIRST_WINDOW passages, then twice as many up to WINDOW; the last has fewer."""
    window: list[Cut] = []
    held, wanted = 0, FIRST_WINDOW
    for cut in cuts:
        window.append(cut)
        held += len(cut[1])
        if held >= wanted:
            yield window
            window, held, wanted = [], 0, min(2 * wanted, WINDOW)
    if window:
        yield window


def _row(article: Article) -> Row:
    day = article.published.toordinal() if article.published else 0
    return Row(article.id, content_hash(article), day, article.source, article.tags)
