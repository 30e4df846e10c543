"""`askive backup`, `restore`, `check` and `rebuild`: keeping a home whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.commands.keeping import Engine, Workers, bulk_encoder
from api.commands.options import Home, Json, archive_settings
from api.commands.progress import progress_bar

File = Annotated[Path, typer.Argument(metavar="FILE")]


def backup(file: File, home: Home = None, as_json: Json = False) -> None:
    """Write a home into one file; the home may be serving and ingesting meanwhile.

    It holds articles, conversations, feedback, keys, settings and the index: keep it as safe as the home.

      askive backup /backups/news-2024-06-01.tar.gz
    """
    from api.backup import backup as run

    settings = archive_settings(home)
    made = run(settings.home, file, settings.placement())
    if as_json:
        print(json.dumps({"file": str(file), "articles": made.articles, "bytes": made.size, "index": made.generation}))
    else:
        print(f"{file}: {made.articles} articles, {made.size:,} bytes in {made.files} files")


def restore(
    file: File,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for another writer.")] = 0.0,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a home, new or in use, what it was when the backup was made. What was added since is gone.

    askive restore /backups/news-2024-06-01.tar.gz --home elsewhere
    """
    from api.restore import restore as run
    from api.settings import load_settings

    place = load_settings(home).home
    made = run(file, place, wait=wait)
    if made.generation is None:
        print("askive: the backup holds no index; run `askive rebuild`", file=sys.stderr)
    if as_json:
        print(json.dumps({"home": str(place), "articles": made.articles, "bytes": made.size}))
    else:
        print(f"{place}: {made.articles} articles restored")


def check(home: Home = None, as_json: Json = False) -> None:
    """Verify every database, article, index file and weight of a home; say what is wrong and how to mend it.

    Exit status 0 when all is well, 1 when something is not.

      askive check
    """
    from api.check import check as run

    settings = archive_settings(home)
    found = run(settings.home, settings.encoder.model, settings.placement())
    if as_json:
        findings = [{"part": each.part, "problem": each.problem, "mend": each.mend} for each in found]
        print(json.dumps({"home": str(settings.home), "ok": not found, "findings": findings}, ensure_ascii=False))
    else:
        for each in found:
            print(f"{each.part}: {each.problem}\n    to mend it: {each.mend}")
        print(f"{settings.home}: {f'{len(found)} found' if found else 'all is well'}")
    if found:
        raise typer.Exit(1)


def rebuild(engine: Engine = "local", workers: Workers = 2, home: Home = None, as_json: Json = False) -> None:
    """Make the index anew from the stored articles; what serves goes on serving until then.

    For another embedding model, for an index that cannot be read, and to drop the last traces of deleted articles.

      askive rebuild
    """
    from embeddings.rebuild import rebuild as run

    settings = archive_settings(home)
    with progress_bar() as progress:
        encoder = bulk_encoder(settings, engine, workers)
        index = run(settings.home, encoder=encoder, progress=progress, placement=settings.placement())
    articles = index.article_count
    if as_json:
        print(json.dumps({"articles": articles, "passages": index.passages, "generation": index.generation}))
    else:
        print(f"{articles} articles in {index.passages} passages")
