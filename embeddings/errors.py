"""What can go wrong between an article and a search."""

from __future__ import annotations

from archive.errors import AskiveError


class EncoderError(AskiveError):
    """The embedding model is absent, altered, or cannot be run."""


class IndexMissingError(AskiveError):
    """There is no index in the folder yet, or none of its generations can be read."""


class IndexMismatchError(AskiveError):
    """The index was built with another model or another chunking than the one asked for."""


class IndexCorruptError(AskiveError):
    """A file of an index generation does not match its recorded checksum."""


class IndexWriteError(AskiveError):
    """The index could not be written: read-only folder, full disk. The previous generation is intact."""


class IndexLockedError(AskiveError):
    """Another process is writing to the same index."""


class IndexUnavailableError(AskiveError):
    """The server that holds the index does not answer, or refuses; the message names it."""
