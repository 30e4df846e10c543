"""`askive keys`: who may ask and who may edit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import Home, Json

if TYPE_CHECKING:
    from api.guard.keys import Keys, Role

keys = typer.Typer(help="Keys for editors, and for readers where asking needs one.", no_args_is_help=True)


@keys.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is, for the list.")],
    role: Annotated[str, typer.Option(help="editor (may change articles) or reader.")] = "reader",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a key and print it, this once: only a hash of it is kept.

    askive keys create newsroom --role editor
    """
    from typing import cast

    from api.guard.keys import ROLES

    if role not in ROLES:
        raise typer.BadParameter(f"--role {role}: known are {', '.join(ROLES)}")
    key, secret = _open(home).create(name, cast("Role", role))
    if as_json:
        print(json.dumps({"id": key.id, "name": key.name, "role": key.role, "key": secret}))
    else:
        print(secret)


@keys.command("list")
def list_(home: Home = None, as_json: Json = False) -> None:
    """List the keys: id, role, day of making, name."""
    known = _open(home).list()
    if as_json:
        rows = [{"id": key.id, "name": key.name, "role": key.role, "created": key.created} for key in known]
        print(json.dumps({"keys": rows}, ensure_ascii=False))
        return
    for key in known:
        print(f"{key.id}  {key.role:6}  {key.created[:10]}  {key.name}")


@keys.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `askive keys list` shows it.")], home: Home = None
) -> None:
    """Make a key worthless at once, on a running service too."""
    gone = _open(home).revoke(key_id)
    print(f"{gone.id} ({gone.name}) is revoked")


def _open(home: Home) -> Keys:
    from api.guard.keys import Keys
    from api.settings import load_settings

    return Keys(load_settings(home).home / "keys.json")
