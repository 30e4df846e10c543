"""Sources made to break a reader: bombs, deep nests, endless lines, marks without end. Refused or read, never a crash.

They are read in one process of its own, with a bound on its memory and its processor time.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.text import clean

ROOT = Path(__file__).resolve().parents[2]
READ = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
from archive.errors import AskiveError
from archive.read import read
from archive.types import Article
for name, (path, kind) in json.loads(sys.argv[1]).items():
    print(name, end=": ", flush=True)
    try:
        found = {"article" if isinstance(item, Article) else "failure" for item in read(path, kind)}
    except AskiveError:
        found = {"refused"}
    print(*found, flush=True)
"""
MEGA = 1_000_000
ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
ALIASES = "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 8)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
XML = '<?xml version="1.0"?>'
PAGE = "<html><body>"
POSTS = "<article><h1>A</h1></article><article><h1>B</h1>"
FRONT = "---\ntitle: T\n---\n"
BRACKETS = ("[a ", '[a b="', "[a b=c ", "[embed]x", "[embed][/", "[/a]", "[a b=c][/a]")
BODY = "<h1>T</h1><p>Words of a story that is long enough to be one.</p>"


def export(body: str) -> str:
    content = f'<x:encoded xmlns:x="http://purl.org/rss/1.0/modules/content/"><![CDATA[{body}]]></x:encoded>'
    return f"{XML}<rss><wxr_version>1.2</wxr_version><item><title>T</title>{content}</item></rss>"


# name: what becomes of it, the format to say, the content
ABUSE: dict[str, tuple[str, str | None, Callable[[], str | bytes]]] = {
    "xml entities": ("refused", None, lambda: f'{XML}<!DOCTYPE r [<!ENTITY a0 "ha">{ENTITIES}]><rss>&a19;</rss>'),
    "xml file": ("refused", None, lambda: f'{XML}<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>'),
    "xml nested": ("refused", None, lambda: f"{XML}<rss>{'<a>' * MEGA}{'</a>' * MEGA}</rss>"),
    "xml references": ("refused", None, lambda: f"{XML}<rss>{'<![CDATA[&a;&#' * (MEGA // 5)}</rss>"),
    "shortcodes": ("article", None, lambda: export("Words " + "".join(each * (MEGA // 20) for each in BRACKETS))),
    "feed footers": (
        "article",
        None,
        lambda: (
            f"{XML}<rss><channel><item><description>{'The post a appeared first on ' * (MEGA // 20)}\n\nx"
            "</description></item></channel></rss>"
        ),
    ),
    "gzip of spaces": ("refused", None, lambda: gzip.compress(b"<!doctype html>" + b" " * (300 * MEGA), 1)),
    "gzip in gzip": ("refused", None, lambda: gzip.compress(gzip.compress(b"x" * 9999))),
    "yaml aliases": ("failure", None, lambda: f"---\na: &a [x,x,x,x]\n{ALIASES}tags: *i\n---\nWords.\n"),
    "yaml nested": ("failure", "markdown", lambda: f"---\na: {'[' * 5000}\n---\nWords.\n"),
    "yaml keys": ("article", "markdown", lambda: "---\ntitle: A\n2: b\ncontent: c\nhandler: d\n---\nWords.\n"),
    "yaml day": ("failure", "markdown", lambda: "---\ndate: 2022-13-45\n---\nWords.\n"),
    "json nested": ("failure", None, lambda: "[" * MEGA),
    "json nested field": ("article", None, lambda: f'{{"text": "B", "tags": {"[" * 900}{"]" * 900}}}'),
    "json lone surrogate": ("article", None, lambda: r'{"text": "B \ud800", "url": "https://a.example/\udfff"}'),
    "json line of 10 MB": ("failure", None, lambda: json.dumps({"text": "word " * 2 * MEGA})),
    "json line of 4 MB": ("article", None, lambda: json.dumps({"text": "word " * (MEGA - MEGA // 5)})),
    "json line without end": ("refused", None, lambda: gzip.compress(b'{"text": "' + b"x" * (80 * MEGA), 1)),
    "marks on a letter": ("article", None, lambda: json.dumps({"text": "a" + "\u0301\u0323" * MEGA})),
    "html nested": ("failure", None, lambda: PAGE + "<div>" * (MEGA // 5) + BODY),
    "html posts nested": ("failure", None, lambda: PAGE + "<article>" * (MEGA // 10) + BODY),
    "html blocks nested": ("failure", None, lambda: PAGE + POSTS + "<blockquote>" * 50_000 + BODY),
    "html line of 10 MB": ("failure", None, lambda: PAGE + POSTS.replace("</h1>", f"</h1>{'word ' * 2 * MEGA}end")),
    "markdown brackets": ("article", None, lambda: FRONT + "[" * MEGA),
    "markdown backticks": ("article", None, lambda: FRONT + "Words " + "`" * MEGA),
    "markdown stars": ("article", None, lambda: FRONT + "**a _b " * (MEGA // 8)),
    "markdown heading": ("article", None, lambda: "---\na: b\n---\n# " + "# " * MEGA + "x\n\nWords.\n"),
    "page line of 10 MB": ("article", "archive-page", lambda: f"01/02/2020\n\nTitle\n\n{'word ' * 2 * MEGA}\n"),
    "page of dates": ("failure", None, lambda: "01/02/2020\n\n" * (MEGA // 12)),
}


@pytest.mark.slow
def test_abuse_is_refused_or_read(tmp_path: Path) -> None:
    sources = {}
    for name, (_, kind, content) in ABUSE.items():
        made = content()
        path = tmp_path / f"{name}.txt"
        path.write_bytes(made if isinstance(made, bytes) else made.encode())
        sources[name] = (str(path), kind)
    command = [sys.executable, "-c", READ, json.dumps(sources)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 0, f"{run.stdout.splitlines()[-1:]} {run.stderr[-2000:]}"
    became = dict(line.split(": ") for line in run.stdout.splitlines())
    assert became == {name: each[0] for name, each in ABUSE.items()}


def test_invisible_and_turning_characters_leave_the_text() -> None:
    assert clean("safe\u202etxt.exe\u202c \u2066a\u2069 \u200bb\u200d \ufeffc\u00ad") == "safetxt.exe a b c"
    assert clean("e" + "\u0301" * 99) == "\u00e9" + "\u0301" * 29
    assert clean(clean("a" + "\u0344" * 60)) == clean("a" + "\u0344" * 60)
