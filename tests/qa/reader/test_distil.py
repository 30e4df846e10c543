"""What the small reader learns from a larger one: the same readings, in the places of its own tokens."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import MPNetConfig, MPNetModel, MPNetTokenizerFast

from qa.reader.distil import TEMPERATURE, Teacher, loss_to
from qa.reader.encoding import encode
from qa.reader.examples import Example
from qa.reader.model import base_folder, base_tokenizer, load_weights, new_reader

LONG = Example(
    "Who bought the orchard?",
    "Orchard sold",
    "May 4, 2019",
    "The Penhallow family did. " * 90,
    (),
    (),
    "nq",
    "gold",
    "k",
)
SHORT = Example("When was it sold?", "", "", "It went for £3,000 in May.", ((17, 25),), (), "nq", "gold", "k")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny MPNet, which has other special tokens than BERT, numbers words otherwise and takes no token types."""
    folder = tmp_path_factory.mktemp("mpnet")
    words = (base_folder() / "vocab.txt").read_text(encoding="utf-8").splitlines()
    (folder / "vocab.txt").write_text("\n".join(["<s>", "<pad>", "</s>", "<unk>", *words, "<mask>"]), encoding="utf-8")
    MPNetTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = MPNetConfig(hidden_size=12, num_attention_heads=2, num_hidden_layers=1, intermediate_size=12)
    MPNetModel(config).save_pretrained(folder)
    torch.save({"model": new_reader(folder).state_dict()}, folder / "checkpoint.pt")
    return folder


@pytest.fixture(scope="module")
def teacher(folder: Path) -> Teacher:
    return Teacher(folder / "checkpoint.pt", folder)


def test_a_teacher_reads_as_torch_does(teacher: Teacher, folder: Path) -> None:
    model = new_reader(folder).eval()
    load_weights(model, folder / "checkpoint.pt")
    inputs, own = encode(teacher._tokenizer, [SHORT, LONG])
    with torch.no_grad():
        expected = model(**inputs)
    starts, ends, answerable = teacher.read([SHORT, LONG], own)
    torch.testing.assert_close(answerable, expected[2], atol=0.02, rtol=0.02)  # bf16 has eight bits
    for row, part in enumerate(inputs["token_type_ids"].bool()):
        torch.testing.assert_close(starts[row, part], expected[0][row, part], atol=0.02, rtol=0.02)
        torch.testing.assert_close(ends[row, part], expected[1][row, part], atol=0.02, rtol=0.02)


def test_a_teacher_points_at_the_same_words(teacher: Teacher, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def words_as_logits(input_ids: Tensor, **_: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        seen["ids"] = input_ids
        return input_ids.float(), -input_ids.float(), torch.tensor([1.0, -1.0])

    monkeypatch.setattr(teacher, "_model", words_as_logits)
    tokenizer = base_tokenizer()
    _, batch = encode(tokenizer, [SHORT, LONG])
    starts, ends, answerable = teacher.read([SHORT, LONG], batch)
    assert answerable.tolist() == [1.0, -1.0]
    for row in range(2):
        passage = [at for at, part in enumerate(batch.sequence_ids(row)) if part == 1]
        pointed = [at for at in passage if starts[row, at] > -1e4]
        own = teacher._tokenizer.convert_ids_to_tokens([int(starts[row, at]) for at in pointed])
        assert own == tokenizer.convert_ids_to_tokens(batch["input_ids"][row, pointed].tolist())
        assert len(pointed) >= len(passage) - 1  # it has one special token more
        assert torch.equal(starts[row, pointed], -ends[row, pointed])
        assert starts[row, 0] == seen["ids"][row, 0]
        elsewhere = [at for at in range(1, starts.shape[1]) if at not in passage]
        assert all(starts[row, at] == ends[row, at] == -1e4 for at in elsewhere)


def test_the_teachers_own_reading_costs_nothing_but_its_doubt() -> None:
    logits, allowed = torch.tensor([[0.0, 2.0, -1e4]]), torch.tensor([[True, True, False]])
    half = torch.tensor([0.0])
    assert loss_to((logits, logits, half), (logits, logits, half), allowed).item() == pytest.approx(math.log(2))


def test_a_wrong_place_costs_its_divergence() -> None:
    sure, other = torch.tensor([[0.0, 2.0]]), torch.tensor([[2.0, 0.0]])
    certain, allowed = torch.tensor([40.0]), torch.ones(1, 2, dtype=torch.bool)
    p = 1 / (1 + math.exp(-2.0 / TEMPERATURE))
    expected = TEMPERATURE**2 * (2 * p - 1) * math.log(p / (1 - p))  # Kullback-Leibler of (p, 1-p) from (1-p, p)
    assert loss_to((sure, sure, certain), (other, other, certain), allowed).item() == pytest.approx(expected, rel=1e-5)


def test_a_checkpoint_of_another_encoder_is_refused(tmp_path: Path) -> None:
    model = new_reader(dropout=0)
    model.span = torch.nn.Linear(12, 2)
    torch.save({"model": model.state_dict()}, tmp_path / "checkpoint.pt")
    with pytest.raises(RuntimeError, match="size mismatch"):
        Teacher(tmp_path / "checkpoint.pt", base_folder())
