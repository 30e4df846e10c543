"""What was asked and answered, and what readers thought of it: bounded and deletable, in a database of the home."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from archive.database import open_database, reason, shown
from archive.errors import AskiveError, StoreError
from qa.types import Turn

_META = sa.MetaData()
_CONVERSATIONS = sa.Table("conversations", _META, sa.Column("id", sa.String(32)), sa.Column("updated", sa.Float))
_TURNS = sa.Table(
    "turns",
    _META,
    sa.Column("id", sa.String(32)),
    sa.Column("conversation", sa.String(32)),
    sa.Column("at", sa.Float),
    sa.Column("asked", sa.Text),
    sa.Column("standalone", sa.Text),
    sa.Column("answer", sa.JSON),
)
_FEEDBACK = sa.Table(
    "feedback",
    _META,
    sa.Column("id", sa.String(32)),
    sa.Column("at", sa.Float),
    sa.Column("question", sa.Text),
    sa.Column("rating", sa.String(8)),
    sa.Column("comment", sa.Text),
    sa.Column("history", sa.JSON),
    sa.Column("answer", sa.JSON),
)
_DAY = 86_400.0  # seconds
_STEP = 1e-3  # s between turns whose clock stands still, or was set back
BUSY_SECONDS = 2.0  # for another writer; then the answer is given unkept, rather than later


class UnknownConversationError(AskiveError):
    """There is no conversation, or no answer, with this id: never was, too old, or deleted."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One turn as kept: `answer` is the answer as JSON, as the caller got it; `at` seconds since 1970."""

    id: str
    at: float
    asked: str
    standalone: str
    answer: Mapping[str, Any]

    def turn(self) -> Turn:
        return Turn(self.standalone, str(self.answer.get("text", "")))


@dataclass(frozen=True, slots=True)
class Feedback:
    """A thumb for one answer, with the conversation before it and the answer and hits as they were shown."""

    id: str
    at: float
    question: str
    rating: str
    comment: str | None
    history: tuple[Turn, ...]
    answer: Mapping[str, Any]


