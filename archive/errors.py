"""The base of every typed error, and what can go wrong with sources and the store."""

from __future__ import annotations


class AskiveError(Exception):
    """Something that the caller can mend; the message says what was wrong with which input, and what to do."""


class SourceError(AskiveError):
    """A source that cannot be read at all."""


class StoreError(AskiveError):
    """The store of articles cannot be opened, read or written."""


class CursorError(AskiveError):
    """A cursor that no listing of ours gave out."""
