"""The trained reader, run from the shipped weights; torch is not imported."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from embeddings import sealed
from embeddings.errors import EncoderError
from embeddings.runtimes import Feed, OnnxRuntime, OpenVinoRuntime, Outputs, Runtime, computes_bf16, padded
from embeddings.sentences import sentence_spans
from embeddings.together import Together
from embeddings.types import Hit
from qa.calibration import sigmoid
from qa.reader.decode import Offsets, best_spans, passage_offsets, sentence_around
from qa.reader.errors import WeightsError
from qa.reader.head import head_of
from qa.reader.openvino import converted
from qa.types import Reader, Reading

WEIGHTS = Path(__file__).parent / "weights"
GRAPH, TOKENIZER, MANIFEST = "reader.int8.onnx", "tokenizer.json", "reader.json"
MAX_TOKENS = 320  # a passage of the index has at most 256 word pieces; the rest is question, title and date
MAX_QUESTION_WORDS = 96  # of a longer question the end is read, which is where what is asked stands
MAX_QUESTION_TOKENS = 128  # what so many words make; words of another script, or of no sense, are many pieces each
MAX_HEAD_CHARS = 200
THREADS = 2
# What the export read as its manifest says under "probe"; a runtime here that reads it otherwise is not used.
PROBE = (
    "Where was the bridge opened?",
    "Mayor opens bridge | March 6, 2020 | ",
    "The mayor of Lund opened a bridge over the river in Malmö on Friday. It took four years and cost 80 million.",
)
PROBE_DRIFT = 0.2  # of the answerability logit; bf16 moves it by 0.02 on average (docs/decisions/0053)
INPUTS = ("input_ids", "attention_mask", "token_type_ids")

SENTENCES = 3  # of a passage, that a reading offers a span in; the right one is beyond them for 1 in 50 (calibration)

_log = logging.getLogger(__name__)

Raw = tuple[int, int, float, float]  # start, end, answerability logit, margin over the null span


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling (Platt 1999) of two logits: P(answers) = sigmoid(bias + head * h + margin * m).

    `h` is the answerability head's logit, `m` how far the best span beats the null span. Fitted on examples not
    trained on (docs/reader.md).
    """

    bias: float
    head: float
    margin: float

    def logit(self, head: float, margin: float) -> float:
        """Return the calibrated log-odds that the passage answers."""
        return self.bias + self.head * head + self.margin * margin


class OnnxReader:
    """Reads (question, passage) pairs, those of one width together, from whichever question they are.

    They are never padded further for that, and no score hangs on what it is beside.
    """

    def __init__(self, runtime: Runtime, tokenizer: Tokenizer, calibration: Calibration) -> None:
        self._runtime = Together(runtime)
        self._whole = untruncated(tokenizer)
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
        self._calibration = calibration

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """Return one reading a hit, in the order of `hits`; `score` is the log-odds of `answerable`."""
        heads = [head_of(hit.article.title[:MAX_HEAD_CHARS], hit.article.published) for hit in hits]
        pairs = [(question, head, hit.passage.text) for head, hit in zip(heads, hits, strict=True)]
        return [self._reading(hit, found) for hit, found in zip(hits, self.raw(pairs), strict=True)]

    def raw(self, pairs: Sequence[tuple[str, str, str]]) -> list[list[Raw]]:
        """Return (start, end, head logit, span margin) of the best sentences of each (question, head, passage)."""
        asked = {question: end_of(question, self._whole) for question, _, _ in pairs}  # one of many passages, mostly
        prepared = [self._prepared(asked[question], head, text) for question, head, text in pairs]
        found = self._runtime.submit([feed for feed, _ in prepared])
        return [
            self._spans(pair, offsets, outputs.result())
            for pair, (_, offsets), outputs in zip(pairs, prepared, found, strict=True)
        ]

    def agrees(self, probe: Mapping[str, float]) -> bool:
        """Say whether PROBE is read here as the export read it: the same words, the answerability logit near."""
        start, end, head, _ = self.raw([PROBE])[0][0]
        same = (start, end) == (probe["start"], probe["end"])
        return same and abs(head - probe["head"]) <= PROBE_DRIFT

    def _prepared(self, question: str, head: str, text: str) -> tuple[Feed, Offsets]:
        """Return what the graph is given for a pair (of its question the `end_of`), and where tokens stand in it."""
        encoding = self._tokenizer.encode(question, head + text)
        encoding.pad(padded(len(encoding.ids)))
        rows = (encoding.ids, encoding.attention_mask, encoding.type_ids)
        feed = {name: np.array([row], dtype=np.int64) for name, row in zip(INPUTS, rows, strict=True)}
        return feed, passage_offsets(encoding.offsets, encoding.sequence_ids, len(head))

    def _spans(self, pair: tuple[str, str, str], offsets: Offsets, outputs: Outputs) -> list[Raw]:
        starts, ends, answerable = outputs
        spans = best_spans(starts[0], ends[0], offsets, sentence_spans(pair[2]), SENTENCES)
        return [(start, end, float(answerable[0]), margin) for start, end, margin in spans]

    def _reading(self, hit: Hit, found: Sequence[Raw]) -> Reading:
        if not found:
            return Reading(hit, 0, 0, 0, 0, score=-1e4, answerable=0.0)
        _, _, head, best = found[0]
        score = self._calibration.logit(head, best)
        readings = [
            Reading(
                hit, start, end, *sentence_around(hit.passage.text, start, end), score, sigmoid(score), best - margin
            )
            for start, end, _, margin in found
        ]
        return replace(readings[0], others=tuple(readings[1:]))


