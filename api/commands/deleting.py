"""`askive delete`."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from api.commands.options import Home, Json, archive_settings


def delete(
    ids: Annotated[
        list[str],
        typer.Argument(metavar="ID...", help='Ids of articles: "article_id" in what `askive search --json` prints.'),
    ],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Delete articles: when this is done, none of them is kept in the store or found by a search.

    askive delete a9db3e7abb5446fa
    """
    from embeddings.delete import delete_articles
    from embeddings.encoder import load_encoder

    settings = archive_settings(home)
    encoder = load_encoder(settings.encoder.model, settings.home / "models")
    deleted = delete_articles(ids, settings.home, encoder=encoder, placement=settings.placement())
    unknown = sorted(set(ids) - set(deleted))
    for name in unknown:
        print(f"askive: there is no article {name!r}", file=sys.stderr)
    if as_json:
        print(json.dumps({"deleted": list(deleted), "unknown": unknown}))
    else:
        print(f"{len(deleted)} deleted")
    if unknown:
        raise typer.Exit(1 if deleted else 2)
