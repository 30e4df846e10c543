"""The pages for people: the reading room, articles, the archive by month, an answer to print; and the widget."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader

from api.assets import Asset, static, widget
from api.months import Month, months
from api.service import Service
from api.views import text_hash
from api.workers import Workers
from archive.types import Article
from qa.types import SURVEYS

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_EVERYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_LISTED = 200  # articles on a page of a month
_CHOSEN_FROM = 200  # sources, the most frequent


@dataclass(frozen=True, slots=True)
class Overview:
    """What the archive holds, for the generation that it was counted in; `bars` are the picture of its `months`."""

    generation: str
    articles: int
    months: list[Month]
    bars: list[Month]
    sources: list[str]

    @property
    def undated(self) -> int:
        """How many articles are in no month."""
        return self.articles - sum(month.count for month in self.months)


class Pages:
    """Templates over a service. What the archive holds as a whole is counted once a generation of the index."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._overview: Overview | None = None
        self._environment = Environment(
            loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(day=_day, pieces=pieces, web=web, barred=barred)

    def overview(self) -> Overview:
        generation = "" if self._service.ready() else str(self._service.index.generation)
        if self._overview is None or self._overview.generation != generation:
            store = self._service.store
            counts = store.months()
            known = [Month(key, count) for key, count in counts]
            self._overview = Overview(generation, store.count(), known, months(counts), store.sources())
        return self._overview

    def render(self, name: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        template = self._environment.get_template(name)
        room = self._service.settings.room
        return HTMLResponse(template.render({"room": room, **values}), status, headers=HEADERS)

    def missing(self, what: str) -> HTMLResponse:
        return self.render("missing.html", {"what": what}, 404)

    def room(self, values: dict[str, str]) -> HTMLResponse:
        overview, source = self.overview(), values["source"]
        sources = overview.sources[:_CHOSEN_FROM]
        if source and source not in sources:  # a link may name any, and what narrows the answers is to be seen
            sources = [*sources, source]
        return self.render("room.html", {"overview": overview, "asked": values, "sources": sources})

    def article(self, name: str, start: int, end: int, quoted: str) -> HTMLResponse:
        article = self._service.store.get(name)
        if article is None:
            return self.missing("There is no such article in the archive.")
        copies = self._service.store.copies(name)
        changed = quoted not in ("", text_hash(article.text[start:end]))
        shown = blocks(article.text, 0, 0) if changed else blocks(article.text, start, end)
        return self.render("article.html", {"article": article, "blocks": shown, "changed": changed, "copies": copies})

    def archive(self) -> HTMLResponse:
        overview = self.overview()
        years: dict[int, list[Month]] = {}
        for month in reversed(overview.months):
            years.setdefault(month.first.year, []).append(month)
        return self.render("archive.html", {"overview": overview, "years": years})

    def month(self, key: str, cursor: str | None) -> HTMLResponse:
        month = Month(key, 0)
        page = self._service.store.page(
            published_from=month.first, published_to=month.last, cursor=cursor, limit=_LISTED
        )
        days: dict[date | None, list[Article]] = {}
        for article in page.articles:
            days.setdefault(article.published, []).append(article)
        known = self.overview().months
        earlier = [each for each in known if each.key < key][-1:]
        later = [each for each in known if each.key > key][:1]
        values = {"earlier": earlier, "later": later, "days": days, "cursor": page.next_cursor}
        return self.render("month.html", {"name": month.name, **values})

    def undated(self, cursor: str | None) -> HTMLResponse:
        page = self._service.store.page(undated=True, cursor=cursor, limit=_LISTED)
        days = {None: page.articles} if page.articles else {}
        return self.render("month.html", {"name": "Without a date", "days": days, "cursor": page.next_cursor})

    def printed(self, name: str) -> HTMLResponse:
        answer = self._service.conversations.find(name)[0].answer
        dates = {cited["number"]: cited["published"] for cited in answer["citations"]}
        return self.render("print.html", {"answer": answer, "dates": dates, "surveys": SURVEYS})


def pages_router(service: Service, workers: Workers) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    pages = Pages(service)
    _serve(router, "/widget.js", widget(), _EVERYWHERE)
    for name, media_type in (("page.css", "text/css"), ("room.js", "text/javascript")):
        _serve(router, f"/static/{name}", static(name, media_type), {})
    if service.settings.api.readers == "key":
        return router  # a page has no key to show: such an archive is read through the API alone

    @router.get("/")
    async def room(
        q: Annotated[str, Query(max_length=2000)] = "",
        published_from: Annotated[str, Query(alias="from", max_length=10)] = "",
        published_to: Annotated[str, Query(alias="to", max_length=10)] = "",
        source: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        """The reading room; `q` is asked when the page opens, so that its address can be shared."""
        values = {"q": q.strip(), "from": _valid(published_from), "to": _valid(published_to), "source": source.strip()}
        return await workers.look(pages.room, values)

    @router.get("/articles/{name}")
    async def article(
        name: str, start: int = 0, end: int = 0, quoted: Annotated[str, Query(alias="hash", max_length=64)] = ""
    ) -> Response:
        """An article, with `start:end` of its text marked; where `hash` is given, only if what stands there has it."""
        return await workers.look(pages.article, name, start, end, quoted)

    @router.get("/archive")
    async def archive() -> Response:
        return await workers.look(pages.archive)

    @router.get("/archive/undated")
    async def undated(cursor: str | None = None) -> Response:
        return await workers.look(pages.undated, cursor)

    @router.get("/archive/{key}")
    async def month(key: str, cursor: str | None = None) -> Response:
        try:
            date.fromisoformat(f"{key}-01")
        except ValueError:
            return pages.missing("There is no such month.")
        return await workers.look(pages.month, key, cursor)

    @router.get("/print")
    async def printed(answer: Annotated[str, Query(max_length=64)]) -> Response:
        """An answer as it was given, with its sources."""
        return await workers.look(pages.printed, answer)

    return router


def _serve(router: APIRouter, path: str, asset: Asset, headers: dict[str, str]) -> None:
    async def serve(request: Request) -> Response:
        return asset.response(request, {"X-Content-Type-Options": "nosniff", **headers})

    router.add_api_route(path, serve, methods=["GET"])


def blocks(text: str, start: int, end: int) -> list[list[tuple[str, bool]]]:
    """Split a text into paragraphs, each a list of (piece, whether it lies in start:end); blank ones are dropped.

    Where `end` is not after `start`, nothing is marked.
    """
    found: list[list[tuple[str, bool]]] = []
    at = 0
    for line in text.split("\n"):
        cuts = [at, *(cut for cut in sorted((start, end)) if at < cut < at + len(line)), at + len(line)]
        pieces = [(text[a:b], start <= a and b <= end) for a, b in pairwise(cuts) if b > a]
        if line.strip():
            found.append(pieces)
        at += len(line) + 1
    return found


def pieces(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Split a text into (piece, whether it is marked); `marks` are (start, end) in order, and do not overlap."""
    cuts = pairwise([0, *chain.from_iterable(marks), len(text)])
    return [(text[a:b], place % 2 == 1) for place, (a, b) in enumerate(cuts) if b > a]


def web(address: str | None) -> str | None:
    """Return an address when it is http(s), else None: no other kind becomes a link."""
    return address if address and re.match(r"https?://", address, re.IGNORECASE) else None


def barred(text: str) -> str:
    """Write a text as one item of an attribute of the element that holds several, with bars between."""
    return text.replace("|", "\\|")


def _day(value: date | str | None) -> str:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day.day} {day:%B %Y}" if day else "undated"


def _valid(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