def untruncated(tokenizer: Tokenizer) -> Tokenizer:
    """Return a copy that neither truncates nor pads: one tokenizer cannot be set anew while other threads use it."""
    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def end_of(question: str, tokenizer: Tokenizer) -> str:
    """Return the end of a question that is read: its last MAX_QUESTION_WORDS, of at most MAX_QUESTION_TOKENS pieces.

    `tokenizer` is to be `untruncated`. A question that leaves a passage no room cannot be read at all.
    """
    words = " ".join(question.split()[-MAX_QUESTION_WORDS:])
    pieces = tokenizer.encode(words, add_special_tokens=False).offsets
    return words[pieces[-MAX_QUESTION_TOKENS][0] :] if len(pieces) > MAX_QUESTION_TOKENS else words


def load_reader(folder: Path = WEIGHTS, threads: int = THREADS, made: Path | None = None) -> Reader:
    """Load the shipped reader, or one exported into `folder` by qa.reader.export.

    Where the processor computes in bf16 it is OpenVINO that runs it, from files kept in the folder `made`, which may
    be any; without one they are made for this process alone. Raises WeightsError naming the file that is missing,
    altered, or cannot be run.
    """
    manifest = _manifest(folder)
    for name, expected in manifest["sha256"].items():
        if digest(folder / name) != expected:
            raise WeightsError(f"{folder / name} is not the file its manifest names: reinstall, or export it again")
    try:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        calibration = Calibration(**manifest["calibration"])
        for runtime in _runtimes(folder / GRAPH, manifest["sha256"][GRAPH], threads, made):
            reader = OnnxReader(runtime, tokenizer, calibration)
            if reader.agrees(manifest["probe"]):
                return reader
            _log.warning("%s reads otherwise than the export did; not used", runtime.name)
    except Exception as error:  # the runtimes and tokenizers raise bare Exception types of their own
        raise WeightsError(f"the reader in {folder} cannot be run: {error}") from error
    raise WeightsError(f"the reader in {folder} reads otherwise here than where it was exported: export it again")


def _runtimes(graph: Path, digest: str, threads: int, made: Path | None) -> Iterator[Runtime]:
    """What may run the graph here, the fastest first."""
    if computes_bf16():
        with nullcontext(made) if made else TemporaryDirectory() as folder:
            try:
                yield OpenVinoRuntime(converted(graph, digest, Path(folder)), threads)
            except (OSError, RuntimeError, EncoderError) as error:
                _log.warning("OpenVINO cannot run the reader here: %s", error)
    yield OnnxRuntime(graph, threads)


def digest(path: Path) -> str:
    """Return the file's sha256 in hex; raises WeightsError if it cannot be read."""
    try:
        return sealed.digest(path)
    except OSError as error:
        raise WeightsError(f"the reader's file {path} cannot be read: {error.strerror}; reinstall") from error


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        parts = (manifest["calibration"], manifest["probe"])
        if {GRAPH, TOKENIZER} <= set(manifest["sha256"]) and all(isinstance(part, dict) for part in parts):
            return dict(manifest)
    except OSError as error:
        raise WeightsError(f"the reader's manifest {path} cannot be read: {error.strerror}; reinstall") from error
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"the reader's manifest {path} is not as written by the export: {error}") from error
    raise WeightsError(f"the reader's manifest {path} does not name {GRAPH} and {TOKENIZER}: export again")
