"""`askive search` and `askive ask`."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsOf, From, Home, Json, Source, To, open_service

if TYPE_CHECKING:
    from api.service import Asked
    from qa.types import Answer


def search(
    question: Annotated[str, typer.Argument(metavar="QUESTION")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 10,
    as_of: AsOf = None,
    from_: From = None,
    to: To = None,
    source: Source = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find passages, best first, without answering.

    askive search "masks for Europe" --from 2020-01-01 -k 5
    """
    from api.views import hit_view

    asked = _asked(question, as_of, from_, to, source)
    hits = open_service(home).search(asked, k)
    if as_json:
        print(json.dumps({"question": question, "hits": [hit_view(hit, question) for hit in hits]}, ensure_ascii=False))
        return
    for number, hit in enumerate(hits, 1):
        print(
            f"{number}. {hit.article.title} — {hit.article.source or 'unnamed'}, {hit.article.published or 'undated'}"
        )
        print(f"   {hit.passage.text[:200].strip()}…\n")


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION")],
    as_of: AsOf = None,
    from_: From = None,
    to: To = None,
    source: Source = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Answer a question with cited quotes, or say that the archive does not hold the answer.

    askive ask "Which airline carried the donation?" --as-of 2020-04-01
    """
    from api.views import answer_view

    asked = _asked(question, as_of, from_, to, source)
    answer = open_service(home).ask(asked)
    if as_json:
        print(json.dumps(answer_view(answer), ensure_ascii=False))
    else:
        tell(answer)


def tell(answer: Answer) -> None:
    """Print an answer to be read: cited sentences, of a digest or timeline with their dates, and their sources."""
    from qa.types import SURVEYS

    if answer.question.standalone != answer.question.text:
        print(f"Understood as: {answer.question.standalone}\n")
    if answer.status == "abstained":
        print(answer.reason)
        for hit in answer.hits[:3]:
            article = hit.article
            print(f"  nearest: {article.title} — {article.source or 'unnamed'}, {article.published or 'undated'}")
        return
    dates = {cited.number: cited.published for cited in answer.citations if answer.question.intent in SURVEYS}
    for sentence in answer.sentences:
        day = dates.get(sentence.citations[0])
        print(f"{day} " if day else "", end="")
        print(f"{sentence.text} {''.join(f'[{n}]' for n in sentence.citations)}")
    if answer.reason:
        print(f"\n{answer.reason}")
    print()
    for cited in answer.citations:
        print(f"[{cited.number}] {cited.title} — {cited.source or 'unnamed'}, {cited.published or 'undated'}")
        print(f"    “{cited.quote}” (characters {cited.start}–{cited.end})")
        if cited.link:
            print(f"    {cited.link}")
    print(f"\nConfidence {answer.confidence:.0%}")


def _asked(
    question: str, as_of: datetime | None, from_: datetime | None, to: datetime | None, sources: list[str] | None
) -> Asked:
    from api.fields import whole
    from api.routes.ask import MAX_QUESTION
    from api.service import Asked
    from embeddings.types import Filters

    if not question.strip():
        raise typer.BadParameter("the question is empty")
    if len(question) > MAX_QUESTION:
        raise typer.BadParameter(f"a question has at most {MAX_QUESTION:,} characters, this one has {len(question):,}")
    try:
        for part in (question, *(sources or ())):
            whole(part)
    except ValueError as error:
        raise typer.BadParameter(f"what is asked is not UTF-8: {error}") from error
    filters = Filters(_date(from_), _date(to), tuple(sources or ()))
    return Asked(question, _date(as_of), filters)


def _date(value: datetime | None) -> date | None:
    return value.date() if value else None
