"""How cost grows with the archive: the same questions on more and more articles.

Past the real articles there are copies with changed words. Their passages are not encoded, which would only take the
passages a second of the encoder: their vectors are those of the original with noise, put where an ingest that was
killed leaves what it had encoded. All else of an ingest is what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from archive.store import ArticleStore
from embeddings.chunk import embedded_text, split
from embeddings.encoder import load_encoder
from embeddings.rebuild import carry_over
from embeddings.types import Encoder, Vectors
from embeddings.vectors import VectorLog, vector_key
from eval.bench.clients import one_client
from eval.bench.process import run
from eval.bench.record import Round, medians
from eval.bench.sample import Row, articles, grown, write
from eval.types import EvalQuestion

NOISE = 0.5  # length of what is added to a vector of length 1: the cosine to the original is 0.89
BATCH = 256


def grow(real: list[Row], count: int, home: Path, questions: Sequence[EvalQuestion], models: Path, runs: int) -> Round:
    """Return what an ingest of `count` articles took without encoding, and a service over them, started `runs` times.

    `home` holds the real articles, already encoded; `models` Askive's exported model.
    """
    encoder = load_encoder(cache=models)
    with TemporaryDirectory(prefix="askive-bench-") as place:
        source = write(Path(place, "articles.jsonl"), grown(real, count))
        fresh = Path(place, "home")
        (fresh / "index").mkdir(parents=True)
        (fresh / "models").symlink_to(models.resolve())
        _seed(fresh / "index" / "vectors.log", home, source, encoder)
        done = run("api.cli", "ingest", str(source), "--home", str(fresh), "--json")
        size = sum(file.stat().st_size for file in fresh.rglob("*") if file.is_file())
        return {
            "articles": count,
            "changed copies": max(0, count - len(real)),
            "passages": done.told["passages"],
            "ingest_seconds": round(done.seconds, 1),
            "ingest_megabytes": round(done.peak / 1e6),
            "disk_megabytes": round(size / 1e6),
            "runs": runs,
            **medians([one_client(fresh, questions) for _ in range(runs)]),
        }


def _seed(path: Path, home: Path, source: Path, encoder: Encoder) -> None:
    """Put a vector for every passage of a source into a log: the home's, and noisy ones for what it has not."""
    chance = np.random.default_rng(0)
    store = ArticleStore(home / "articles.sqlite")
    with VectorLog(path, encoder.name, encoder.dimension) as log:
        carry_over(home / "index", store, encoder.name, log)
        keys: dict[str, list[bytes]] = {}
        given = iter(articles(source))
        while part := list(islice(given, BATCH)):
            coming: dict[bytes, Vectors] = {}
            for article in part:
                texts = [embedded_text(article, article.text[start:end]) for start, end in split(article)]
                named = [vector_key(encoder.name, text) for text in texts]
                original = (article.url or "").partition("?copy=")[0]
                if original == article.url:
                    keys[original] = [key for key in named if key in log]
                    continue
                for key, like in zip(named, cycle(keys[original])):
                    noise = chance.normal(size=encoder.dimension) / np.sqrt(encoder.dimension)
                    vector = log.get([like])[0] + NOISE * noise
                    coming[key] = (vector / np.linalg.norm(vector)).astype(np.float32)
            if coming:
                log.add(list(coming), np.stack(list(coming.values())))
    store.close()
