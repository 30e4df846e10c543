"""Train the reader: `python -m qa.reader.train --data ../shared/data/reader --out DIR`.

Two stages: `--stage first` on questions made by rule beside the public sets, then `--stage second --start` that one's
checkpoint on the public sets, the example archive's questions and those written on news of 2023.

Each step takes pairs of an answerable example and a freshly drawn unanswerable counterpart. Three losses are added:
the span (marginal over every place the answer stands; the null position for the counterpart), answerability
(binary), and the pair (the answerable one must outscore its counterpart, which is what tells a near miss). Seeded
by step, so that a run resumed from DIR/checkpoint.pt goes on as it would have.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from qa.reader.data import load_archive_examples, load_examples, load_written_examples
from qa.reader.distil import Teacher, loss_to
from qa.reader.encoding import encode, span_targets
from qa.reader.examples import Example, split_of
from qa.reader.measure import measure
from qa.reader.mined import retriever_over
from qa.reader.model import SpanReader, base_tokenizer, layers_of, load_weights, new_reader
from qa.reader.negatives import Negatives
from qa.reader.synthetic import synthesise

PAIRS = 12  # a step; 24 sequences
PEAK_RATE = 1.5e-4  # one-cycle peak; 1.2e-4 was the feasibility run's, with longer training
TOGETHER = 4  # pairs of about one length that are run together: a third less padding
PAIR_WEIGHT = 0.5
TAUGHT = 0.7  # how much of the loss is the teacher's reading, where there is one; the rest is what was labelled
SAVED = 50  # steps between two checkpoints
LONE = 2  # counterparts a step that belong to no answerable question
# How often an answerable example of a source is seen in an epoch: the fewer there are, and the
# nearer to what an archive is asked, the more often.
TIMES = {"archive": 4, "news": 6}


def loss_of(
    model: SpanReader, tokenizer: Any, pairs: Sequence[tuple[Example, Example]], teacher: Teacher | None = None
) -> Tensor:
    """Return the loss of pairs of an answerable example and its counterpart, TAUGHT of it by the teacher if any."""
    examples = [example for pair in pairs for example in pair]
    inputs, batch = encode(tokenizer, examples)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        start, end, answerable = (logits.float() for logits in model(**inputs))
    allowed = (inputs["token_type_ids"] == 1) & (inputs["attention_mask"] == 1)
    allowed[:, 0] = True
    start_targets, end_targets = span_targets(batch, examples)
    span = _marginal(start, start_targets, allowed) + _marginal(end, end_targets, allowed)
    truth = (start_targets[:, 0] == 0).float()
    binary = functional.binary_cross_entropy_with_logits(answerable, truth)
    paired = functional.softplus(answerable[1::2] - answerable[0::2])[truth[0::2] > truth[1::2]]
    loss = span / 2 + binary + PAIR_WEIGHT * (paired.mean() if len(paired) else 0.0)
    if teacher is None:
        return loss
    taught = loss_to(teacher.read(examples, batch), (start, end, answerable), allowed)
    return TAUGHT * taught + (1 - TAUGHT) * loss


def _marginal(logits: Tensor, targets: Tensor, allowed: Tensor) -> Tensor:
    """-log of the probability mass on any target (Clark and Gardner 2018, equation 2), averaged over the batch."""
    logits = logits.masked_fill(~allowed, -1e4)
    hit = torch.logsumexp(logits.masked_fill(targets == 0, -1e4), dim=-1)
    return (torch.logsumexp(logits, dim=-1) - hit).mean()


def batches(
    golds: Sequence[Example], lone: Sequence[Example], negatives: Negatives, seed: int, step: int
) -> list[tuple[Example, Example]]:
    """The pairs of one step, a function of seed and step alone."""
    epoch, at = divmod(step * PAIRS, len(golds))
    order = list(range(len(golds)))
    random.Random(f"{seed}/{epoch}").shuffle(order)
    rng = random.Random(f"{seed}/{step}")
    chosen = [golds[i] for i in order[at : at + PAIRS]]
    drawn = [(gold, negatives.draw(gold, rng)) for gold in chosen]
    pairs = [(gold, negative) for gold, negative in drawn if negative is not None]
    for at in range(min(LONE, len(pairs)) if lone else 0):  # questions that were only ever asked in vain
        pairs[at] = (pairs[at][0], rng.choice(lone))
    return pairs


def _length(pair: tuple[Example, Example]) -> int:
    return max(len(example.question) + len(example.text) for example in pair)


def train(
    examples: Sequence[Example],
    out: Path,
    *,
    steps: int,
    seed: int,
    rate: float,
    start: Path | None = None,
    base: Path | None = None,
    layers: int | None = None,
    dropout: float = 0.1,
    teacher: Teacher | None = None,
    mined: Path | None = None,
) -> None:
    """Train the model in the folder `base` for `steps`, resuming from out/checkpoint.pt.

    Writes it, and metrics.json at the end. `mined` is where the archive of the passages is that our own retriever
    takes hard negatives from; without it there are none of that kind.
    """
    torch.manual_seed(seed)
    training = [e for e in examples if split_of(e) == "train"]
    golds = [e for e in training if e.spans]
    golds = [e for e in golds for _ in range(TIMES.get(e.source, 1))]
    asked = {e.question for e in golds}
    lone = [e for e in training if not e.spans and e.question not in asked]
    negatives = Negatives(training, retriever_over(training, mined) if mined else None)
    if layers is None and start is not None:
        layers = layers_of(start)
    tokenizer, model = base_tokenizer(base), new_reader(base, layers=layers, dropout=dropout)
    if start is not None:
        load_weights(model, start)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    done = _resume(out / "checkpoint.pt", model, optimizer, schedule)
    clock, losses = time.monotonic(), [0.0]
    for step in range(done, steps):
        model.train()
        torch.manual_seed(
            seed * 1_000_003 + step
        )  # dropout too is a function of the step: a resumed run is the same run
        drawn = sorted(batches(golds, lone, negatives, seed, step), key=_length)
        total = 0.0
        for at in range(0, len(drawn), TOGETHER):
            part = drawn[at : at + TOGETHER]
            loss = loss_of(model, tokenizer, part, teacher) * (len(part) / len(drawn))
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(total)
        if (step + 1) % 10 == 0:
            pace = (time.monotonic() - clock) / (step + 1 - done)
            mean = sum(losses[-50:]) / len(losses[-50:])
            print(f"step {step + 1}/{steps} loss {mean:.3f} {pace:.2f} s/step", file=sys.stderr, flush=True)
        if (step + 1) % SAVED == 0 or step + 1 == steps:
            _save(out / "checkpoint.pt", model, optimizer, schedule, step + 1)
    (out / "metrics.json").write_text(json.dumps(measure(model, tokenizer, examples, seed), indent=1) + "\n")


def _save(path: Path, model: SpanReader, optimizer: Any, schedule: Any, step: int) -> None:
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
    torch.save({**state, "step": step}, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def _resume(path: Path, model: SpanReader, optimizer: Any, schedule: Any) -> int:
    if not path.is_file():
        return 0
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    return int(state["step"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of reader sets (shared/data/reader)")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        help="where checkpoint.pt (gone on with where there is one) and metrics.json go",
    )
    parser.add_argument("--archive", type=Path, help="an archive whose own questions are trained on too")
    parser.add_argument("--questions", type=Path, help="the questions of --archive (examples/questions/train.jsonl)")
    parser.add_argument("--written", type=Path, help="questions on news of 2023 (examples/questions/news-2023.jsonl)")
    parser.add_argument("--stage", choices=("first", "second"), default="second")
    parser.add_argument("--start", type=Path, help="a checkpoint, or a shipped .onnx, to begin from")
    parser.add_argument("--base", type=Path, help="the folder of another encoder to train than all-MiniLM-L6-v2")
    parser.add_argument("--layers", type=int, help="deepen the reader of --start to so many, at most twice its own")
    parser.add_argument("--teacher", type=Path, help="the checkpoint of a larger reader to learn from")
    parser.add_argument("--teacher-base", type=Path, help="the folder of its encoder (default: all-MiniLM-L6-v2)")
    parser.add_argument("--dropout", type=float, default=0.1, help="0 where hardly an example is seen twice")
    parser.add_argument(
        "--mined", type=Path, help="where the archive that our own retriever draws negatives from is made"
    )
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--rate", type=float, default=PEAK_RATE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    examples = examples_of(parser, options)
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.stage == "first":
        passages = {e.text: e for e in examples if split_of(e) == "train"}
        examples += synthesise(passages.values(), random.Random(options.seed))
    given = ("steps", "seed", "rate", "start", "base", "layers", "dropout", "mined")
    chosen = {name: getattr(options, name) for name in given}
    teacher = Teacher(options.teacher, options.teacher_base) if options.teacher else None
    train(examples, options.out, teacher=teacher, **chosen)


def examples_of(parser: argparse.ArgumentParser, options: argparse.Namespace) -> list[Example]:
    """The examples of --data, of --archive with its --questions, and of --written."""
    if bool(options.archive) != bool(options.questions):
        parser.error("--archive and --questions go together")
    examples = load_examples(options.data)
    if options.archive:
        examples += load_archive_examples(options.questions, articles_of(options.archive))
    if options.written:
        examples += load_written_examples(options.written, options.data)
    return examples


def articles_of(source: Path) -> list[tuple[str, str, Any, str]]:
    """The articles of an archive in the form that load_archive_examples takes."""
    from archive.read import read
    from archive.types import Article

    return [(a.title, a.source or "", a.published, a.text) for a in read(source) if isinstance(a, Article)]


if __name__ == "__main__":
    main()