class Conversations:
    """Conversations and feedback of one home. What is older or longer than the bounds goes at the next write."""

    def __init__(
        self,
        location: str | Path,
        *,
        max_turns: int = 20,
        max_age_days: float = 30,
        max_count: int = 10_000,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._location = shown(location)
        self._engine = open_database(location, Path(__file__).parent / "migrations", BUSY_SECONDS)
        self._max_turns = max_turns
        self._max_age = max_age_days * _DAY
        self._max_count = max_count
        self._now = now

    def turns(self, conversation: str) -> list[Kept]:
        """Return the turns of a conversation, oldest first; UnknownConversationError when there is none."""
        query = sa.select(_TURNS).join(_CONVERSATIONS, _CONVERSATIONS.c.id == _TURNS.c.conversation)
        query = query.where(_TURNS.c.conversation == conversation, _CONVERSATIONS.c.updated >= self._oldest())
        with self._reaching("read") as connection:
            rows = connection.execute(query.order_by(_TURNS.c.at, _TURNS.c.id)).all()
        if not rows:
            raise UnknownConversationError(
                f"there is no conversation {conversation!r}: leave it out to begin a new one"
            )
        return [_kept(row) for row in rows]

    def keep(self, conversation: str | None, asked: str, standalone: str, answer: Mapping[str, Any]) -> tuple[str, str]:
        """Add a turn, to a new conversation for None; return (conversation id, answer id).

        Raises UnknownConversationError for one that its reader has deleted while the answer was made: it stays gone.
        """
        name, turn, now = conversation or uuid.uuid4().hex, uuid.uuid4().hex, self._now()
        view = {**answer, "conversation_id": name, "answer_id": turn}
        with self._reaching("written") as connection:
            self._prune(connection, but=name)
            last = connection.scalar(sa.select(sa.func.max(_TURNS.c.at)).where(_TURNS.c.conversation == name))
            now = max(now, last + _STEP) if last else now  # a turn follows the one before, whatever the clock says
            if conversation is None:
                connection.execute(sa.insert(_CONVERSATIONS).values(id=name, updated=now))
            elif not connection.execute(_renewed(name, now)).rowcount:
                raise UnknownConversationError(f"the conversation {name!r} is no longer there")
            connection.execute(
                sa.insert(_TURNS).values(
                    id=turn, conversation=name, at=now, asked=asked, standalone=standalone, answer=view
                )
            )
            newest = sa.select(_TURNS.c.id).where(_TURNS.c.conversation == name).order_by(_TURNS.c.at.desc())
            old = _TURNS.c.id.not_in(newest.limit(self._max_turns))
            connection.execute(sa.delete(_TURNS).where(_TURNS.c.conversation == name, old))
        return name, turn

    def delete(self, conversation: str) -> bool:
        """Delete a conversation with all its turns; False when there is none."""
        with self._reaching("written") as connection:
            connection.execute(sa.delete(_TURNS).where(_TURNS.c.conversation == conversation))
            query = sa.delete(_CONVERSATIONS).where(_CONVERSATIONS.c.id == conversation)
            return bool(connection.execute(query).rowcount)

    def find(self, answer_id: str) -> tuple[Kept, tuple[Turn, ...]]:
        """Return the turn of an answer and the turns before it; UnknownConversationError when there is none."""
        with self._reaching("read") as connection:
            row = connection.execute(sa.select(_TURNS.c.conversation).where(_TURNS.c.id == answer_id)).first()
        if row is None:
            raise UnknownConversationError(f"there is no answer {answer_id!r}: it may be too old, or deleted")
        turns = self.turns(row.conversation)
        place = [turn.id for turn in turns].index(answer_id)
        return turns[place], tuple(turn.turn() for turn in turns[:place])

    def rate(self, feedback: Feedback) -> None:
        with self._reaching("written") as connection:
            history = [{"question": turn.question, "answer": turn.answer} for turn in feedback.history]
            values = {"history": history, "answer": dict(feedback.answer), "comment": feedback.comment}
            names = {"id": feedback.id, "at": feedback.at, "question": feedback.question, "rating": feedback.rating}
            connection.execute(sa.insert(_FEEDBACK).values({**values, **names}))

    def feedback(self) -> Iterator[Feedback]:
        """Yield all feedback, oldest first. It is kept until deleted: it is the archive's, not a conversation's."""
        with self._reaching("read") as connection:
            rows = connection.execute(sa.select(_FEEDBACK).order_by(_FEEDBACK.c.at, _FEEDBACK.c.id)).all()
        for row in rows:
            history = tuple(Turn(turn["question"], turn["answer"]) for turn in row.history)
            yield Feedback(row.id, row.at, row.question, row.rating, row.comment, history, row.answer)

    def close(self) -> None:
        self._engine.dispose()

    def _oldest(self) -> float:
        return self._now() - self._max_age

    def _prune(self, connection: sa.Connection, but: str) -> None:
        """Delete what is too old, and what is one too many: whoever begins thousands fills no disk.

        Not the one that goes on just now: its question came in time.
        """
        updated = _CONVERSATIONS.c.updated
        first = sa.select(updated).order_by(updated.desc()).offset(self._max_count - 1).limit(1)
        oldest = max(self._oldest(), connection.execute(first).scalar() or 0.0)
        gone = sa.and_(updated < oldest, _CONVERSATIONS.c.id != but)
        old = sa.select(_CONVERSATIONS.c.id).where(gone)
        connection.execute(sa.delete(_TURNS).where(_TURNS.c.conversation.in_(old)))
        connection.execute(sa.delete(_CONVERSATIONS).where(gone))

    @contextmanager
    def _reaching(self, done: str) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"{self._location}: conversations cannot be {done}: {reason(error)}") from error


def _renewed(name: str, now: float) -> sa.Update:
    return sa.update(_CONVERSATIONS).where(_CONVERSATIONS.c.id == name).values(updated=now)


def _kept(row: Any) -> Kept:
    return Kept(row.id, row.at, row.asked, row.standalone, row.answer)
