"""Markdown with YAML front matter, as static site generators keep posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from archive.readers.jsonl import read_record
from archive.text import clean
from archive.types import Article, ReadFailure

_HEADING = re.compile(r"^#[ \t]+(\S.*)$", re.MULTILINE)
# Bounded, so that a page of brackets or backticks takes no longer than one of words.
_LINK = re.compile(r"!?\[([^\[\]]{0,1000})\]\([^()\n]{0,2000}\)")
_MARKS = re.compile(r"(?<!`)(\*\*|__|`{1,3})(?!`)([^\n]{1,1000}?)\1")
_PREFIX = re.compile(r"^ {0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+|\d+[.)]\s+)", re.MULTILINE)


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # the library ships no types
    """YAML without aliases: a few lines of them stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("refused, it holds aliases")
        return super().compose_node(parent, index)


class _Handler(YAMLHandler):
    def load(self, fm: str, **_: object) -> Any:
        return yaml.load(fm, Loader=_Loader)


def read_markdown(text: str, origin: str) -> Iterator[Article | ReadFailure]:
    """Yield the one article of a Markdown file; its title is the front matter's, else the first heading's."""
    try:
        fields, body = frontmatter.parse(clean(text), handler=_Handler())  # not loads: it trips over some keys
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a day like 2022-13-45 is a plain ValueError
        yield ReadFailure(origin, f"the front matter is not YAML: {str(error).splitlines()[0][:120]}")
        return
    heading = _HEADING.search(body)
    if not fields.get("title") and heading:
        fields["title"] = heading[1].rstrip(" \t#")
        body = body[: heading.start()] + body[heading.end() :]
    fields["text"] = plain(body)
    yield read_record(fields, origin, {})


def plain(body: str) -> str:
    """Return Markdown without its marks: link texts stay, list items are paragraphs of their own."""
    body = _MARKS.sub(r"\2", _LINK.sub(r"\1", body))
    body = re.sub(r"\n(?= {0,3}(?:[-*+]|\d+[.)])\s)", "\n\n", body)
    return _PREFIX.sub("", body)
