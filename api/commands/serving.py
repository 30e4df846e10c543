"""`askive serve`."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
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
    from api.memory import share_arenas
    from api.prefork import serve_by
    from api.server import bound_socket
    from api.settings import load_settings

    share_arenas()
    settings = load_settings(home)
    listening = bound_socket(host, port)
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
