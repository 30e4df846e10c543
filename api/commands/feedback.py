"""`askive feedback`: what readers thought of answers, as questions to measure with."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.options import Home

if TYPE_CHECKING:
    from api.conversations import Feedback

feedback = typer.Typer(help="What readers thought of answers.", no_args_is_help=True)


@feedback.callback()
def _group() -> None:
    """Keep `export` a command of its own."""


@feedback.command()
def export(
    out: Annotated[Path | None, typer.Option(help="Write here; standard output when left out.")] = None,
    rating: Annotated[str | None, typer.Option(help="Only up or only down.")] = None,
    home: Home = None,
) -> None:
    """Write feedback as a question set for `askive eval`, one JSON object a line.

    A liked answer is taken as right: its spans are the answers, its articles the gold. A liked abstention is an
    unanswerable question. What is right for a disliked one nobody has said: it comes as unanswerable with the kind
    "complaint", to be given its answers and gold by an editor; the comment is printed beside it.

      askive feedback export --out complaints.jsonl --rating down
    """
    from api.conversations import Conversations
    from api.settings import load_settings
    from archive.errors import StoreError

    if rating not in (None, "up", "down"):
        raise typer.BadParameter("--rating is up or down")
    path = load_settings(home).conversations_at()
    if isinstance(path, Path) and not path.is_file():
        raise StoreError(f"{path}: nobody has given feedback here yet")
    kept = [each for each in Conversations(path).feedback() if rating in (None, each.rating)]
    lines = "".join(json.dumps(question_of(each), ensure_ascii=False) + "\n" for each in kept)
    for each in kept:
        if each.comment:
            print(f"askive: {each.id} ({each.rating}): {each.comment}", file=sys.stderr)
    if out is None:
        print(lines, end="")
    else:
        out.write_text(lines, encoding="utf-8")


def question_of(feedback: Feedback) -> dict[str, Any]:
    """Return one line of a question set (the format of eval.questions)."""
    answer = feedback.answer
    right = feedback.rating == "up" and answer["status"] == "answered"
    cited = answer["citations"] if right else []
    spans = [c["quote"][c["span"][0] : c["span"][1]] if c["span"] else c["quote"] for c in cited]
    view: dict[str, Any] = {
        "id": feedback.id,
        "question": feedback.question,
        "as_of": answer["question"]["as_of"],
        "answers": list(dict.fromkeys(spans)),
        "gold": list(dict.fromkeys(c["article_id"] for c in cited)),
        "answerable": right,
        "history": [{"question": turn.question, "answer": turn.answer} for turn in feedback.history],
        "kind": "liked" if feedback.rating == "up" else "complaint",
    }
    return {name: value for name, value in view.items() if value not in (None, []) or name in ("answers", "gold")}
