"""What PostgreSQL needs besides SQLAlchemy: its driver, bounded waits, and locks that all its clients see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from archive.errors import StoreError

CONNECT_SECONDS = 10  # until a server that does not answer is given up
_WRITER, _MIGRATION = 0x61736B01, 0x61736B02  # advisory locks: numbers that nobody else is likely to take


def engine(url: str, wait: float) -> Engine:
    """Return an engine on psycopg; `wait` is how many seconds to wait for another's lock. StoreError without psycopg.

    A connection is tried before it is used, so that a server which was started anew is simply used again.
    """
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise StoreError("a store in PostgreSQL needs the extra postgres: pip install 'askive[postgres]'") from error
    made = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )

    def prepare(connection: Any, _record: Any) -> None:
        connection.adapters.register_dumper(str, _text_dumper())
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {int(wait * 1000)}")
        connection.autocommit = False

    event.listen(made, "connect", prepare)
    return made


def one_at_a_time(connection: Connection) -> None:
    """Let no other process migrate until this transaction ends: servers that start together would all create tables."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION})


@contextmanager
def writer_place(engine: Engine) -> Iterator[bool]:
    """Hold the one writer's place of a database for as long as this is open; yields whether it was free.

    The server gives it up when the connection ends, however that comes about. SQLite, whose writers share a folder
    and its lock, always has it free.
    """
    if engine.dialect.name != "postgresql":
        yield True
        return
    try:
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        free = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _WRITER}))
    except SQLAlchemyError as error:
        raise StoreError(f"{engine.url}: the store cannot be written: {getattr(error, 'orig', error)}") from error
    try:
        yield free
    finally:
        connection.detach()  # closed, not kept in the pool: the lock belongs to the connection
        connection.close()


def _text_dumper() -> type:
    """Text as psycopg sends it, but for NUL, which PostgreSQL has no place for: no article holds it, a caller may."""
    from psycopg.types.string import StrDumperUnknown

    class Dumper(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    return Dumper
