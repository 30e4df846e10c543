"""What commands share: their options, and how a home is opened."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.service import Service
    from api.settings import Settings

Home = Annotated[
    Path | None,
    typer.Option(
        "--home", help="The folder that holds everything.", envvar="ASKIVE_HOME", show_default="./askive-data"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="The day asked from; nothing later is used."),
]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="Only articles from this day on."),
]
To = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="Only articles up to this day.")
]
Source = Annotated[list[str] | None, typer.Option("--source", help="Only this source; may be given again.")]


def archive_settings(home: Path | None) -> Settings:
    """The settings of a home that holds an archive; StoreError says what to do where there is none yet."""
    from api.settings import load_settings
    from archive.errors import StoreError

    settings = load_settings(home)
    if settings.store.url is None and not (settings.home / "articles.sqlite").is_file():
        raise StoreError(
            f"{settings.home}: there is no archive here yet; fill it with `askive ingest SOURCE --home {settings.home}`"
        )
    return settings


def open_service(home: Path | None, *, create: bool = False) -> Service:
    """Open a home for questions; without `create`, one that holds no archive yet is an error that says what to do."""
    from api.service import Service
    from api.settings import load_settings

    return Service.open(load_settings(home) if create else archive_settings(home))
