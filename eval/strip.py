"""A run without text: python -m eval.strip RUN.json OUT writes OUT.json and OUT.html.

No word of the archive or of the questions is left in them, and every figure is: what may be kept in the repository of a
run on an archive that is not ours to copy.
"""

from __future__ import annotations

import sys
from pathlib import Path

from archive.errors import AskiveError
from eval.report import write_report
from eval.runs import load, save, without_text


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        run = without_text(load(Path(sys.argv[1])))
        save(run, Path(f"{sys.argv[2]}.json"))
        write_report(run, Path(f"{sys.argv[2]}.html"))
    except AskiveError as error:
        print(f"eval.strip: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
