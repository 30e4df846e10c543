"""The command line. `--json` keeps standard output to one JSON object; progress and notes go to standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer
from typer.exceptions import TyperException

from api.commands import asking, deleting, evaluating, keeping, mending, serving
from api.commands.feedback import feedback
from api.commands.keys import keys
from archive.errors import AskiveError

INTERRUPTED = 130  # 128 and SIGINT, as shells have it

app = typer.Typer(
    help="Ask an archive: answers with exact citations, or an honest abstention.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
COMMANDS: tuple[Callable[..., None], ...] = (
    keeping.ingest,
    asking.search,
    asking.ask,
    serving.serve,
    keeping.status,
    deleting.delete,
    mending.backup,
    mending.restore,
    mending.check,
    mending.rebuild,
)
for command in COMMANDS:
    app.command()(command)

app.command("eval")(evaluating.evaluate)
app.add_typer(feedback, name="feedback")
app.add_typer(keys, name="keys")


def main() -> None:
    """Run the command line; an error in what was typed or given is one clear line and exit status 2, no traceback."""
    try:
        status = app(standalone_mode=False) or 0
    except TyperException as error:
        told = getattr(error, "format_message", error.__str__)()
        print(f"askive: {told} (see askive {' '.join(sys.argv[1:2])} --help)", file=sys.stderr)
        sys.exit(2)
    except AskiveError as error:
        print(f"askive: {error}", file=sys.stderr)
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    if status == INTERRUPTED:  # typer returns it for Ctrl-C where it catches that itself
        print("askive: stopped; run the same command again and it goes on where it was", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
