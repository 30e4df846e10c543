"""`askive serve`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api.commands.options import Home, open_service


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    home: Home = None,
) -> None:
    """Serve the HTTP API and the page at /."""
    from api.app import create_app
    from api.logs import configure_logs
    from api.server import allow_many_files, build_server

    service = open_service(home, create=True)
    configure_logs(service.settings.log.level)
    allow_many_files()
    server = build_server(create_app(service), service.settings, host, port)
    socket = server.config.bind_socket()
    address, bound = socket.getsockname()[:2]
    print(f"askive: serving {service.settings.home} at http://{address}:{bound}", file=sys.stderr)
    server.run([socket])
