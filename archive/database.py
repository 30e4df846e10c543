"""The database behind the store: one engine, its pragmas, its migrations."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from archive.errors import StoreError

BUSY_SECONDS = 30  # how long a second writer waits before it is told that another is in the way
MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(location: str | Path, migrations: Path = MIGRATIONS, busy: float | None = None) -> Engine:
    """Open a database URL, or an SQLite file (created with its folder), and bring its tables up to date.

    An SQLite file in a folder that may not be written is opened for reading alone, as it is. `busy` is how many
    seconds to wait for another writer, by default BUSY_SECONDS.
    """
    url = str(location)
    if "://" not in url and Path(location).is_file() and not _writable(Path(location)):
        return create_engine(f"sqlite:///file:{quote(str(Path(location).resolve()))}?immutable=1&mode=ro&uri=true")
    if "://" not in url:
        try:
            Path(location).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{location}: the home cannot be made: {error.strerror}") from error
        url = f"sqlite:///{location}"
    wait = BUSY_SECONDS if busy is None else busy
    engine = create_engine(url, connect_args={"timeout": wait} if url.startswith("sqlite") else {})
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
    try:
        with engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(migrations))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise StoreError(f"{location}: the store cannot be opened: {reason(error)}") from error
    except CommandError as error:  # a migration that is not among ours
        raise StoreError(f"{location}: was written by a newer Askive; install that one ({error})") from error
    return engine


def _writable(path: Path) -> bool:
    """Ask about the file without opening it: closing it again would drop every lock that this process's other
    connections hold on it, and another process then delete the log under them (sqlite.org/howtocorrupt.html, 2.2).
    """
    if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        return False
    try:
        with TemporaryFile(dir=path.parent):
            return True
    except OSError:
        return False


def reason(error: SQLAlchemyError) -> str:
    """The driver's own words, without SQLAlchemy's page of context."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def forget(engine: Engine) -> None:
    """Take what was deleted out of the write-ahead log too, as far as nobody is reading just now."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except Exception:  # a read-only file keeps the journal mode it has
            continue
    cursor.close()
