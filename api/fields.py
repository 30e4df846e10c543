"""Fields of requests that are held to what the schema says of them, where pydantic alone would be kinder."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def _iso(value: Any) -> Any:
    if isinstance(value, str) and not _ISO.fullmatch(value):  # pydantic takes "0" for a day in 1970
        raise ValueError("a day is written as in 2024-05-31")
    if isinstance(value, (int, float)):
        raise ValueError("a day is a string, as in 2024-05-31")
    return value


def whole(value: str) -> str:
    """Return a text that can be written as UTF-8; ValueError for any other."""
    try:
        value.encode()
    except UnicodeEncodeError as error:  # what JavaScript sends of a text that is cut within an emoji
        raise ValueError("half a character stands in it (a lone surrogate)") from error
    return value


Text = Annotated[str, AfterValidator(whole)]
Day = Annotated[date, BeforeValidator(_iso)]
# White space and what archive.text drops, spelt out: ECMA-262, Rust and Python each mean something else by \s.
_UNSEEN = r"\s\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
SEEN = f"[^{_UNSEEN}]"  # the pattern of a text that may not be blank
ADDRESS = f"^https?://[^{_UNSEEN}/]"
