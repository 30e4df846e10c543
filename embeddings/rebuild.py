"""The index made anew from the store: for another model or chunking, or when nothing of it can be read."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

from archive.store import ArticleStore, content_hash
from embeddings import generation as gen
from embeddings.chunk import embedded_text
from embeddings.dense import Dense
from embeddings.errors import IndexMissingError, IndexWriteError
from embeddings.index import LAYOUT, SearchIndex
from embeddings.placement import HERE, Placement, writing
from embeddings.refresh import LoggedEncode, Progress
from embeddings.table import Table
from embeddings.types import Encoder
from embeddings.update import update_index
from embeddings.vectors import VectorLog, vector_key

BATCH = 256  # passages whose vectors are carried over at once


def rebuild(
    home: Path, *, encoder: Encoder, progress: Progress | None = None, placement: Placement = HERE
) -> SearchIndex:
    """Write a generation from the store alone and switch to it; the one before serves until then.

    Vectors of the same model and text are taken from the old generation, so that only what changed is encoded.
    Raises StoreError, IndexLockedError, IndexWriteError.
    """
    folder = home / "index"
    report = progress or (lambda *_: None)
    with writing(home, placement) as store:
        if placement.milvus is not None:
            from embeddings.milvus.update import refresh

            made, _ = refresh(placement.milvus, store, encoder, report, anew=True)
            if made is None:
                raise IndexMissingError(f"{home}: there is no article here yet; run `askive ingest`")
            return made
        try:
            with VectorLog(folder / "vectors.log", encoder.name, encoder.dimension) as log:
                carry_over(folder, store, encoder.name, log)
                articles = store.count()
                encode = LoggedEncode(encoder, log, report, lambda: articles)
                index: SearchIndex = update_index(folder, encoder, store.iterate(), [], encode, anew=True)
                log.discard()
        except OSError as error:
            raise IndexWriteError(f"{folder}: the index cannot be written: {error.strerror or error}") from error
    return index


def carry_over(folder: Path, store: ArticleStore, model: str, log: VectorLog) -> None:
    """Put the old generation's vectors into the log, each under the key of the text it was made from."""
    try:
        old = gen.current(folder)
    except IndexMissingError:
        return
    manifest = json.loads((old / gen.MANIFEST).read_text())
    if (manifest["model"], manifest.get("layout")) != (model, LAYOUT):
        return
    table, dense = Table.load(old), Dense(old)
    passages = zip(table.ids.tolist(), table.starts.tolist(), table.ends.tolist(), strict=True)
    while part := list(islice(passages, BATCH)):
        rows = {passage: table.article(passage) for passage, _, _ in part}
        texts = store.get_many({row.id for row in rows.values()})
        found: dict[bytes, int] = {}
        for passage, start, end in part:
            article = texts.get(rows[passage].id)
            if article is not None and content_hash(article) == rows[passage].hash:
                key = vector_key(model, embedded_text(article, article.text[start:end]))
                if key not in log:
                    found[key] = passage
        if found:
            log.add(list(found), dense.vectors(found.values()))
