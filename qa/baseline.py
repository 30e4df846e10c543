"""The first reader: the sentence most like the question, by cosine and shared words. What a trained one must beat."""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.sentences import sentence_spans
from embeddings.types import Encoder, Hit
from qa.calibration import sigmoid
from qa.terms import content_stems
from qa.types import Reading

BASELINE = "baseline"  # what `reader.model` calls it


class BaselineReader:
    """Ranks sentences by cosine plus the share of the question's content stems in them; its span is the sentence.

    `answerable` is a logistic of that score around 1. It is there so that the pipeline runs, not to be believed:
    similarity does not tell an answer from a near miss (docs/reader.md has the figures).
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """Return the best sentence of every hit, in the order of `hits`."""
        cuts = [sentence_spans(hit.passage.text) or [(0, len(hit.passage.text))] for hit in hits]
        texts = [hit.passage.text[a:b] for hit, spans in zip(hits, cuts, strict=True) for a, b in spans]
        if not texts:
            return []
        vectors = self._encoder.encode([question, *texts])
        cosines = iter((vectors[1:] @ vectors[0]).tolist())
        wanted = set(content_stems(question))
        readings = []
        for hit, spans in zip(hits, cuts, strict=True):
            scored = [(next(cosines) + _shared(wanted, hit.passage.text[a:b]), a, b) for a, b in spans]
            score, start, end = max(scored, key=lambda each: each[0])
            readings.append(Reading(hit, start, end, start, end, score, sigmoid(4 * (score - 1))))
        return readings


def _shared(wanted: set[str], sentence: str) -> float:
    return len(wanted & set(content_stems(sentence))) / max(1, len(wanted))
