"""What can go wrong with the reader."""

from __future__ import annotations

from archive.errors import AskiveError


class ReaderError(AskiveError):
    """The reader cannot be loaded or run."""


class WeightsError(ReaderError):
    """A file of the shipped weights is missing, or is not the one that its manifest names."""


class TrainingDataError(ReaderError):
    """A training set is missing or not in the form it should have."""
