"""Everything a home stands on, verified: weights, databases, articles, the files of the index, one by the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from archive.errors import AskiveError, StoreError
from archive.store import BATCH, ArticleStore, content_hash
from embeddings import generation as gen
from embeddings.encoder import load_encoder
from embeddings.errors import EncoderError, IndexCorruptError, IndexMissingError, IndexUnavailableError
from embeddings.index import Index
from embeddings.placement import HERE, Milvus, Placement, open_store
from embeddings.types import Encoder
from qa.reader.runtime import load_reader

_REBUILD = "run `askive rebuild`: it needs only the store"
_INGEST = "run `askive ingest` with any source, or `askive rebuild`: both go on from the store"
_RESTORE = "run `askive restore FILE` with your last backup"
_SHOWN = 5  # ids named in one finding


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with which part, and how to mend it."""

    part: str
    problem: str
    mend: str


def check(home: Path, model: str | None = None, placement: Placement = HERE) -> list[Finding]:
    """Verify a home and the models it needs; return what is wrong. Nothing is changed, writers may go on meanwhile."""
    found = list(_weights())
    try:
        return [*found, *check_home(home, load_encoder(model, home / "models"), placement)]
    except EncoderError as error:
        return [*found, Finding("encoder", str(error), "reinstall its package, or name a model that is here")]


def check_home(home: Path, encoder: Encoder, placement: Placement = HERE) -> list[Finding]:
    """Verify what a home holds, with the encoder that its index is to be searched with."""
    found = list(_databases(home))
    kept = "store.url" if placement.store else "articles.sqlite"
    try:
        store = open_store(home, placement)
    except StoreError as error:
        return [*found, Finding(kept, str(error), _RESTORE)]
    try:
        hashes = store.hashes()
        found += _articles(store, hashes, kept)
        if placement.milvus is not None:
            found += _in_milvus(placement.milvus, encoder, store, hashes)
        else:
            found += _generations(home / "index")
            found += _serving(home / "index", encoder, store, hashes)
    except StoreError as error:
        found.append(Finding(kept, str(error), _RESTORE))
    finally:
        store.close()
    return found


def _weights() -> Iterator[Finding]:
    try:
        load_reader()
    except AskiveError as error:
        yield Finding("reader", str(error), "reinstall askive")


def _databases(home: Path) -> Iterator[Finding]:
    for path in sorted(home.glob("*.sqlite")):
        try:
            with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as database:
                told = [row[0] for row in database.execute(f"PRAGMA integrity_check({_SHOWN})")]
        except sqlite3.Error as error:
            told = [str(error)]
        if told != ["ok"]:
            yield Finding(path.name, "; ".join(told), _RESTORE)


def _articles(store: ArticleStore, hashes: dict[str, str], kept: str) -> Iterator[Finding]:
    """Is every article what it was when it was stored?"""
    changed = [article.id for article in store.iterate(hashes) if content_hash(article) != hashes[article.id]]
    if changed:
        problem = f"{_named(changed)} no longer match their checksums"
        yield Finding(kept, problem, f"ingest their sources again, or {_RESTORE}")


def _generations(index: Path) -> Iterator[Finding]:
    name = gen.named(index)
    if name is None and index.is_dir():
        yield Finding("index/CURRENT", "is missing or damaged", _REBUILD)
    for generation in sorted(index.glob("gen-*")):
        try:
            gen.verify(generation)
        except IndexCorruptError as error:
            if generation.name == name:
                yield Finding(f"index/{generation.name}", f"{error}; the one before serves, if it is whole", _REBUILD)
            elif (
                generation / gen.MANIFEST
            ).exists():  # else one that is being written, or was when its writer was killed
                mend = "nothing to do: the next ingest drops it; until then there is no second copy of the index"
                yield Finding(f"index/{generation.name}", str(error), mend)


def _in_milvus(place: Milvus, encoder: Encoder, store: ArticleStore, hashes: dict[str, str]) -> Iterator[Finding]:
    from embeddings.milvus.index import MilvusIndex

    try:
        index = MilvusIndex(place, store, encoder)
        faults = index.faults()
    except IndexUnavailableError as error:
        yield Finding("index", str(error), "start it, or name the one that runs in index.uri")
        return
    except AskiveError as error:
        yield Finding("index", str(error), _REBUILD)
        return
    for fault in faults:
        yield Finding("index", fault, _REBUILD)
    yield from _differing(index.articles(), hashes)


def _differing(indexed: dict[str, str], hashes: dict[str, str]) -> Iterator[Finding]:
    late = [i for i, digest in hashes.items() if indexed.get(i) != digest]
    if late:
        yield Finding("index", f"{_named(late)} are stored but not, or differently, indexed", _INGEST)
    if gone := [i for i in indexed if i not in hashes]:
        yield Finding("index", f"{_named(gone)} are indexed but deleted; no search shows them", _INGEST)


def _serving(folder: Path, encoder: Encoder, store: ArticleStore, hashes: dict[str, str]) -> Iterator[Finding]:
    """Is the index that serves sound, and does it hold what the store holds?"""
    try:
        index = Index.open(folder, encoder)
    except IndexMissingError as error:
        if hashes:
            yield Finding("index", str(error), _INGEST)
        return
    except AskiveError as error:
        yield Finding("index", str(error), _REBUILD)
        return
    for fault in index.faults():
        yield Finding(f"index/{index.generation}", fault, _REBUILD)
    indexed, spans = index.articles(), index.spans()
    yield from _differing(indexed, hashes)
    ids = iter(sorted(i for i in indexed if hashes.get(i) == indexed[i]))
    short = []
    while part := list(islice(ids, BATCH)):
        texts = store.versions({i: indexed[i] for i in part})
        short += [i for i in part if i in texts and len(texts[i].text) < spans[i]]
    if short:
        yield Finding(f"index/{index.generation}", f"{_named(short)} are shorter than their passages say", _REBUILD)


def _named(ids: list[str]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return f"{len(ids)} article{'s' if len(ids) > 1 else ''} ({', '.join(ids[:_SHOWN])}{more})"
