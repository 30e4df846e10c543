"""`askive ingest` and `askive status`: filling an archive and looking at it."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.commands.options import Home, Json, open_service
from api.commands.progress import progress_bar

if TYPE_CHECKING:
    from api.settings import Settings
    from embeddings.types import Encoder

Engine = Annotated[
    Literal["local", "ray"],
    typer.Option("--engine", help="Who encodes: this machine, or a Ray cluster (RAY_ADDRESS)."),
]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Encoders that Ray runs, a core each.")]


def bulk_encoder(settings: Settings, engine: Literal["local", "ray"], workers: int) -> Encoder:
    """Return what encodes an archive: the quickest path of this machine, its GPU included, or a Ray cluster."""
    from embeddings.encoder import load_encoder
    from embeddings.ray_encoder import RayEncoder

    # A worker may be on another machine, or in another folder of this one.
    load = partial(load_encoder, settings.encoder.model, settings.home.absolute() / "models", bulk=True)
    return RayEncoder(load(), load, workers, os.environ.get("RAY_ADDRESS")) if engine == "ray" else load()


def ingest(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Files, folders, globs (also .gz), URLs.")],
    format: Annotated[
        str | None,
        typer.Option("--format", help="archive-page, html, wxr, feed, jsonl or markdown, where it cannot be told."),
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option("--field", help="NAME=THEIRS for JSON Lines, e.g. published=pub_date.")
    ] = None,
    engine: Engine = "local",
    workers: Workers = 2,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add or update articles: saved pages, HTML, WordPress exports, feeds, JSON Lines, Markdown; or their URLs.

    Running it again adds nothing; changed articles replace their old text; what cannot be read is named.

      askive ingest export.xml posts/ 'news-*.jsonl.gz' https://news.example/feed
    """
    from ipaddress import ip_network

    from api.settings import load_settings
    from archive.fetch import Fetching
    from archive.read import FORMATS
    from archive.readers.jsonl import ALIASES
    from embeddings.ingest import ingest as run

    settings = load_settings(home)
    if format is not None and format not in FORMATS:
        raise typer.BadParameter(f"--format {format}: known are {', '.join(FORMATS)}")
    pairs = [each.partition("=") for each in field or []]
    if bad := [name for name, sign, _ in pairs if not sign]:
        raise typer.BadParameter(f"--field {bad[0]}: expected NAME=THEIRS")
    if bad := [name for name, _, _ in pairs if name not in ALIASES]:
        raise typer.BadParameter(f"--field {bad[0]}: an article has {', '.join(ALIASES)}")
    with progress_bar() as progress:
        fields = {name: theirs for name, _, theirs in pairs}
        networks = tuple(ip_network(each, strict=False) for each in settings.fetch.allowed_networks)
        report = run(
            sources,
            settings.home,
            encoder=bulk_encoder(settings, engine, workers),
            format=format,
            fields=fields,
            progress=progress,
            fetching=Fetching(settings.fetch.max_bytes, settings.fetch.seconds, networks),
            placement=settings.placement(),
        )
    for failure in report.failed:
        told = failure.reason if failure.reason.startswith(failure.origin) else f"{failure.origin}: {failure.reason}"
        print(f"askive: not read: {told}", file=sys.stderr)
    nothing = bool(report.failed) and report.added + report.updated + report.unchanged == 0
    names = ("articles", "passages", "added", "updated", "unchanged", "removed", "undated", "seconds")
    view: dict[str, Any] = {name: getattr(report, name) for name in names}
    view["failed"] = [{"origin": f.origin, "reason": f.reason} for f in report.failed]
    if as_json:
        print(json.dumps(view))
    elif not nothing:
        print(
            f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
            f"{len(report.failed)} failed; "
            f"{report.articles} articles in {report.passages} passages, {report.seconds:.1f} s"
        )
    if report.failed:
        raise typer.Exit(2 if nothing else 1)


def status(home: Home = None, as_json: Json = False) -> None:
    """Say what a home holds and whether it can answer."""
    service = open_service(home)
    problem = service.ready()
    view = {
        "home": str(service.settings.home),
        "articles": service.store.count(),
        "indexed": service.index.article_count if problem is None else 0,
        "passages": service.index.passages if problem is None else 0,
        "generation": service.index.generation if problem is None else None,
        "model": service.encoder.name,
        "sources": service.store.sources(),
        "ready": problem is None,
        "problem": problem,
    }
    if as_json:
        print(json.dumps(view, ensure_ascii=False))
        return
    for name, value in view.items():
        print(f"{name:>10}: {value}")
