"""A saved WordPress archive page (a category, tag or month) as plain text: several articles one under another.

An article is a date line with a title below it (some themes put the title above), a body and, last, a `Source:` line.
Only structure tells them apart, never the page's own words. What the browser's "save as text" and the copied stories
did to the body is undone by `archive.readers.page_body`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from archive.dates import day_first, read_date
from archive.ids import article_id, host_of
from archive.readers import page_body
from archive.readers.page_body import CHROME, DATE_IN_WORDS, NUMERIC_DATE, TIME, Line, is_open
from archive.text import clean, joined, line
from archive.types import Article, ReadFailure

_BYLINE = r"(?:,? by \S.{0,60})?(?:\s+[|·•–—]\s.*)?"
_POSTED = r"(?:Posted|Published|Written)(?: on)?:?\s+"
# How a page dates its articles; the first of these that the page has is its way, the others are other stories' dates.
_DATE_LINES = (
    re.compile(rf"^\s*(?:{NUMERIC_DATE}){TIME}\s*$"),
    re.compile(rf"^\s*{_POSTED}(?P<date>{NUMERIC_DATE}|{DATE_IN_WORDS}){TIME}{_BYLINE}\s*$", re.IGNORECASE),
    re.compile(rf"^\s*(?P<date>{DATE_IN_WORDS}){TIME}{_BYLINE}\s*$", re.IGNORECASE),
)
_SOURCE_LINE = re.compile(r"^\s*\(?Sources?(?:\s*[:：]|\s+[–—-]\s)\s*(?P<source>\S.{0,120}?)\)?\s*$", re.IGNORECASE)
_SOURCE_ALONE = re.compile(r"^\s*Sources?\s*[:：]\s*$", re.IGNORECASE)
_PAGE_TITLE = re.compile(
    r"^\s*(?:Archives? for|(?:Category|Tag|Monthly?|Daily|Yearly) Archives?:?|(?:Category|Tag):)\s", re.I
)
_BY = re.compile(r"^by (?P<author>[^\s.,;:!?][^.;:!?]{1,60})$", re.IGNORECASE)
_TITLE_WORDS = 30
_PROSE_WORDS = 12  # a closed line of so many words is a sentence of a story, not a title


def looks_like_archive_page(text: str) -> bool:
    """Does the text have date lines with titles by them, and `Source:` lines or several such dates?"""
    rows = text[:200_000].splitlines()
    sources = sum(1 for row in rows if _SOURCE_LINE.match(row) or _SOURCE_ALONE.match(row))
    titled = any(_PAGE_TITLE.match(row) for row in rows[:40])
    for place, pattern in enumerate(_DATE_LINES):
        dates = sum(1 for row in rows if pattern.match(row))
        if dates > (0 if sources else 1) and (place < 2 or titled or sources > 1):
            return True
    return False


def read_archive_page(text: str, origin: str) -> Iterator[Article | ReadFailure]:
    """Yield the articles of a saved page; one without a body is a failure that names it."""
    rows = _source_names_joined(clean(text).split("\n"))
    starts, title_above = _starts(rows)
    if not starts:
        yield ReadFailure(origin, "no line is a date (dd/mm/yyyy) with a title by it, so no article begins")
        return
    for start, end in pairwise([*starts, len(rows)]):
        body = rows[start + 1 : end]
        if title_above:
            above, next_above = _before(rows, start) or 0, _before(rows, end) if end < len(rows) else end
            body = [rows[above], "", *rows[start + 1 : next_above]]
        yield _article(rows[start], body, f"{origin}:{start + 1}")


def _starts(rows: list[str]) -> tuple[list[int], bool]:
    """The rows where articles are dated, and whether their titles stand above the date."""
    for place, pattern in enumerate(_DATE_LINES):
        dated = [i for i, row in enumerate(rows) if pattern.match(row)]
        if not dated:
            continue
        above = [i for i in dated if _titled_above(rows, i)]
        below = [i for i in dated if _titled_below(rows, i, sure=place < 2)]
        if above or below:
            return (above, True) if len(above) >= len(below) else (below, False)
    return [], False


def _titled_above(rows: list[str], i: int) -> bool:
    """Is the line before a title that begins an article (first on the page or after an end), and a story below?"""
    before, after = _before(rows, i), _after(rows, i)
    if before is None or after is None or _ends_above(rows, i) or not _like_title(rows[before]):
        return False
    untitled = page_body.stands_alone(rows[after]) or not (is_open(rows[after]) or rows[after].rstrip().endswith("?"))
    return untitled and _ends_above(rows, before)


def _titled_below(rows: list[str], i: int, *, sure: bool) -> bool:
    """Is the line after a title? A teaser's date has a headline above it and a story below."""
    before, after = _before(rows, i), _after(rows, i)
    if after is None:
        return before is None or _ends_above(rows, i)
    if before is None or _ends_above(rows, i):
        return True
    if re.match(r"\s*In [“\"]", rows[after]):  # Jetpack's related posts: title, date, In “Category”
        return False
    after_headline = page_body.like_headline(rows[before])
    return sure and (_like_open_title(rows[after]) if after_headline else _like_title(rows[after]))


