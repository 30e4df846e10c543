"""The database behind the store: one engine, its migrations; SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from archive import postgres
from archive.errors import StoreError

BUSY_SECONDS = 30  # how long a second writer waits before it is told that another is in the way
MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(location: str | Path, migrations: Path = MIGRATIONS, busy: float | None = None) -> Engine:
    """Open a database URL, or an SQLite file (created with its folder), and bring its tables up to date.

    An SQLite file in a folder that may not be written is opened for reading alone, as it is. `busy` is how many
    seconds to wait for another writer, by default BUSY_SECONDS.
    """
    if "://" in str(location):
        engine = _by_url(str(location), BUSY_SECONDS if busy is None else busy)
    else:
        path = Path(location)
        if path.is_file() and not _writable(path):
            return create_engine(f"sqlite:///file:{quote(str(path.resolve()))}?immutable=1&mode=ro&uri=true")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{location}: the home cannot be made: {error.strerror}") from error
        engine = _by_url(f"sqlite:///{location}", BUSY_SECONDS if busy is None else busy)
    try:
        with engine.begin() as connection:
            postgres.one_at_a_time(connection)
            config = Config()
            config.set_main_option("script_location", str(migrations))
            config.attributes["connection"] = connection
            # Several packages keep their tables in one PostgreSQL database; of SQLite each has a file of its own.
            own = engine.dialect.name == "sqlite"
            config.attributes["version_table"] = "alembic_version" if own else f"{migrations.parent.name}_version"
            if own:
                _one_at_a_time(connection, config)
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise StoreError(f"{shown(location)}: the store cannot be opened: {reason(error)}") from error
    except CommandError as error:  # a migration that is not among ours
        raise StoreError(f"{shown(location)}: was written by a newer Askive; install that one ({error})") from error
    return engine


def shown(location: str | Path) -> str:
    """A location as messages may show it: without its password."""
    if "://" not in str(location):
        return str(location)
    try:
        return make_url(str(location)).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "store.url"


def _by_url(url: str, wait: float) -> Engine:
    try:
        if make_url(url).get_backend_name() == "postgresql":
            return postgres.engine(url, wait)
        engine = create_engine(url, connect_args={"timeout": wait} if url.startswith("sqlite") else {})
    except (SQLAlchemyError, ImportError) as error:  # no URL, no such dialect, no driver for it
        raise StoreError(f"{shown(url)}: no database can be opened by this URL: {error}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
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


def _one_at_a_time(connection: Connection, config: Config) -> None:
    """Keep other processes from migrating an SQLite file too; one that is up to date is not locked at all."""
    head = ScriptDirectory.from_config(config).get_current_head()
    if MigrationContext.configure(connection).get_current_revision() != head:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the upgrade looks again, and finds the work of who was first


def _pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except Exception:  # a read-only file keeps the journal mode it has
            continue
    cursor.close()
