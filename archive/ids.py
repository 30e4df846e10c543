"""Stable ids: the same article has the same id however and whenever it is read."""

from __future__ import annotations

import hashlib
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid", "ref_src", "cmpid")


def article_id(url: str | None, source: str | None, title: str, published: date | None, text: str = "") -> str:
    """Return 16 hex digits: a digest of the normal URL, else of source, title (else text) and date."""
    if url:
        return _digest("url\0" + normal_url(url))
    day = published.isoformat() if published else ""
    parts = ["text", (source or "").casefold(), title.casefold(), day]
    return _digest("\0".join([*parts, text] if text and not title else parts))


def id_of_key(key: str, source: str | None = None) -> str:
    """Return the id of an article that has no URL and that its source, where it is known, calls by a key of its own."""
    return _digest("\0".join(["key", source.casefold(), key] if source else ["key", key]))


def _digest(key: str) -> str:
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).hexdigest()


def normal_url(url: str) -> str:
    """Return the URL without what does not name the article: scheme, www., case of the host, tracking, fragment."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    if not parts.netloc:
        return url
    host = (parts.hostname or "").removeprefix("www.")
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.lower().startswith(_TRACKING)]
    path = parts.path.rstrip("/")
    return urlunsplit(("", host + port, path, urlencode(sorted(kept)), "")).removeprefix("//")


def host_of(url: str | None) -> str | None:
    """Return the URL's host without `www.`, the source of an article that names none."""
    if not url:
        return None
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
