"""WordPress shortcodes, `[caption ...]` and its like: an export holds them as they were typed."""

from __future__ import annotations

import re

_GIVEN = r"""\s+(?:[\w-]+=(?:"[^"]*"|'[^']*'|[^\s"'\[\]]+)|https?://[^\s\[\]]+)"""  # id="12", or an address
_CODE = re.compile(rf"\[(?P<end>/?)(?P<name>[a-z][\w-]*)(?P<given>(?:{_GIVEN})*)\s*/?\]")
_PLAYED = re.compile(rf"\[(gallery|embed|audio|video|playlist)(?:{_GIVEN})*\s*/?\](?:[^\[\]]*\[/\1\])?")
_CAPTIONS = ("caption", "wp_caption")
_SAID = re.compile(r"""\scaption=(?:"([^"]*)"|'([^']*)')""")  # where WordPress kept it before 3.4


def without_shortcodes(markup: str) -> str:
    """Return an exported post's HTML with captions as figcaption elements and without what plays or shows media.

    Another shortcode goes if it is paired or is given something, and what a pair encloses stays; any other word in
    brackets is the author's (`[sic]`, `[The mayor]`).
    """
    markup = _PLAYED.sub("", markup)
    found = [(code["name"], bool(code["end"])) for code in _CODE.finditer(markup)]
    paired = {name for name, end in found if end} & {name for name, end in found if not end}

    def shown(code: re.Match[str]) -> str:
        if code["name"] in _CAPTIONS and code["name"] in paired:
            said = _SAID.search(code["given"])
            return "</figcaption>" if code["end"] else "<figcaption>" + ((said[1] or said[2] or "") if said else "")
        return "" if code["name"] in paired or code["given"] else code[0]

    return _CODE.sub(shown, markup)
