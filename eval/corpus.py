"""The articles that a question set brings with it, as JSON Lines for `askive ingest`.

    python -m eval.corpus CONVERSATIONS.jsonl.gz > contexts.jsonl

An MTRAG file's contexts, each document once. A BEIR folder needs nothing of the kind: its corpus.jsonl is JSON Lines.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from archive.errors import AskiveError
from eval.errors import EvalError
from eval.questions import rows


def contexts(path: Path) -> Iterator[dict[str, str]]:
    """Yield {id, text} of every document that some turn was answered from. Raises EvalError naming a broken line."""
    seen: set[str] = set()
    for place, row in rows(path):
        try:
            held = [(str(each["document_id"]), str(each["text"])) for each in row["contexts"]]
        except (KeyError, TypeError) as error:
            raise EvalError(f"{place}: not an MTRAG turn: {type(error).__name__} {error}") from error
        for name, text in held:
            if name not in seen:
                seen.add(name)
                yield {"id": name, "text": text}


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        for article in contexts(Path(sys.argv[1])):
            print(json.dumps(article, ensure_ascii=False))
    except AskiveError as error:
        print(f"eval.corpus: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
