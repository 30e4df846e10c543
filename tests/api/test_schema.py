"""schemathesis on the whole API: what its schema says is what it does, for right and for wrong requests."""

from __future__ import annotations
