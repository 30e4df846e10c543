"""From logits to an exact place: the best span of a passage, and the sentence around it. No torch, no model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embeddings.sentences import sentence_spans

MAX_ANSWER_TOKENS = 40
_CLOSED = -1e4

Logits = npt.NDArray[np.float32]
Offsets = Sequence[tuple[int, int] | None]


def passage_offsets(offsets: Sequence[tuple[int, int]], segments: Sequence[int | None], head: int) -> Offsets:
    """Return each token's (start, end) in the passage, None where it is not in the passage.

    `offsets` are into `head + passage` where the token's segment is 1; `head` is the length of what stands before.
    """
    return [
        (start - head, end - head) if segment == 1 and start >= head and end > start else None
        for (start, end), segment in zip(offsets, segments, strict=True)
    ]


def best_span(starts: Logits, ends: Logits, offsets: Offsets) -> tuple[int, int, float] | None:
    """Return (start, end) characters in the passage of the best span, and how far it beats the null span.

    The best span has the highest start + end logit among those of at most MAX_ANSWER_TOKENS tokens; position 0 is
    the null span (SQuAD 2.0: Devlin et al. 2019, section 4.3). None where no token lies in the passage.
    """
    inside = np.array([offset is not None for offset in offsets])
    if not inside.any():
        return None
    lead, stop = int(inside.argmax()), len(inside) - int(inside[::-1].argmax())  # a sentence is a small part of it
    inside = inside[lead:stop]
    start = np.where(inside, starts[lead:stop], _CLOSED).astype(np.float64)
    end = np.where(inside, ends[lead:stop], _CLOSED).astype(np.float64)
    position = np.arange(len(start))
    length = position[None, :] - position[:, None]
    allowed = (length >= 0) & (length < MAX_ANSWER_TOKENS) & inside[:, None] & inside[None, :]
    scores = np.where(allowed, start[:, None] + end[None, :], -np.inf)
    first, last = divmod(int(np.argmax(scores)), len(start))
    at, to = offsets[lead + first], offsets[lead + last]
    if at is None or to is None:
        return None
    return at[0], to[1], float(scores[first, last] - starts[0] - ends[0])


def best_spans(
    starts: Logits, ends: Logits, offsets: Offsets, sentences: Sequence[tuple[int, int]], most: int
) -> list[tuple[int, int, float]]:
    """Return `best_span`, then the best spans inside the other sentences, best first; at most `most` in all."""
    best = best_span(starts, ends, offsets)
    if best is None:
        return []
    found = []
    for first, last in sentences:
        if first < best[1] and last > best[0]:
            continue
        within = [offset if offset and first <= offset[0] and offset[1] <= last else None for offset in offsets]
        span = best_span(starts, ends, within)
        if span is not None:
            found.append(span)
    return [best, *sorted(found, key=lambda span: -span[2])][:most]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the (start, end) of the sentence holding the span; from the first to the last where it crosses."""
    touched = [(a, b) for a, b in sentence_spans(text) if a < end and b > start]
    if not touched:
        return start, end
    return min(start, touched[0][0]), max(end, touched[-1][1])
