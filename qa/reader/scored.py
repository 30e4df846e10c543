"""Raw scores of training examples by the ONNX reader itself, so that what ships is what is calibrated and measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.reader.examples import Example
from qa.reader.runtime import OnnxReader

WINDOW = 512  # pairs prepared at once, which bounds the memory


@dataclass(frozen=True, slots=True)
class Scored:
    """The reader's span in characters of the example's text, its answerability logit, and its margin over null."""

    start: int
    end: int
    head: float
    margin: float


def score_all(reader: OnnxReader, examples: Sequence[Example]) -> list[Scored]:
    """Return what the reader gives for each example, in order; an example without a readable passage gives no odds."""
    asked = [(e.question, "".join(f"{part} | " for part in (e.title, e.date) if part), e.text) for e in examples]
    found = [each for at in range(0, len(asked), WINDOW) for each in reader.raw(asked[at : at + WINDOW])]
    return [Scored(*each[0]) if each else Scored(0, 0, -30.0, -30.0) for each in found]
