"""What can go wrong before anything is measured."""

from __future__ import annotations

from archive.errors import AskiveError


class EvalError(AskiveError):
    """A question set, a run or a gate that cannot be used; nothing is scored."""
