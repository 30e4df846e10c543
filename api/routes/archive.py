"""Looking into the archive without asking: search, the list of articles, one article."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.fields import Day
from api.months import by_month
from api.problems import ProblemError, documented
from api.routes.ask import MAX_QUESTION
from api.service import Asked, Service
from api.views import article_view, hit_view
from api.workers import Workers
from embeddings.types import Filters
from qa.terms import content_stems

Names = Annotated[list[str], Query(default_factory=list)]
COUNTED = 100  # hits that the picture of months is drawn from


def archive_router(service: Service, workers: Workers) -> APIRouter:
    router = APIRouter()

    @router.get("/v1/search")
    async def search(
        q: Annotated[str, Query(min_length=1, max_length=MAX_QUESTION)],
        source: Names,
        tag: Names,
        k: Annotated[int, Query(ge=1, le=100)] = 10,
        published_from: Annotated[Day | None, Query(alias="from")] = None,
        published_to: Annotated[Day | None, Query(alias="to")] = None,
        as_of: Day | None = None,
    ) -> JSONResponse:
        """Find passages, best first, with the question's words highlighted."""
        filters = Filters(published_from, published_to, tuple(source), tuple(tag))
        hits = await workers.run(service.search, Asked(q, as_of, filters), k)
        return JSONResponse({"question": q, "hits": [hit_view(hit, q) for hit in hits]})

    @router.get("/v1/months")
    async def months(
        q: Annotated[str, Query(min_length=1, max_length=MAX_QUESTION)],
        source: Names,
        tag: Names,
    ) -> JSONResponse:
        """Count by month those of the best hits that share words with the question; undated ones fall in none."""
        asked = Asked(q, filters=Filters(sources=tuple(source), tags=tuple(tag)))
        counted = await workers.run(_counted, service, asked)
        return JSONResponse({"question": q, "months": [{"month": month, "hits": hits} for month, hits in counted]})

    @router.get("/v1/articles")
    async def articles(
        published_from: Annotated[Day | None, Query(alias="from")] = None,
        published_to: Annotated[Day | None, Query(alias="to")] = None,
        source: str | None = None,
        tag: str | None = None,
        cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,7}_[0-9a-f]{16}$")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> JSONResponse:
        """List articles newest first; `next_cursor` leads to the next page."""

        def page() -> Any:
            return service.store.page(
                published_from=published_from,
                published_to=published_to,
                source=source,
                tag=tag,
                cursor=cursor,
                limit=limit,
            )

        found = await workers.look(page)
        views = [article_view(article, text=False) for article in found.articles]
        return JSONResponse({"articles": views, "next_cursor": found.next_cursor})

    @router.get("/v1/articles/{article_id}", responses=documented(404), operation_id="read_article")
    async def article(article_id: str) -> JSONResponse:
        found = await workers.look(service.store.get, article_id)
        if found is None:
            raise ProblemError(404, "there is no article with this id")
        return JSONResponse(article_view(found))

    return router


def _counted(service: Service, asked: Asked) -> list[tuple[str, int]]:
    """The months of the best hits that share words with the question. Stemming a hundred passages is a worker's job."""
    words = set(content_stems(asked.text))
    near = [hit for hit in service.search(asked, COUNTED) if words & set(content_stems(hit.titled))]
    return by_month({hit.article.id: hit.article.published for hit in near}.values())
