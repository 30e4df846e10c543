"""Editing over HTTP: add or replace articles, delete one. Both need an editor's key (api/guard/access.py)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from api.editing import ArticleError, add_articles, delete_article
from api.fields import ADDRESS, SEEN, Day
from api.metrics import Metrics
from api.problems import ProblemError, documented
from api.service import Service
from api.workers import Workers

MAX_ARTICLES = 200  # a request; more is a file, and `askive ingest` takes those
_FOUND_AGAIN = {
    name: {"operationId": operation, "parameters": {"article_id": "$response.body#/ids/0"}}
    for name, operation in (("read", "read_article"), ("delete", "delete_article"))
}
_Name = Annotated[str, Field(max_length=300)]


class ArticleBody(BaseModel):
    """One article. Paragraphs of `text` are apart by an empty line."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=1000, pattern=SEEN)
    text: str = Field(min_length=1, max_length=5_000_000, pattern=SEEN)
    url: str | None = Field(None, max_length=2000, pattern=ADDRESS)
    published: Day | None = None
    source: _Name | None = None
    authors: list[_Name] = Field(default_factory=list, max_length=100)
    tags: list[_Name] = Field(default_factory=list, max_length=100)
    language: str | None = Field(None, max_length=16)


class ArticlesBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    articles: list[ArticleBody] = Field(min_length=1, max_length=MAX_ARTICLES)


def articles_router(service: Service, workers: Workers, metrics: Metrics) -> APIRouter:
    # For the schema alone: it says that a key is needed, access has already seen to it.
    shown = Depends(HTTPBearer(auto_error=False, description="A key with the role editor"))
    router = APIRouter(dependencies=[shown], responses=documented(401, 403))

    @router.post("/v1/articles", responses={200: {"description": "Kept and indexed", "links": _FOUND_AGAIN}})
    async def add(body: ArticlesBody) -> JSONResponse:
        """Add or replace articles; when this answers, they are kept, and the next question is asked of them too."""
        records = [article.model_dump(mode="json", exclude_none=True) for article in body.articles]
        try:
            added = await workers.write(add_articles, service, records)
        except ArticleError as error:
            raise ProblemError(422, str(error)) from error
        report = added.report
        metrics.changes.labels("added").inc(report.added)
        metrics.changes.labels("updated").inc(report.updated)
        counts = {name: getattr(report, name) for name in ("added", "updated", "unchanged", "articles", "passages")}
        return JSONResponse({"ids": list(added.ids), **counts})

    @router.delete(
        "/v1/articles/{article_id}", status_code=204, responses=documented(404), operation_id="delete_article"
    )
    async def delete(article_id: str) -> Response:
        """Delete an article; when this answers, nothing of it is kept or found any more."""
        if not await workers.write(delete_article, service, article_id):
            raise ProblemError(404, "there is no article with this id")
        metrics.changes.labels("deleted").inc()
        return Response(status_code=204)

    return router
