"""A real question-answering model of two layers, made here: what it reads is the best of its own logits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from tiny import saved

from embeddings.sentences import sentence_spans
from qa.calibration import sigmoid
from qa.reader.decode import MAX_ANSWER_TOKENS
from qa.reader.errors import ReaderError
from qa.reader.head import head_of
from qa.reader.hub import load_hub_reader
from qa.types import Reading

ASKED = "How many does the ferry carry?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=30522, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    return saved(BertForQuestionAnswering(config), tmp_path_factory.mktemp("hub"))


def test_it_reads_the_best_span_of_the_models_own_logits(folder: Path, make_reading: Callable[..., Reading]) -> None:
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    hits = [make_reading("60", id="a").hit, make_reading("rain", text="There was rain. It was cold.", id="b").hit]
    readings = load_hub_reader(str(folder)).read(ASKED, hits)
    tokenizer, model = (kind.from_pretrained(folder) for kind in (AutoTokenizer, AutoModelForQuestionAnswering))
    for hit, reading in zip(hits, readings, strict=True):
        head = head_of(hit.article.title, hit.article.published)
        inputs = tokenizer(ASKED, head + hit.passage.text, return_offsets_mapping=True, return_tensors="pt")
        offsets = inputs.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            output = model.eval()(**inputs)
        start, end = output.start_logits[0].tolist(), output.end_logits[0].tolist()
        inside = [i for i, part in enumerate(inputs.sequence_ids(0)) if part == 1 and offsets[i][0] >= len(head)]
        pairs = [(i, j) for i, j in product(inside, inside) if 0 <= j - i < MAX_ANSWER_TOKENS]
        first, last = max(pairs, key=lambda pair: start[pair[0]] + end[pair[1]])
        assert (reading.start, reading.end) == (offsets[first][0] - len(head), offsets[last][1] - len(head))
        assert reading.score == pytest.approx(start[first] + end[last] - start[0] - end[0], abs=1e-4)
        assert reading.answerable == pytest.approx(sigmoid(reading.score))
        other_sentences = [
            span for span in sentence_spans(hit.passage.text) if not (span[0] < reading.end and span[1] > reading.start)
        ]
        assert {(r.sentence_start, r.sentence_end) for r in reading.others} <= set(other_sentences)
        assert all(other.behind >= 0 for other in reading.others)


def test_a_question_of_many_word_pieces_leaves_the_passage_room(
    folder: Path, make_reading: Callable[..., Reading]
) -> None:
    hit = make_reading("60").hit
    reader = load_hub_reader(str(folder))
    for question in ("Why " + "谁" * 400 + "?", "Did it" + "!" * 500):
        (reading,) = reader.read(question, [hit])
        assert 0 <= reading.start < reading.end <= len(hit.passage.text)


def test_what_cannot_read_is_named(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel

    with pytest.raises(ReaderError, match="no/such-model"):
        load_hub_reader("/no/such-model")
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    with pytest.raises(ReaderError, match="no trained span head"):
        load_hub_reader(str(saved(BertModel(config), tmp_path)))
