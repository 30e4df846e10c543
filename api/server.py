"""The HTTP server over an application: uvicorn with the bounds on connections that it lacks."""

from __future__ import annotations

import resource
from socket import AF_INET, AF_INET6, IPPROTO_TCP, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket

import uvicorn
from fastapi import FastAPI

from api.guard.connections import bounded_protocol
from api.settings import Settings, SettingsError


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


def bound_socket(host: str, port: int) -> socket:
    """Return a socket at an address, which a fork inherits; SettingsError when it cannot be had."""
    # The protocol is named, since asyncio turns Nagle's algorithm off only where it is: else each answer waits 40 ms
    # for the client to acknowledge its head.
    made = socket(AF_INET6 if ":" in host else AF_INET, SOCK_STREAM, IPPROTO_TCP)
    made.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        raise SettingsError(f"{host}:{port} cannot be listened on: {error.strerror or error}") from error
    made.set_inheritable(True)
    return made
