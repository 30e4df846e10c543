"""`askive serve`."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from socket import AF_INET, AF_INET6, IPPROTO_TCP, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from typing import Annotated

import typer

from api.commands.options import Home, open_service


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    home: Home = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes; all map the same index.")] = 1,
) -> None:
    """Serve the HTTP API and the page at /."""
    from api.prefork import serve_by
    from api.settings import load_settings

    settings = load_settings(home)
    listening = _bound(host, port)
    address, bound = listening.getsockname()[:2]
    told = f"askive: serving {settings.home} at http://{address}:{bound}"

    def run() -> None:
        # The models are loaded by native code, the application is imported by Python: both at a time.
        with ThreadPoolExecutor(1, thread_name_prefix="open") as opening:
            opened = opening.submit(open_service, home, create=True)
            from api.app import create_app
            from api.logs import configure_logs
            from api.server import allow_many_files, build_server

            service = opened.result()
        configure_logs(settings.log.level)
        allow_many_files()
        server = build_server(create_app(service), settings, host, port)
        if workers == 1:
            print(told, file=sys.stderr)
        server.run([listening])

    if workers == 1:
        run()
        return
    listening.listen(2048)  # who comes before a worker is ready waits instead of being refused
    print(f"{told}, {workers} workers", file=sys.stderr)
    raise typer.Exit(serve_by(workers, run))


def _bound(host: str, port: int) -> socket:
    """A socket at an address; SettingsError when it cannot be had."""
    from api.settings import SettingsError

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
