"""A real CrossEncoder of two layers, made here: the order it gives is the one its logits give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny import saved

from qa.crossencoder import CrossEncoderRetriever, load_cross_encoder
from qa.reader.errors import ReaderError
from qa.retrieve import weighed
from qa.types import Question


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=30522, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, num_labels=1
    )
    return saved(BertForSequenceClassification(config), tmp_path_factory.mktemp("cross"))


def test_hits_come_in_the_models_own_order(folder: Path, make_reading) -> None:  # type: ignore[no-untyped-def]
    import torch

    texts = ["The ferry carries sixty.", "Bread is baked at night.", "A tunnel under the lake opened."]
    hits = [replace(make_reading(t.split()[1], text=t, id=c).hit, score=0.5) for t, c in zip(texts, "abc", strict=True)]

    class Fixed:
        def retrieve(self, question: Question, k: int):  # type: ignore[no-untyped-def]  # noqa: ARG002
            return hits[:k]

    model = load_cross_encoder(str(folder))
    found = CrossEncoderRetriever(Fixed(), model).retrieve(Question("q", "What opened?"), 3)
    batch = model.tokenizer(
        ["What opened?"] * 3, [f"{h.article.title}. {h.passage.text}" for h in hits], padding=True, return_tensors="pt"
    )
    with torch.no_grad():
        logits = model.model(**batch).logits[:, 0]
    asked = Question("q", "What opened?")
    alone = [replace(hit, score=score) for hit, score in zip(hits, torch.sigmoid(logits).tolist(), strict=True)]
    wanted = sorted(((hit.score, hit.article.id) for hit in weighed(asked, alone)), reverse=True)
    assert [h.article.id for h in found] == [name for _, name in wanted]
    assert [h.place for h in found] == [0, 1, 2]
    assert [h.score for h in found] == pytest.approx([score for score, _ in wanted], abs=1e-4)


def test_a_model_that_cannot_be_had_is_named() -> None:
    with pytest.raises(ReaderError, match="no/such-model"):
        load_cross_encoder("/no/such-model")
