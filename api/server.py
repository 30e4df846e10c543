"""The HTTP server over an application: uvicorn with the bounds on connections that it lacks."""

from __future__ import annotations

import resource

import uvicorn
from fastapi import FastAPI

from api.guard.connections import bounded_protocol
from api.settings import Settings


def build_server(app: FastAPI, settings: Settings, host: str, port: int) -> uvicorn.Server:
    """Return a server that is ready to `run`; forwarded addresses are the application's affair, not uvicorn's."""
    limits = settings.limits
    protocol = bounded_protocol(
        header_seconds=limits.head_seconds,
        write_seconds=limits.unread_seconds,
        per_address=limits.connections_by_address,
        trusted=settings.api.trusted_proxies,
    )
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=protocol,
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


def allow_many_files() -> None:
    """Raise this process's limit of open files to what it may have: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else max(soft, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
