"""Errors over HTTP: RFC 9457 problem details with a stable `type`, for every error there is."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from api.conversations import UnknownConversationError
from api.workers import OverloadedError
from archive.errors import AskiveError, CursorError
from embeddings.errors import IndexLockedError

_STRING = {"type": "string"}
MEDIA_TYPE = "application/problem+json"
_TITLES = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    408: "body-timeout",
    413: "too-large",
    422: "invalid",
    429: "too-many-requests",
    500: "internal",
    503: "not-ready",
    504: "timeout",
}


class ProblemError(Exception):
    """An error to tell the caller: an HTTP status and one sentence that says what to do."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def install_problems(app: FastAPI) -> None:
    """Answer every error with problem details instead of the framework's own shapes."""

    @app.exception_handler(ProblemError)
    async def _problem(_: Request, error: ProblemError) -> JSONResponse:
        return problem_response(error.status, error.detail)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {})
        if error.status_code == 405:  # the router names the methods of the first route of the path alone
            methods = _methods(app, request.url.path)
            headers |= {"Allow": ", ".join(sorted(methods))} if methods else {}
        return problem_response(error.status_code, str(error.detail), headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
        return problem_response(422, f"{place}: {first['msg']}")

    @app.exception_handler(OverloadedError)
    async def _overloaded(_: Request, error: OverloadedError) -> JSONResponse:
        return problem_response(503, str(error), {"Retry-After": str(error.retry_after)}, "overloaded")

    @app.exception_handler(AskiveError)
    async def _ours(_: Request, error: AskiveError) -> JSONResponse:
        return told(error)


def _methods(app: FastAPI, path: str) -> set[str]:
    """The methods that the schema has for a path."""
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return {m.upper() for template, methods in paths.items() if compile_path(template)[0].match(path) for m in methods}


def told(error: AskiveError) -> JSONResponse:
    """Return the problem that one of our errors is to a caller: something unknown, something wrong, or not now."""
    if isinstance(error, UnknownConversationError):
        return problem_response(404, str(error))
    if isinstance(error, CursorError):
        return problem_response(422, str(error))
    if isinstance(error, IndexLockedError):
        return problem_response(503, str(error), {"Retry-After": "5"}, "being-written")
    return problem_response(503, str(error))


def problem_response(
    status: int, detail: str, headers: dict[str, str] | None = None, name: str | None = None
) -> JSONResponse:
    """Return a problem; `name` is the end of its type where the status alone does not tell it."""
    name = name or _TITLES.get(status, "error")
    body: dict[str, Any] = {
        "type": f"urn:askive:problem:{name}",
        "title": name.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
    }
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


class Problem(BaseModel):
    """RFC 9457 problem details, as the schema shows them."""

    type: str
    title: str
    status: int
    detail: str


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route's schema says of the problems that it can answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _TITLES[status].replace("-", " ").capitalize(), "content": content}
        for status in statuses
    }


def streamed(**links: str) -> dict[int | str, dict[str, Any]]:
    """Return what a route's schema says of an answer that may be a stream, and what its conversation's id leads to."""
    found = {
        name: {"operationId": operation, "parameters": {"conversation_id": "$response.body#/conversation_id"}}
        for name, operation in links.items()
    }
    event = {"type": "object", "properties": {"event": _STRING, "data": _STRING}, "required": ["data"]}
    content = {"text/event-stream": {"schema": event}}
    return {200: {"description": "An answer, or an abstention", "content": content, "links": found}}
