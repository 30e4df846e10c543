"""Markdown as static site generators keep posts: front matter in YAML, TOML, JSON or plain `Key: value` lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import yaml
from frontmatter.default_handlers import BaseHandler, JSONHandler, YAMLHandler
from markdown_it import MarkdownIt

from archive.dates import read_date
from archive.readers.jsonl import is_public, read_record
from archive.text import clean
from archive.types import Article, ReadFailure

_FIELD = re.compile(r"([A-Za-z][\w -]{0,40}):(?: +(.*))?")
_DAY_IN_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-")
# What a site generator puts something else in the place of: Hugo's and Liquid's calls, and the marks of footnotes.
_CALL = re.compile(r"\{\{[^{}]{0,1000}\}\}|\{%[^%]{0,1000}%\}")
_NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]{1,100})\]:", re.MULTILINE)
_LINK = re.compile(r"^(?= {0,3}\[[^\[\]\n]{1,100}\]:)", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^([^\]\s]{1,100})\]")
MAX_BRACKETS = 10_000  # a link may begin at each, and is looked for to the end of the paragraph; more have no links


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # the library ships no types
    """YAML without aliases: a few lines of them stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("refused, it holds aliases")
        return super().compose_node(parent, index)


class _Yaml(YAMLHandler):
    def load(self, fm: str, **_: object) -> Any:
        return yaml.load(fm, Loader=_Loader)


class _Toml(BaseHandler):
    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)

    def load(self, fm: str, **_: object) -> Any:
        return tomllib.loads(fm)


_KINDS = {"YAML": _Yaml(), "TOML": _Toml(), "JSON": JSONHandler()}


def read_markdown(text: str, origin: str) -> Iterator[Article | ReadFailure]:
    """Yield the one article of a Markdown file, none for a draft.

    Its title is the front matter's, else the first heading's; its day the front matter's, else that of a file's name
    such as `2019-05-03-ferry-sinks.md`.
    """
    path = PurePath(origin)
    if "_drafts" in path.parts:
        return
    body = _cleaned(text)
    kind = next((kind for kind, handler in _KINDS.items() if handler.detect(body)), None)
    try:
        fields, body = _parted(body, _KINDS[kind]) if kind else _field_lines(body)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a day like 2022-13-45 is a plain ValueError
        yield ReadFailure(origin, f"the front matter is not {kind}: {str(error).splitlines()[0][:120]}")
        return
    if not is_public(fields):
        return
    day = _DAY_IN_NAME.match(path.name)
    yield read_record(_rendered(fields, body), origin, {}, read_date(day[1]) if day else None)


def _cleaned(text: str) -> str:
    """The text clean, but with the spaces that lines begin with: they say what is inside what."""
    rows = (row.expandtabs(4).rstrip() for row in text.lstrip("\ufeff").splitlines())
    return "\n".join(row[: len(row) - len(row.lstrip(" "))] + clean(row.lstrip(" ")) for row in rows).strip("\n")


def _parted(text: str, handler: BaseHandler) -> tuple[dict[Any, Any], str]:
    """Front matter and body; what stands between two rules but is no map is text."""
    try:
        head, body = handler.split(text)
    except ValueError:  # only one rule
        return {}, text
    fields = handler.load(head)
    return (fields, body) if isinstance(fields, dict) else ({}, text)


def _field_lines(text: str) -> tuple[dict[Any, Any], str]:
    """Pelican's front matter: a first paragraph of `Key: value` lines alone, the title or the date among them."""
    head, _, body = text.partition("\n\n")
    rows = [_FIELD.fullmatch(row) for row in re.sub(r"\n +", " ", head).split("\n")]
    fields = {row[1].lower(): row[2] or "" for row in rows if row}
    return (fields, body) if None not in rows and {"title", "date"} & fields.keys() else ({}, text)


def _rendered(fields: dict[Any, Any], body: str) -> dict[Any, Any]:
    """The fields with the body as HTML, and with its first heading as the title where they have none."""
    notes = set(_NOTE.findall(body))
    text = _LINK.sub("\n", _CALL.sub("", body))  # a note, or where a link leads, is no line of a paragraph
    text = _NOTE_MARK.sub(lambda mark: "" if mark[1] in notes else mark[0], _NOTE.sub("", text))
    reader = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    if text.count("[") > MAX_BRACKETS:
        reader.disable(["link", "image"])
    tokens = reader.parse(text)
    title = fields.get("title")
    if not title:
        headed = (i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h1")
        at = next((i for i in headed if not tokens[i].level and tokens[i + 1].content), len(tokens))
        title = reader.renderer.render(tokens[at : at + 3], reader.options, {})
        del tokens[at : at + 3]
    markup = reader.renderer.render(tokens, reader.options, {})
    return fields | {"title": title, "text": f"<div>{markup}</div>"}  # its end says that this is HTML