def _ends_above(rows: list[str], i: int) -> bool:
    """Does the page begin above row i, or an article end there with its source or the theme's own lines?"""
    before = _before(rows, i)
    return before is None or bool(
        _SOURCE_LINE.match(rows[before]) or _PAGE_TITLE.match(rows[before]) or CHROME.match(rows[before].strip())
    )


def _like_title(row: str) -> bool:
    if page_body.stands_alone(row) and not row.strip().isupper():
        return False
    return _like_open_title(row) or len(row.split()) < _PROSE_WORDS


def _like_open_title(row: str) -> bool:
    return len(row.split()) <= _TITLE_WORDS and (is_open(row) or row.rstrip().endswith(("?", "…")))


def _before(rows: list[str], i: int) -> int | None:
    return next((j for j in range(i - 1, -1, -1) if rows[j].strip()), None)


def _after(rows: list[str], i: int) -> int | None:
    return next((j for j in range(i + 1, len(rows)) if rows[j].strip()), None)


def _source_names_joined(rows: list[str]) -> list[str]:
    """Put the name of a source, a link on a line of its own, back behind its `Source:`."""
    whole = list(rows)
    for i, row in enumerate(rows):
        name = _after(rows, i) if _SOURCE_ALONE.match(row) else None
        if name is not None and len(rows[name]) <= 120 and not any(p.match(rows[name]) for p in _DATE_LINES):
            whole[i], whole[name] = f"{row.rstrip()} {rows[name].strip()}", ""
    return whole


def _article(day: str, rows: list[str], origin: str) -> Article | ReadFailure:
    published = _day(day)
    lines, source = _until_source(rows)
    if not lines:
        return ReadFailure(origin, "a date without an article below it")
    size = _title_size(lines)
    title, body = line(" ".join(part.text for part in lines[:size])), lines[size:]
    by = _BY.match(body[0].text) if body else None
    authors = (line(by["author"]),) if by and by["author"].casefold() != "admin" else ()
    text = joined(page_body.whole_paragraphs(body[1:] if by else body, sourced=source is not None))
    if not text:
        return ReadFailure(origin, f"the article {title!r} has no body")
    return Article(article_id(None, source, title, published), None, title, text, published, source, authors)


def _day(row: str) -> date | None:
    for pattern in _DATE_LINES:
        match = pattern.match(row)
        if match:
            said = match.groupdict().get("date") or row
            return day_first(said) or read_date(re.sub(rf"{TIME}\s*$", "", said, flags=re.IGNORECASE))
    return None


def _title_size(lines: list[Line]) -> int:
    """How many lines the title has: it may be broken, but a bullet, a caption or a sentence below is the body's."""
    size = 1
    while size < len(lines) and not lines[size].gap:
        following = lines[size].text
        words = sum(len(part.text.split()) for part in lines[: size + 1])
        if not _like_title(following) or words > _TITLE_WORDS:
            break
        size += 1
    whole = size == len(lines) or lines[size].gap
    return size if whole else 1


def _until_source(rows: list[str]) -> tuple[list[Line], str | None]:
    """The non-empty lines up to the last `Source:` line, and the source it names; what follows is the page's footer.

    An earlier one is the credit of a chart, and stays.
    """
    named = [i for i, row in enumerate(rows) if _SOURCE_LINE.match(row)]
    lines: list[Line] = []
    gap = True
    for row in rows[: named[-1]] if named else rows:
        if row.strip():
            lines.append(Line(row.strip(), gap))
        gap = not row.strip()
    if not named:
        return lines, None
    return lines, source_of(rows[named[-1]])


def source_of(row: str) -> str | None:
    """Return the source that a `Source:` line names, the host where it is an address; None for another line."""
    match = _SOURCE_LINE.match(row)
    source = line(match["source"]).rstrip(".") if match else ""
    return (host_of(source) if source.startswith("http") else None) or source or None
