"""Bytes to text: UTF-8, else an encoding that is declared or surely fits, else the byte at fault is named."""

from __future__ import annotations

import re

import charset_normalizer

from archive.errors import SourceError

_SAMPLE = 500_000  # bytes that the detector looks at
_SURE = 0.2  # coherence of the detector: the text is in a language that it knows
_ENOUGH = 10  # characters besides ASCII, fewer are no evidence of a language
_MULTIBYTE = {"cp932", "shift_jis", "euc_jp", "gb18030", "gbk", "gb2312", "big5", "cp949", "euc_kr"}
# The one-byte and East Asian encodings of the web, where a page or XML says that it is in one.
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^<>]*?\b(?:charset|encoding)\s*=\s*["']?\s*"""
    rb"(windows-125\d|iso-8859-\d+|koi8-[ru]|macintosh|shift_jis|euc-jp|euc-kr|gbk|gb2312|gb18030|big5)\b",
    re.IGNORECASE,
)
_DECLARES = 4096  # bytes from the start in which a page does so
# What Windows-1252 holds besides ASCII that European text is written with; its rarer signs only where they make sense
# beside ASCII, as in "12 km²", since they are how other encodings look through it.
_LATIN = re.compile(
    r"[‘’“”‚„…–—•‹›«»€£§©®°·½¼¾¡¿\u00a0\u00adÀ-ÖØ-öø-ÿŠšŽžŒœŸ]+"
    r"|(?<=[a-z\d)])²(?!\w)|(?<=m)³(?!\w)|(?<=\d)¢|[±¥](?=\s?\d)|(?<=[\d\s])[×÷](?=[\d\s])|[™†](?!\w)",
    re.IGNORECASE,
)
_LETTERS_ONLY = re.compile(r"[À-ÖØ-öø-ÿŠšŽžŒœŸ]{3}")  # no European word has three such letters in a row


def decode(data: bytes, origin: str, at: int = 0) -> str:
    """Return text from bytes; SourceError names the byte at fault (counted from `at`) where no encoding surely fits."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = None if _damaged_utf8(data) else _declared(data) or _western(data) or _detected(data)
        if text is not None:
            return text
        raise SourceError(
            f"{origin}: not UTF-8 and no other encoding fits; byte {at + error.start} (0x{data[error.start]:02x}) "
            "is at fault: mend it, or convert the file to UTF-8"
        ) from error


def _damaged_utf8(data: bytes) -> bool:
    """Is this UTF-8 with some wrong bytes? More of its other characters are right than wrong."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return sum(1 for char in text if ord(char) > 127) - wrong > wrong


def _declared(data: bytes) -> str | None:
    """The text in the encoding that it says it is in; Latin-1 is Windows-1252, as for browsers."""
    named = _DECLARED.search(data[:_DECLARES])
    name = named[1].decode("ascii").lower() if named else ""
    try:
        return data.decode("cp1252" if name == "iso-8859-1" else name) if name else None
    except (UnicodeDecodeError, LookupError):
        return None


def _western(data: bytes) -> str | None:
    """The text in Windows-1252 (which holds Latin-1's letters), if all of it looks like European writing."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    strange = _LATIN.sub("", text)
    return text if strange.isascii() and not _LETTERS_ONLY.search(text) else None


def _detected(data: bytes) -> str | None:
    best = charset_normalizer.from_bytes(data[:_SAMPLE]).best()
    if best is None or not (best.coherence >= _SURE or (best.encoding in _MULTIBYTE and best.chaos == 0)):
        return None
    try:
        text = data.decode(best.encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return text if sum(1 for char in text if ord(char) > 127) >= _ENOUGH else None
