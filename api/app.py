"""The HTTP application: the routes over one opened service, and what stands before them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from limits import RateLimitItem, parse
from starlette.middleware.trustedhost import TrustedHostMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.guard.access import Access, Rates, needed_role
from api.guard.bounds import BoundBody, BoundTime
from api.guard.context import Context
from api.guard.keys import Keys
from api.metrics import CountRequests, Metrics
from api.observe import Observer
from api.problems import Problem, documented, install_problems
from api.reference import reference_router
from api.routes.archive import archive_router
from api.routes.articles import articles_router
from api.routes.ask import ask_router
from api.routes.conversations import conversations_router
from api.routes.feedback import feedback_router
from api.routes.health import health_router
from api.routes.openai import openai_router
from api.routes.pages import pages_router
from api.service import Service
from api.settings import LimitSettings, Settings
from api.tracing import Traced, build_tracer
from api.workers import Workers

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


def create_app(service: Service) -> FastAPI:
    """Return the application over an opened service."""
    settings = service.settings
    workers = Workers(settings.api.workers, patience=settings.limits.patience)
    metrics = Metrics()
    metrics.watch(service, workers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        workers.close()

    app = FastAPI(
        title="Askive",
        summary="Ask the archive",
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        responses=documented(400, 401, 408, 413, 422, 429, 503, 504),
    )
    install_problems(app)
    tracer = build_tracer(settings.tracing.endpoint) if settings.tracing.endpoint else None
    observer = Observer(metrics, tracer, log_questions=settings.log.questions)
    _guard(app, settings, metrics, tracer)
    for observed in (ask_router, openai_router):
        app.include_router(observed(service, workers, observer))
    for counted in (articles_router, health_router):
        app.include_router(counted(service, workers, metrics))
    for router in (archive_router, conversations_router, feedback_router, pages_router):
        app.include_router(router(service, workers))
    app.include_router(reference_router(app))
    app.openapi = partial(_schema, app)  # type: ignore[method-assign]  # how FastAPI has it extended
    return app


def _schema(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI schema, with the shape of a problem that every route refers to."""
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    assert app.openapi_schema is not None
    return app.openapi_schema


def _guard(app: FastAPI, settings: Settings, metrics: Metrics, tracer: Tracer | None) -> None:
    """Stack what a request passes; the last added is the first passed."""
    limits, api = settings.limits, settings.api
    app.add_middleware(BoundTime, seconds=limits.answer_seconds)
    app.add_middleware(BoundBody, limit=_sizes(limits), seconds=limits.body_seconds)
    app.add_middleware(
        Access,
        keys=Keys(settings.home / "keys.json"),
        rates=Rates(_rate(limits.rate_by_address), _rate(limits.rate_by_key)),
        open_to_readers=api.readers == "open",
        refused=lambda why: metrics.refused.labels(why).inc(),
    )
    if api.allowed_hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=api.allowed_hosts, www_redirect=False)
    if api.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=api.allowed_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["authorization", "content-type", "x-request-id"],
            expose_headers=["retry-after", "x-request-id"],
        )
    app.add_middleware(CountRequests, metrics=metrics)
    if tracer is not None:
        app.add_middleware(Traced, tracer=tracer)
    app.add_middleware(Context)
    if api.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=api.trusted_proxies)


def _rate(told: str) -> RateLimitItem | None:
    return parse(told) if told else None


def _sizes(limits: LimitSettings) -> Callable[[str, str], int]:
    """Return how many bytes the body of a (method, path) may have: an editor's articles more than a question."""
    return lambda method, path: limits.upload if needed_role(method, path, open_to_readers=True) else limits.body
